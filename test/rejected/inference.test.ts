import { Refused, testRefused } from './corpus';
import { linkerd } from './tool-programs';
import {
  Agent, AgentMesh, CanaryRoute, EndpointPicker, EndpointPickerConfig,
  FailureMode, GatewayExposure, Identity, IInferenceGateway, InferenceGateway, InferenceModelRewrite, InferenceModelRewriteProps,
  InferenceObjective, InferencePoolOptions, InferenceTenant, MeshProvider, MigrationStage, TlsTermination, TokenCaller,
} from '../../src';
import { deploy, existing, existingPicker, JWKS } from '../story';
import { Build } from '../synth';

const IN_MESH = { exposure: GatewayExposure.IN_MESH };
const edge = (mesh: AgentMesh): IInferenceGateway => new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' } });
const clients = (mesh: AgentMesh): IInferenceGateway => new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' }, jwt: { issuer: 'https://id.example.com', jwks: JWKS, claimHeaders: { 'x-llm-d-inference-objective': 'tier' } } });
const inside = (mesh: AgentMesh, more: object = {}): IInferenceGateway => new InferenceGateway(mesh, 'gw', { ...IN_MESH, ...more });
const fair = () => ({ workload: deploy(), picker: EndpointPicker.deploy({ config: EndpointPickerConfig.agents() }) });
const agent = (mesh: AgentMesh, name = 'planner'): Agent => new Agent(mesh, name, { versions: { v1: deploy() } });

const rewrites = (...all: Pick<InferenceModelRewriteProps, 'model' | 'targets'>[]): Build => (mesh) => {
  const pool = edge(mesh).addPool('llm', { workload: deploy() });
  all.forEach((props, i) => { new InferenceModelRewrite(mesh, `rewrite-${i}`, { pool, ...props }); });
};

const limited = (props: Omit<InferencePoolOptions, 'workload'>): Build => (mesh) => { inside(mesh).addPool('llm', { workload: deploy(), ...props }); };
const limitedPool = (mesh: AgentMesh) => inside(mesh).addPool('llm', { workload: deploy(), allowedModels: ['a'] });

const noEffect = (props: string): string => `app/mesh/gw: these props of the gateway have no effect, because it serves no clients outside the mesh (\`exposure\` IN_MESH); got ${props}; allowed: only \`name\` and \`poolShards\`; remove these props, or remove \`exposure\``;

const refused: Record<string, Refused[]> = {
  'callers of pools inside the mesh': [
    ['nobody', (mesh) => { edge(mesh).addPool('llm', { workload: deploy() }).grantInfer(); }, 'the grant has no callers'],
    ['a token', (mesh) => { edge(mesh).addPool('llm', { workload: deploy() }).grantInfer(TokenCaller.of({ subject: 'alice' })); }, 'only a grant of an McpToolBoundary accepts a TokenCaller'],
    ['another trust domain', (mesh) => { edge(mesh).addPool('llm', { workload: deploy() }).grantInfer(Identity.of({ namespace: 'a', serviceAccount: 'b', trustDomain: 'other.example' })); }, 'the mesh does not trust the trust domain of identity other.example:a/b'],
    ['of a gateway without pools', (mesh) => { edge(mesh).grantInfer(agent(mesh)); }, 'app/mesh/gw: the grant is for the pools of gateway gw, which has none; got []; allowed: a gateway with a pool; add a pool to the gateway, or remove `grantInfer`'],
    ['on Linkerd', (mesh) => { edge(mesh).addPool('llm', { workload: deploy() }).grantInfer(agent(mesh)); }, 'pool llm cannot have an endpoint picker: ', linkerd],
    ['that no sidecar shows the pool', (mesh) => { edge(mesh).addPool('llm', { workload: deploy() }).grantInfer(Identity.of({ namespace: 'voice', serviceAccount: 'cron' })); }, ['AM312', 'identity voice/cron has a grant for pool llm and runs in a namespace of the mesh, but no construct describes this caller, so its sidecar is not configured to reach pool llm'], { mesh: MeshProvider.istioSidecar() }],
  ],
  'callers of pools inside the mesh that could choose a tenant': [
    ...['x-llm-d-inference-fairness-id', 'x-gateway-inference-objective'].map((header): Refused => [`by the claim header ${header}`, (mesh) => {
      const jwt = { issuer: 'https://id.example.com', jwks: JWKS, claimHeaders: { [header]: 'sub', 'x-user': 'sub' } };
      new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' }, jwt }).addPool('llm', { workload: deploy() }).grantInfer(agent(mesh));
    }, ['AM236', `callers inside the mesh could choose their tenant or priority at pool llm, because gateway gw sets these headers from the claims of tokens, which such callers do not send; got ["${header}"]`]]),
  ],
  'a pool': [
    ['of a name that another pool has', (mesh) => { edge(mesh).addPool('llm', { workload: deploy() }); new InferenceGateway(mesh, 'other', IN_MESH).addPool('llm', { workload: deploy() }).grantInfer(agent(mesh)); }, 'app/mesh/other/llm: pool llm is defined twice in namespace voice; got "app/mesh/gw/llm"'],
  ],
  'a tenant': [
    ['at a picker where no request waits', (mesh) => { new InferenceTenant(mesh, 'desk', { pool: inside(mesh).addPool('llm', { workload: deploy() }) }); }, 'app/mesh/desk: tenant desk of pool llm has no effect, because the endpoint picker of the pool divides nothing between tenants: requests never wait there; got "a picker without fairness"'],
    ['at a picker whose flow control ignores it', (mesh) => {
      const config = EndpointPickerConfig.custom({ plugins: [{ type: 'queue-scorer' }], schedulingProfiles: [{ name: 'default', plugins: [{ plugin: 'queue-scorer' }] }], featureGates: ['flowControl'], flowControl: { maxMebibytes: 10 } });
      new InferenceTenant(mesh, 'desk', { pool: inside(mesh).addPool('llm', { workload: deploy(), picker: EndpointPicker.deploy({ config }) }) });
    }, 'the fairness policy of its flow control ignores them'],
    ['of a pool with clients outside the mesh', (mesh) => { new InferenceTenant(mesh, 'desk', { pool: edge(mesh).addPool('llm', fair()) }); }, 'app/mesh/desk: clients outside the mesh reach pool llm too, and could choose their tenant; got "gateway gw"'],
    ['with the objective of another pool', (mesh) => {
      const gateway = inside(mesh);
      const objective = new InferenceObjective(mesh, 'batch', { pool: gateway.addPool('other', fair()), priority: -1 });
      new InferenceTenant(mesh, 'desk', { pool: gateway.addPool('llm', fair()), objective });
    }, 'app/mesh/desk: the objective of the tenant is for another pool, so the endpoint picker would not find it; got "objective batch of pool other"; allowed: an objective of pool llm'],
    ['at a port of the system', (mesh) => { new InferenceTenant(mesh, 'desk', { pool: inside(mesh).addPool('llm', fair()), innerPort: 80 }); }, '`innerPort` is not a port on which the gateway of the tenants can listen; got 80'],
    ['at the port of a pool', (mesh) => { new InferenceTenant(mesh, 'desk', { pool: inside(mesh).addPool('llm', { ...fair(), innerPort: 21001 }), innerPort: 21001 }); }, ['AM205', 'the port at which the inner gateway listens for tenant desk of pool llm is also a port of pool llm; got 21001']],
    ['with a name that is none', (mesh) => { new InferenceTenant(mesh, 'desk', { pool: inside(mesh).addPool('llm', fair()), name: 'A b' }); }, 'the names of the pool and the tenant'],
    ['for nobody', (mesh) => { new InferenceTenant(mesh, 'desk', { pool: inside(mesh).addPool('llm', fair()) }).grantInfer(); }, 'the grant has no callers'],
    ['beside grants of the pool', (mesh) => {
      const gateway = inside(mesh);
      gateway.addPool('other', { workload: deploy() }).grantInfer(agent(mesh));
      new InferenceTenant(mesh, 'desk', { pool: gateway.addPool('llm', fair()) });
    }, ['AM236', 'app/mesh/gw/other: callers with a grant for pool other itself could choose their tenant or priority, because the inner gateway accepts these headers for the tenants of gateway gw']],
    ['of a pool that is refused', (mesh) => { const pool = edge(mesh).addPool('llm', { workload: deploy() }); new InferenceTenant(mesh, 'desk', { pool }).grantInfer(agent(mesh)); }, 'pool llm cannot have an endpoint picker: ', linkerd],
    ['that no sidecar shows', (mesh) => { new InferenceTenant(mesh, 'desk', { pool: inside(mesh).addPool('llm', fair()) }).grantInfer(Identity.of({ namespace: 'voice', serviceAccount: 'cron' })); }, ['AM312', 'identity voice/cron has a grant for tenant desk of pool llm and runs in a namespace of the mesh'], { mesh: MeshProvider.istioSidecar() }],
  ],
  'an objective': [
    ['that no tenant has', (mesh) => { new InferenceObjective(mesh, 'gold', { pool: inside(mesh).addPool('llm', { workload: deploy() }), priority: -1 }); }, 'app/mesh/gold: no request to pool llm can have the objective gold, because no tenant of the pool has it; got []; allowed: an InferenceTenant with this `objective`'],
    ['that no claim selects', (mesh) => { new InferenceObjective(mesh, 'gold', { pool: edge(mesh).addPool('llm', { workload: deploy() }), priority: 10 }); }, 'app/mesh/gold: no request to pool llm can have the objective gold, because its gateway sets no header that selects it, and removes this header from all requests; got []; allowed: `claimHeaders` of `jwt` of gateway gw with "x-llm-d-inference-objective"'],
    ['of a pool for callers inside the mesh', (mesh) => { new InferenceObjective(mesh, 'gold', { pool: inside(mesh).addPool('llm', { workload: deploy() }), priority: 10 }); }, 'no request to pool llm can have the objective gold'],
    ['above 0, at a picker where no request waits', (mesh) => { new InferenceObjective(mesh, 'gold', { pool: clients(mesh).addPool('llm', { workload: deploy() }), priority: 10 }); }, 'objective gold has no effect, because requests never wait at the endpoint picker of pool llm: its configuration has no flow control, and without it only a priority below 0 has an effect; got 10'],
    ['with a priority that is no 32-bit integer', (mesh) => { new InferenceObjective(mesh, 'gold', { pool: edge(mesh).addPool('llm', { workload: deploy() }), priority: 2 ** 31 }); }, '`priority` is out of range; got 2147483648'],
  ],
  'a rewrite of models': [
    ['without targets', rewrites({ model: 'chat', targets: [] }), 'the rewrite has no targets, so the endpoint picker would answer that the model was not found'],
    ['with some weights', rewrites({ targets: [{ model: 'a', weight: 1 }, { model: 'b' }] }), 'some targets of the rewrite have a weight, and others would never be chosen; got [1,"none"]'],
    ['with a weight of 0', rewrites({ targets: [{ model: 'a', weight: 0 }] }), '`weight` is out of range; got 0'],
    ['of no model', rewrites({ model: '', targets: [{ model: 'a' }] }), 'a model of the rewrite has an empty name; got ["","a"]'],
    ['at a picker that reads no bodies', (mesh) => {
      const pool = edge(mesh).addPool('llm', { workload: deploy(), picker: EndpointPicker.deploy({ config: EndpointPickerConfig.payloadAgnostic() }) });
      new InferenceModelRewrite(mesh, 'rewrite', { pool, targets: [{ model: 'a' }] });
    }, 'rewrite rewrite has no effect, because the endpoint picker of pool llm reads no models in request bodies; got ["passthrough-parser"]'],
    ['twice', rewrites({ model: 'chat', targets: [{ model: 'a' }] }, { model: 'chat', targets: [{ model: 'b' }] }), 'rewrites rewrite-0 and rewrite-1 of pool llm are for the same model, and only the one that was created first on the cluster has an effect; got "chat"'],
    ['of every other model twice', rewrites({ targets: [{ model: 'a' }] }, { targets: [{ model: 'b' }] }), 'are for the same model, and only the one that was created first on the cluster has an effect; got "every other model"'],
  ],
  'the models that requests may name': [
    ['none', limited({ allowedModels: [] }), '`allowedModels` is empty, so the endpoint picker would reject every request; got []; allowed: one name of a model or more'],
    ['one without a name', limited({ allowedModels: ['a', ''] }), 'a name in `allowedModels` is empty; got ["a",""]'],
    ['one twice', limited({ allowedModels: ['a', 'b', 'a'] }), 'a name is twice in `allowedModels`; got "a"'],
    ['while the picker is unavailable', limited({ allowedModels: ['a'], failureMode: FailureMode.FAIL_OPEN }), 'requests could name any model while the endpoint picker is unavailable, because the pool fails open; got "FAIL_OPEN"'],
    ['at an existing picker', limited({ allowedModels: ['a'], picker: existingPicker() }), '`allowedModels` has no effect with an existing endpoint picker'],
    ['at a picker that reads no bodies', limited({ allowedModels: ['a'], picker: EndpointPicker.deploy({ config: EndpointPickerConfig.payloadAgnostic() }) }), 'requests that passthrough-parser reads could name any model, because it reads no models; got ["passthrough-parser"]'],
    ['beside a rewrite of another', (mesh) => { new InferenceModelRewrite(mesh, 'rewrite', { pool: limitedPool(mesh), model: 'b', targets: [{ model: 'a' }] }); }, 'rewrite rewrite would allow requests at pool llm to name model b, which `allowedModels` of the pool excludes; got "b"; allowed: a'],
    ['beside a rewrite of every other', (mesh) => { new InferenceModelRewrite(mesh, 'rewrite', { pool: limitedPool(mesh), targets: [{ model: 'a' }] }); }, 'rewrite rewrite would allow requests at pool llm to name any model, which `allowedModels` of the pool excludes; got "every other model"; allowed: a'],
  ],
  'a pool and its callers during a migration': ([['models', 'apps', 'with sidecars', 'in ambient'], ['apps', 'models', 'in ambient', 'in namespaces with sidecars']] as const).map(([pools, agents, where, callers]): Refused => [
    `a pool ${where}`, (mesh) => {
      edge(mesh).addPool('llm', { workload: existing('vllm', { namespace: pools }) }).grantInfer(new Agent(mesh, 'planner', { versions: { v1: existing('planner', { namespace: agents }) } }));
    }, ['AM332', `pool llm is in a namespace ${where}, and these granted callers are ${callers}, so they cannot connect to its inner gateway`],
    { mesh: MeshProvider.istioAmbient({ migration: { models: MigrationStage.SIDECAR } }), existingNamespaces: ['models', 'apps'] },
  ]),
  'a picker that reads a header which no request has': ([
    ['the older name of the tenant', EndpointPickerConfig.sessionAffinity({ headerName: 'X-Gateway-Inference-Fairness-Id' }), 'session-affinity-scorer', 'sessionIdConfig.sources.0.header: X-Gateway-Inference-Fairness-Id'],
    ['the pod', EndpointPickerConfig.custom({
      allowExperimental: true, schedulingProfiles: [{ name: 'default', plugins: [{ plugin: 'pinned' }] }],
      plugins: [{ type: 'header-label-affinity-scorer', name: 'pinned', parameters: { headerName: 'x-prefiller-host-port', labelKey: 'host' } }],
    }), 'pinned', 'headerName: x-prefiller-host-port'],
    ['the objective, as one of several', EndpointPickerConfig.custom({
      allowExperimental: true, schedulingProfiles: [{ name: 'default', plugins: [{ plugin: 'queue-scorer' }] }],
      plugins: [{ type: 'queue-scorer' }, { type: 'agent-identity', parameters: { additionalSessionHeaders: ['x-chat', 'x-llm-d-inference-objective'] } }],
    }), 'agent-identity', 'additionalSessionHeaders.1: x-llm-d-inference-objective'],
  ] as const).map(([header, config, plugin, actual]): Refused => [header, (mesh) => {
    inside(mesh).addPool('llm', { workload: deploy(), picker: EndpointPicker.deploy({ config }) });
  }, `plugin ${plugin} of the endpoint picker reads a header that no request has, because gateways and pickers use it between each other and clients may not set it; got "${actual}"`]),
  'a gateway for callers inside the mesh': [
    ['with hosts', (mesh) => { inside(mesh, { hostnames: ['a.example.com'] }); }, noEffect('["hostnames"]')],
    ['with what only clients use', (mesh) => {
      inside(mesh, { tls: { secretName: 'tls' }, tlsTermination: TlsTermination.GATEWAY, namespace: 'edge', deniedCidrs: ['10.0.0.0/8'], jwt: { issuer: 'i', jwks: JWKS }, infrastructureLabels: { a: 'b' } });
    }, noEffect('["tls","tlsTermination","namespace","deniedCidrs","jwt","infrastructureLabels"]')],
    ['with a route', (mesh) => { const gateway = inside(mesh); gateway.addRoute('chat', { target: gateway.addPool('llm', { workload: deploy() }) }); }, 'the route chat has no clients, because gateway gw serves none outside the mesh (`exposure` IN_MESH); got "chat"; allowed: a route of a gateway with `hostnames`; remove the route, and grant the callers with `grantInfer` of the pool; or remove `exposure` of the gateway'],
    ['with a canary', (mesh) => {
      const gateway = inside(mesh);
      new CanaryRoute(mesh, 'chat', { gateway, stable: gateway.addPool('one', { workload: deploy() }), canary: gateway.addPool('two', { workload: deploy() }), percent: 5 });
    }, 'the route chat has no clients, because gateway gw serves none outside the mesh'],
  ],
  'a gateway for clients outside the mesh': [
    ['without hosts', (mesh) => { new InferenceGateway(mesh, 'gw', { tls: { secretName: 'tls' } }); }, 'app/mesh/gw: `hostnames` of the gateway is empty or has a name twice; got []'],
  ],
};

testRefused(refused);
