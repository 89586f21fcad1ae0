import {
  Agent, AgentMesh, Call, EndpointPicker, EndpointPickerConfig, GatewayExposure, Identity, InferenceGateway, InferenceModelRewrite,
  InferencePoolOptions, InferenceTenant, VllmOptions, Workload,
} from '../../src';
import { deploy, IMAGE } from '../story';
import { meshOf } from '../synth';

const caller = Identity.of({ namespace: 'ops', serviceAccount: 'a' });

/** What `decide` answers, or its refusal without the fix and the line. */
function said(mesh: AgentMesh, call: Call): string {
  try {
    const { allowed, reason } = mesh.decide({ caller, ...call });
    return `${allowed ? 'yes' : 'no'}: ${reason}`;
  } catch (error) {
    return (error as Error).message.replace(/^[^:]*: /, '').replace(/; correct .*$/, '');
  }
}

const servers = (more: Partial<VllmOptions> = {}) => Workload.vllm({ image: IMAGE, model: 'meta/llama', loraAdapters: { sales: 'org/sales', support: 'org/support' }, ...more });

function pool(workload: Workload, options: Partial<InferencePoolOptions> = {}, rewrite?: { readonly model?: string }) {
  const { mesh } = meshOf(() => {});
  const callee = new InferenceGateway(mesh, 'inside', { exposure: GatewayExposure.IN_MESH }).addPool('llama', { workload, ...options });
  callee.grantInfer(caller);
  if (rewrite) new InferenceModelRewrite(mesh, 'alias', { pool: callee, targets: [{ model: 'sales' }], ...rewrite });
  return (model: string) => said(mesh, { callee, model });
}

const YES = 'yes: identity ops/a was granted inference at pool llama';

describe('a name that no model of the pool has is a typing mistake', () => {
  test('of vLLM servers', () => {
    const asked = pool(servers());
    expect(asked('salse')).toBe('model salse is not a model of pool llama; got "salse"; allowed: sales, support, meta/llama');
    expect(['sales', 'support', 'meta/llama', ''].map(asked)).toEqual([YES, YES, YES, YES]);
  });
  test('with a rewrite, whose model is a name too', () => {
    const asked = pool(servers(), {}, { model: 'sold' });
    expect([asked('sold'), asked('solt')]).toEqual([YES, 'model solt is not a model of pool llama; got "solt"; allowed: sold, sales, support, meta/llama']);
  });
  test('but not a model that `allowedModels` excludes', () => {
    const asked = pool(servers(), { allowedModels: ['sales'] });
    expect([asked('sales'), asked('support'), asked(''), asked('salse')]).toEqual([
      YES, 'no: the picker of pool llama rejects requests for model support: they may name sales', 'no: the picker of pool llama rejects requests without a model: they may name sales',
      'model salse is not a model of pool llama; got "salse"; allowed: sales, support, meta/llama',
    ]);
  });
  test('at a tenant', () => {
    const { mesh } = meshOf(() => {});
    const config = EndpointPickerConfig.approximatePrefix({ flowControl: {} });
    const of = new InferenceGateway(mesh, 'inside', { exposure: GatewayExposure.IN_MESH }).addPool('llama', { workload: servers(), picker: EndpointPicker.deploy({ config }) });
    const callee = new InferenceTenant(mesh, 'research', { pool: of });
    callee.grantInfer(caller);
    expect([said(mesh, { callee, model: 'sales' }), said(mesh, { callee, model: 'salse' })]).toEqual([
      'yes: identity ops/a was granted inference at tenant research of pool llama', 'model salse is not a model of tenant research of pool llama; got "salse"; allowed: sales, support, meta/llama',
    ]);
  });
  test.each<[string, (model: string) => string]>([
    ['servers that the library does not know', pool(deploy())],
    ['servers that load further adapters', pool(servers({ env: { VLLM_ALLOW_RUNTIME_LORA_UPDATING: '1' } }))],
    ['a rewrite of every name', pool(servers(), {}, {})],
  ])('but not with %s', (_, asked) => {
    expect(asked('salse')).toBe(YES);
  });
});

describe('a request to a gateway names a model', () => {
  const gatewayOf = (options: Partial<InferencePoolOptions>) => {
    const { mesh } = meshOf(() => {});
    const callee = new InferenceGateway(mesh, 'edge', { hostnames: ['a.example.com'], tls: { secretName: 'tls' } });
    const route = callee.addPool('llama', { workload: servers(), ...options });
    callee.addRoute('chat', { target: route, pathPrefix: '/v1' });
    callee.addRoute('rest', { target: new Agent(mesh, 'writer', { versions: { v1: deploy() } }), pathPrefix: '/write' });
    return (model: string, path = '/v1/chat/completions') => said(mesh, { callee, model, path });
  };
  test('that its pool decides', () => {
    const asked = gatewayOf({ allowedModels: ['sales'] });
    const clients = 'anyone who can reach it, including pods of the cluster';
    expect([asked('sales'), asked('support'), asked('sales', '/v1/other'), asked('support', '/write')]).toEqual([
      `yes: route chat of gateway edge: all requests to pool llama, for ${clients}`,
      'no: route chat of gateway edge leads to pool llama, but the picker of pool llama rejects requests for model support: they may name sales',
      'no: route chat of gateway edge leads to pool llama, but pool llama has `allowedModels` and serves no POST /v1/other: the picker reads no model in it',
      `yes: route rest of gateway edge: all requests to agent writer, for ${clients}`,
    ]);
    expect(asked('salse')).toBe('model salse is not a model of gateway edge; got "salse"; allowed: sales, support, meta/llama');
  });
  test('that any pool of unknown servers may have', () => {
    expect(gatewayOf({ workload: deploy() })('salse')).toMatch(/^yes: /);
  });
  test('only if a route leads to a pool', () => {
    const { mesh } = meshOf(() => {});
    const callee = new InferenceGateway(mesh, 'edge', { hostnames: ['a.example.com'], tls: { secretName: 'tls' } });
    const agent = new Agent(mesh, 'writer', { versions: { v1: deploy() } });
    callee.addRoute('rest', { target: agent });
    const fix = '; got "sales"; allowed: `model` only if `callee` is an InferencePool, or a gateway with a route to one; pass the pool or its gateway as `callee`, or remove `model`';
    expect(said(mesh, { callee, model: 'sales' })).toContain(`the call names a model, but gateway edge is neither an InferencePool nor a gateway with a route to one${fix}`);
    expect(said(mesh, { callee: agent, model: 'sales' })).toContain(`the call names a model, but agent writer is neither an InferencePool nor a gateway with a route to one${fix}`);
  });
});
