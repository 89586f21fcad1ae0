import { ApiObject, Chart } from 'cdk8s';
import {
  Agent, AgentMesh, EndpointPicker, EndpointPickerConfig, GatewayExposure, Identity, InferenceGateway, InferencePoolOptions,
  InferenceTenant, MeshProvider, MigrationStage,
} from '../../src';
import { disaggregated, existingServers, withPrefill } from '../disaggregated';
import { deploy, IMAGE } from '../story';
import { Build, problemsOf } from '../synth';

const FAIR = EndpointPicker.deploy({ config: EndpointPickerConfig.agents() });
const inside = (mesh: AgentMesh) => new InferenceGateway(mesh, 'inside', { exposure: GatewayExposure.IN_MESH });
const theirs = (mesh: AgentMesh, apiVersion: string, kind: string, spec: object) => new ApiObject(Chart.of(mesh), 'theirs', { apiVersion, kind, metadata: { name: 'theirs', namespace: 'voice' }, spec } as never);
const pods = (mesh: AgentMesh, labels: object) => theirs(mesh, 'apps/v1', 'Deployment', { template: { metadata: { labels }, spec: { containers: [{ name: 'main', image: IMAGE }] } } });
const caller = Identity.of({ namespace: 'ops', serviceAccount: 'console' });

/** A pool that is granted, one with a tenant, and one with prefill servers. */
function pools(mesh: AgentMesh): void {
  inside(mesh).addPool('one', { workload: deploy() }).grantInfer(caller);
  const shared = new InferenceGateway(mesh, 'shared', { exposure: GatewayExposure.IN_MESH });
  new InferenceTenant(mesh, 'desk', { pool: shared.addPool('two', { workload: deploy(), picker: FAIR }) }).grantInfer(caller);
  new InferenceGateway(mesh, 'roles', { exposure: GatewayExposure.IN_MESH }).addPool('three', withPrefill());
}

const MESHES: readonly [string, MeshProvider][] = [['ambient', MeshProvider.istioAmbient()], ['sidecars', MeshProvider.istioSidecar()]];

describe.each(MESHES)('objects of the app, in %s', (name, mesh) => {
  const said = (build: Build) => problemsOf(build, { mesh });
  const hosts = ['shared-tenants-istio.voice.svc.cluster.local', 'one-inference.voice.svc.cluster.local', 'two-desk-tenant.voice.svc.cluster.local', ...name === 'sidecars' ? ['three-prefill.voice.svc.cluster.local'] : []];

  test.each(hosts)('do not route %s, nor change how it is called', (host) => {
    for (const [kind, spec] of [['VirtualService', { hosts: [host] }], ['DestinationRule', { host, trafficPolicy: { tls: { mode: 'DISABLE' } } }]] as const) {
      expect(said((one) => { pools(one); theirs(one, 'networking.istio.io/v1', kind, spec); })).toEqual([expect.stringMatching(/\[AM105\]/)]);
    }
    expect(said(pools)).toEqual([]);
  });
  test('may use the name that the address of a pool without grants would have', () => {
    const route = { hosts: ['one-inference.voice.svc.cluster.local'] };
    expect(said((one) => { inside(one).addPool('one', { workload: deploy() }); theirs(one, 'networking.istio.io/v1', 'VirtualService', route); })).toEqual([]);
  });
  test.each(['decode', 'prefill'])('are no pods of a pool in the role %s', (role) => {
    const labels = { 'cdk8s-agent-mesh/pool': 'llama', 'llm-d.ai/role': role };
    expect(said((one) => { disaggregated(one); pods(one, labels); })).toEqual([expect.stringMatching(/the pods of Deployment voice\/theirs match the selector of pool llama.*\[AM115\]/)]);
  });
  test('are no pods with the identity of the gateway of the tenants', () => {
    const spec = { template: { spec: { serviceAccountName: 'shared-tenants-istio', containers: [{ name: 'main', image: IMAGE }] } } };
    expect(said((one) => { pools(one); theirs(one, 'apps/v1', 'Deployment', spec); }).join()).toMatch(/have the ServiceAccount of the gateway of the tenants of shared.*\[AM115\]/);
  });
  test('are no pods of existing servers, unless they have their labels', () => {
    const existing = (labels: object): Build => (one) => {
      disaggregated(one, withPrefill({ workload: existingServers('decode'), prefill: { workload: existingServers('prefill') } }));
      pods(one, labels);
    };
    expect(said(existing({ app: 'vllm' })).join()).toMatch(/match the selector of pool llama.*\[AM115\]/);
    expect(said(existing({ 'app': 'vllm', 'llm-d.ai/role': 'decode' })).join()).not.toContain('AM115');
  });
  test('do not rewrite models of a pool that limits them', () => {
    const limited = (options: Partial<InferencePoolOptions>): Build => (one) => {
      inside(one).addPool('one', { workload: deploy(), ...options });
      theirs(one, 'llm-d.ai/v1alpha2', 'InferenceModelRewrite', { poolRef: { name: 'one' }, rules: [{ targets: [{ modelRewrite: 'secret' }] }] });
    };
    expect(said(limited({ allowedModels: ['x'] }))).toEqual([expect.stringMatching(/InferenceModelRewrite voice\/theirs is for pool one and can allow models that `allowedModels` of the pool excludes.*\[AM124\]/)]);
    expect(said(limited({}))).toEqual([]);
  });
});

describe('grants of pools and tenants to another mesh', () => {
  const grants: readonly [string, (mesh: AgentMesh) => void][] = [
    ['pool one', (mesh) => { inside(mesh).addPool('one', { workload: deploy() }).grantInfer(Identity.of({ namespace: 'two', serviceAccount: 'y' })); }],
    ['tenant desk of pool one', (mesh) => { new InferenceTenant(mesh, 'desk', { pool: inside(mesh).addPool('one', { workload: deploy(), picker: FAIR }) }).grantInfer(Identity.of({ namespace: 'two', serviceAccount: 'y' })); }],
  ];
  test.each(grants)('of %s are refused in both orders', (_, grant) => {
    const other = (mesh: AgentMesh) => { new AgentMesh(Chart.of(mesh), 'other', { namespace: 'two', mesh: MeshProvider.istioSidecar() }); };
    for (const order of [[grant, other], [other, grant]]) {
      expect(problemsOf((mesh) => { for (const step of order) step(mesh); }).join()).toContain('AM219');
    }
  });
});

test('a tenant and its callers migrate together', () => {
  const mesh = MeshProvider.istioAmbient({ migration: { callers: MigrationStage.SIDECAR } });
  const build: Build = (one) => {
    const agent = new Agent(one, 'planner', { namespace: 'callers', versions: { v1: deploy() } });
    new InferenceTenant(one, 'desk', { pool: inside(one).addPool('one', { workload: deploy(), picker: FAIR }) }).grantInfer(agent);
  };
  expect(problemsOf(build, { mesh }).join()).toMatch(/tenant desk of pool one is in a namespace in ambient.*\[AM332\]/);
});
