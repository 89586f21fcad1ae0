import { ApiObject, Testing } from 'cdk8s';
import { parse } from 'yaml';
import {
  Agent, AgentMesh, AgentMeshProps, EndpointPicker, EndpointPickerConfig, GatewayExposure, Identity,
  InferenceGateway, InferenceModelRewrite, InferenceObjective, InferencePool, MeshProvider,
} from '../../src';
import { deploy, existing, existingPicker, JWKS } from '../story';
import { Build, Manifests, meshOf, synth } from '../synth';

const key = ({ kind, metadata }: Manifests['all'][number]) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;
const caller = (name: string) => Identity.of({ namespace: 'ops', serviceAccount: name });
const scraper = Identity.of({ namespace: 'monitoring', serviceAccount: 'prometheus' });
const MESHES: readonly [string, MeshProvider][] = [['ambient', MeshProvider.istioAmbient()], ['sidecars', MeshProvider.istioSidecar()]];
const edge = (mesh: AgentMesh) => new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' } });
const inside = (mesh: AgentMesh) => new InferenceGateway(mesh, 'models', { exposure: GatewayExposure.IN_MESH });

/** The objects that a statement adds to a program, and those that it changes. */
function added(before: Build, after: Build, props: Partial<AgentMeshProps>): { readonly made: string[]; readonly changed: string[] } {
  const [old, all] = [before, after].map((build) => new Map(synth(build, props).all.map((object) => [key(object), JSON.stringify(object)])));
  const made = [...all.keys()].filter((one) => !old.has(one)).sort();
  return { made, changed: [...old].filter(([one, text]) => all.get(one) !== text).map(([one]) => one).sort() };
}

describe.each(MESHES)('a grant of inference in %s', (name, provider) => {
  const props = { mesh: provider };
  const pools = (mesh: AgentMesh) => {
    const gateway = edge(mesh);
    return { gateway, llama: gateway.addPool('llama', { workload: deploy() }), qwen: gateway.addPool('qwen', { workload: deploy() }) };
  };
  const rest = name === 'ambient' ? ['AuthorizationPolicy voice/llama-inference-hosts', 'HTTPRoute voice/llama-inference'] : ['DestinationRule voice/llama-inference', 'HTTPRoute voice/llama-inference'];

  test('adds the address of the pool and its policies, and changes nothing else', () => {
    expect(added(pools, (mesh) => { pools(mesh).llama.grantInfer(caller('a')); }, props))
      .toEqual({ made: ['AuthorizationPolicy voice/llama-inference', ...rest, 'Service voice/llama-inference'].sort(), changed: [] });
  });
  test('to a further caller changes only the policy of the pool', () => {
    const first = (mesh: AgentMesh) => { const all = pools(mesh); all.llama.grantInfer(caller('a')); return all; };
    expect(added((mesh) => { first(mesh); }, (mesh) => { first(mesh).llama.grantInfer(caller('b')); }, props)).toEqual({ made: [], changed: ['AuthorizationPolicy voice/llama-inference'] });
  });
  test('at the gateway is one at each of its pools, also at a later one', () => {
    const single = (mesh: AgentMesh) => { const { gateway, llama, qwen } = pools(mesh); for (const pool of [llama, qwen, gateway.addPool('last', { workload: deploy() })]) pool.grantInfer(caller('a')); };
    const all = (mesh: AgentMesh) => { const { gateway } = pools(mesh); gateway.grantInfer(caller('a')); gateway.addPool('last', { workload: deploy() }); };
    expect(added(single, all, props)).toEqual({ made: [], changed: [] });
    const order = (build: Build) => synth(build, props).all.map(key);
    expect(order(all)).toEqual(order((mesh) => { const { gateway } = pools(mesh); gateway.addPool('last', { workload: deploy() }); gateway.grantInfer(caller('a')); }));
  });
  test('to members holds for namespaces that are added later', () => {
    const objects = synth((mesh) => { pools(mesh).llama.grantInfer(mesh.members); new Agent(mesh, 'late', { namespace: 'later', versions: { v1: deploy() } }); }, props);
    expect(objects.get('AuthorizationPolicy', 'llama-inference').spec.rules[0].from).toEqual([{ source: { namespaces: ['later', 'voice-edge', 'voice'] } }]);
  });
  test('is told with its callers, and with the address', () => {
    const { mesh } = meshOf((one) => { expect(pools(one).llama.grantInfer(caller('a')).toString()).toBe('identity ops/a may call pool llama'); }, props);
    expect(mesh.describeAccess()).toContain('pool llama, served by servers of pool llama\n  <- identity ops/a: http://llama-inference.voice.svc.cluster.local, selected by the picker\n');
    expect(mesh.describeAccess()).toMatch(/identity ops\/a, which no construct describes\n {2}-> pool llama\n/);
  });
});

describe.each(MESHES)('a gateway of models for callers inside the mesh, in %s', (name, provider) => {
  const build = (mesh: AgentMesh) => ({ pool: inside(mesh).addPool('llama', { workload: existing('llama', { namespace: 'serving' }) }) });
  const props = { mesh: provider, existingNamespaces: ['serving'] };

  test('is no way in for clients outside: it has no namespace, host, certificate or policy of its own', () => {
    const { all } = synth((mesh) => { build(mesh); }, props);
    const own = all.filter(({ metadata }) => /models/.test(metadata.name)).map(key);
    expect(own).toEqual(name === 'ambient' ? ['ConfigMap serving/models-serving', 'Gateway serving/models-serving', 'RequestAuthentication serving/models-serving-picker-headers', 'NetworkPolicy serving/models-serving'] : ['Gateway serving/models-serving', 'RequestAuthentication serving/models-serving-picker-headers']);
    expect(all.filter(({ kind }) => kind === 'Namespace').map(key)).toEqual(['Namespace /voice']);
    expect(all.filter(({ kind }) => kind === 'HTTPRoute')).toEqual([]);
  });
  test('serves the callers with a grant', () => {
    const { mesh, chart } = meshOf(() => {}, props);
    const { pool } = build(mesh);
    pool.grantInfer(caller('a'));
    const objects = Testing.synth(chart);
    const service = objects.find(({ kind, metadata }) => kind === 'Service' && metadata.name === 'llama-inference');
    expect([pool.url, service.metadata.namespace, service.spec.selector]).toEqual(['http://llama-inference.serving.svc.cluster.local', 'serving', { 'gateway.networking.k8s.io/gateway-name': 'models-serving' }]);
    const decide = (who: string) => mesh.decide({ callee: pool, caller: caller(who) });
    expect([decide('a').allowed, decide('b').reason]).toEqual([true, 'no grant allows identity cluster.local/ns/ops/sa/b to call pool llama; gateway models serves only callers with a grant']);
  });
  test('takes no calls itself', () => {
    const { mesh } = meshOf(() => {}, props);
    const gateway = inside(mesh);
    expect(() => mesh.decide({ callee: gateway })).toThrow('gateway models takes no calls itself, because it serves no clients outside the mesh (`exposure` IN_MESH); got "gateway models"; allowed: a pool of the gateway as `callee`');
    expect([gateway.urls, gateway.hostnames]).toEqual([[], []]);
  });
});

test('the scraper reads the metrics of a gateway for callers inside the mesh', () => {
  const objects = synth((mesh) => { inside(mesh).addPool('llama', { workload: deploy() }); }, { mesh: MeshProvider.istioAmbient(), metrics: { scraper } });
  expect(objects.get('AuthorizationPolicy', 'models-metrics').spec).toEqual({
    action: 'ALLOW', rules: [{ from: [{ source: { serviceAccounts: ['monitoring/prometheus'] } }], to: [{ operation: { ports: ['15020'] } }] }],
  });
});

test('an existing pool has an address too, and its objects can be reached', () => {
  let pool: ReturnType<typeof InferencePool.fromPoolName> | undefined;
  meshOf((mesh) => {
    pool = InferencePool.fromPoolName(mesh, 'theirs', { poolName: 'llm', gateway: edge(mesh), workload: existing('vllm'), picker: existingPicker() });
    pool.grantInfer(caller('a'));
  });
  expect(pool!.url).toBe('http://llm-inference.voice.svc.cluster.local');
  expect(ApiObject.of(pool!.node.findChild('entry').node.findChild('service')).name).toBe('llm-inference');
});

describe('headers that no client may set for an endpoint picker', () => {
  const stripped = (claimHeaders?: { [header: string]: string }, provider = MeshProvider.istioAmbient()): string[] => {
    const jwt = claimHeaders && { issuer: 'https://id.example.com', jwks: JWKS, claimHeaders };
    const objects = synth((mesh) => { new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' }, jwt }).addPool('llama', { workload: deploy() }); }, { mesh: provider });
    const { spec } = objects.get('RequestAuthentication', 'gw-inner-picker-headers');
    expect(spec.targetRefs).toEqual([{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'gw-inner' }]);
    expect(spec.jwtRules).toMatchObject([{ issuer: 'nobody.invalid', fromHeaders: [{ name: 'x-no-token' }] }]);
    return spec.jwtRules[0].outputClaimToHeaders.map(({ header }: { header: string }) => header);
  };
  const TENANT = ['x-gateway-inference-fairness-id', 'x-gateway-inference-objective', 'x-llm-d-inference-fairness-id', 'x-llm-d-inference-objective'];

  test.each(MESHES)('are removed at the inner gateway in %s, with their older names', (_, provider) => {
    expect(stripped(undefined, provider)).toEqual(expect.arrayContaining([...TENANT, 'x-gateway-model-name-rewrite', 'x-gateway-destination-endpoint-subset', 'x-prefiller-host-port']));
  });
  test('are kept where the gateway sets them from the claims of tokens', () => {
    const kept = stripped({ 'x-llm-d-inference-fairness-id': 'sub', 'x-user': 'sub' });
    expect(TENANT.filter((header) => !kept.includes(header))).toEqual(['x-llm-d-inference-fairness-id']);
  });
});

test('objectives and rewrites are objects of the picker, in the namespace of their pool', () => {
  const jwt = { issuer: 'https://id.example.com', jwks: JWKS, claimHeaders: { 'x-llm-d-inference-objective': 'tier' } };
  const objects = synth((mesh) => {
    const gateway = new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' }, jwt });
    const pool = gateway.addPool('llama', { workload: existing('llama', { namespace: 'serving' }) });
    new InferenceObjective(mesh, 'gold', { pool, priority: -1 });
    new InferenceModelRewrite(mesh, 'chat', { pool, model: 'chat', targets: [{ model: 'chat-v1', weight: 90 }, { model: 'chat-v2', weight: 10 }] });
    new InferenceModelRewrite(mesh, 'rest', { pool, targets: [{ model: 'base' }] });
  }, { existingNamespaces: ['serving'] });
  expect(objects.get('InferenceObjective', 'gold', 'serving')).toMatchObject({ metadata: { namespace: 'serving' }, spec: { poolRef: { name: 'llama' }, priority: -1 } });
  expect(['chat', 'rest'].map((name) => objects.get('InferenceModelRewrite', name, 'serving').spec)).toEqual([
    { poolRef: { name: 'llama' }, rules: [{ matches: [{ model: { value: 'chat' } }], targets: [{ modelRewrite: 'chat-v1', weight: 90 }, { modelRewrite: 'chat-v2', weight: 10 }] }] },
    { poolRef: { name: 'llama' }, rules: [{ targets: [{ modelRewrite: 'base' }] }] },
  ]);
});

describe('a pool with `allowedModels`', () => {
  const build = (mesh: AgentMesh) => {
    const pool = inside(mesh).addPool('llama', { workload: deploy(), allowedModels: ['base', 'support'] });
    new InferenceModelRewrite(mesh, 'canary', { pool, model: 'support', targets: [{ model: 'support-v1' }] });
    pool.grantInfer(caller('a'));
  };
  const objects = synth(build);

  test('has rules for its models without a rewrite, and a rule without targets for every other name', () => {
    expect(objects.get('InferenceModelRewrite', 'llama-models').spec).toEqual({
      poolRef: { name: 'llama' }, rules: [{ matches: [{ model: { value: 'base' } }], targets: [{ modelRewrite: 'base' }] }, {}],
    });
  });
  test('has a picker with parsers that read models, and no other', () => {
    const { plugins, requestHandler } = parse(objects.get('ConfigMap', 'llama-epp').data['endpoint-picker.yaml']);
    const parsers = ['openai-parser', 'anthropic-parser', 'vllmhttp-parser'];
    expect(requestHandler).toEqual({ parsers: parsers.map((pluginRef) => ({ pluginRef })) });
    expect(plugins.map(({ type }: { type: string }) => type)).toEqual(expect.arrayContaining(parsers));
  });
  test('is reached only by requests whose model the picker reads, and by GET /v1/models', () => {
    const { matches } = objects.get('HTTPRoute', 'llama-inference').spec.rules[0];
    expect(matches).toHaveLength(9);
    expect(matches).toEqual(expect.arrayContaining([{ path: { type: 'Exact', value: '/v1/chat/completions' }, method: 'POST' }, { path: { type: 'Exact', value: '/v1/models' }, method: 'GET' }]));
  });
  test('restarts its picker, which may have started before the CRD of rewrites existed', () => {
    const checksum = (models?: string[]) => {
      const { annotations } = synth((mesh) => { inside(mesh).addPool('llama', { workload: deploy(), picker: parsing(), allowedModels: models }); }).get('Deployment', 'llama-epp').spec.template.metadata;
      return JSON.stringify(annotations);
    };
    expect(checksum(['base'])).not.toEqual(checksum());
    expect(checksum(['base'])).toEqual(checksum(['base', 'support'])); // a running picker follows the rules
  });
  test('says so in the report', () => {
    expect(meshOf(build).mesh.describeAccess()).toContain('pool llama, served by servers of pool llama, for requests that name base, support\n');
  });
});

/** A picker that states its parsers, so that its configuration does not depend on the models. */
function parsing(): EndpointPicker {
  const parsers = ['openai-parser'];
  return EndpointPicker.deploy({
    config: EndpointPickerConfig.custom({ plugins: [{ type: 'queue-scorer' }, ...parsers.map((type) => ({ type }))], schedulingProfiles: [{ name: 'default', plugins: [{ plugin: 'queue-scorer' }] }], parsers }),
  });
}
