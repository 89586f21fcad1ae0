import { Inference, infers, PoolProvider } from './inference';
import { isGateway } from './istio';
import { completed, Pod, pod, Program, programOf } from './program';
import { Agent, AgentMesh, EndpointPicker, EndpointPickerConfig, GatewayExposure, Identity, InferenceGateway, InferenceObjective, InferenceTenant } from '../../src';
import { decideAtTenant } from '../../src/analysis/pool-decision';
import { principalOf } from '../../src/model/principal';
import { TenantNode } from '../../src/model/tenant';
import { deploy } from '../story';
import { Manifest } from '../synth';

const PROVIDERS: readonly PoolProvider[] = ['Istio ambient', 'Istio sidecars'];

/** Two tenants of one pool, one of another, and a pool of another gateway that is granted itself. */
function build(mesh: AgentMesh): void {
  const agent = (name: string) => new Agent(mesh, name, { versions: { v1: deploy() } });
  const [planner, writer] = [agent('planner'), agent('writer')];
  agent('idle');
  const shared = new InferenceGateway(mesh, 'shared', { exposure: GatewayExposure.IN_MESH });
  const picker = EndpointPicker.deploy({ config: EndpointPickerConfig.agents() });
  const llama = shared.addPool('llama', { workload: deploy(), picker });
  const qwen = shared.addPool('qwen', { workload: deploy(), picker, allowedModels: ['qwen'] });
  const batch = new InferenceObjective(mesh, 'batch', { pool: llama, priority: -1 });
  new InferenceTenant(mesh, 'research', { pool: llama, objective: batch }).grantInfer(planner, Identity.allOf('team-a'));
  new InferenceTenant(mesh, 'desk', { pool: llama }).grantInfer(writer);
  new InferenceTenant(qwen, 'qwen-desk', { pool: qwen, name: 'desk' }).grantInfer(writer, planner);
  const own = new InferenceGateway(mesh, 'own', { exposure: GatewayExposure.IN_MESH });
  own.addPool('mistral', { workload: deploy() }).grantInfer(planner);
}

const GRANTED: Readonly<Record<string, readonly string[]>> = {
  'llama-research': ['team-a/any', 'voice/planner'], 'llama-desk': ['voice/writer'], 'qwen-desk': ['voice/planner', 'voice/writer'],
};
const TOLD: Readonly<Record<string, object>> = {
  'llama-research': { 'x-llm-d-inference-fairness-id': 'research', 'x-llm-d-inference-objective': 'batch' },
  'llama-desk': { 'x-llm-d-inference-fairness-id': 'desk' },
  'qwen-desk': { 'x-llm-d-inference-fairness-id': 'desk' },
};
/** Headers with which a caller would choose its tenant, its priority or its pod. */
const CHOSEN = {
  'x-llm-d-inference-fairness-id': 'desk-of-another', 'x-gateway-inference-fairness-id': 'old', 'x-llm-d-inference-objective': 'gold', 'X-Gateway-Inference-Objective': 'old', 'x-prefiller-host-port': '10.0.0.9:80',
};

/** Headers that a picker with agent sessions would take for the tenant, if it had none. */
const SESSIONS = { 'Session-Id': 'desk-of-another', 'session_id': 'old', 'x-claude-code-session-id': 'desk' };

const all = (provider: PoolProvider, mutate: (objects: Manifest[]) => void = () => {}): Program => {
  const program = completed(programOf(provider, build, { existingNamespaces: ['team-a'] }), { objects: [], pods: [pod('team-a', 'any'), pod('voice', 'intruder')] });
  const objects = structuredClone(program.world.objects) as Manifest[];
  mutate(objects);
  return { ...program, world: { ...program.world, objects } };
};
const nameOf = ({ namespace, name }: Pod): string => `${namespace}/${name}`;
const asked = (from: Pod, tenant: string): Inference => ({ from, namespace: 'voice', service: `${tenant}-tenant`, host: `${tenant}-tenant.voice`, headers: { ...CHOSEN, ...SESSIONS }, model: 'qwen' });
const askers = (provider: PoolProvider, { world }: Program) => Object.fromEntries(Object.keys(GRANTED).map((tenant) => [
  tenant, world.pods.filter((from) => !isGateway(from) && infers(provider, world, asked(from, tenant)).allowed).map(nameOf).sort(),
]));
const named = (world: Program['world'], name: string) => world.pods.find((one) => nameOf(one) === name)!;
const told = (provider: PoolProvider, { world }: Program) => Object.fromEntries(Object.entries(GRANTED).map(([tenant, [first]]) => {
  const { host: _, ...headers } = infers(provider, world, asked(named(world, first), tenant)).headers ?? {};
  return [tenant, headers];
}));

describe.each(PROVIDERS)('tenants of a pool on %s', (provider) => {
  const program = all(provider);
  const { model, world } = program;

  test('serve those with a grant, each tenant alone', () => {
    expect(askers(provider, program)).toEqual(GRANTED);
  });
  test('are told to the picker by the port that admits the identity, whatever the caller sends', () => {
    expect(told(provider, program)).toEqual(TOLD);
  });
  test('are those that the model names', () => {
    const callerOf = ({ trustDomain, namespace, serviceAccount }: Pod) =>
      (trustDomain === undefined ? undefined : principalOf(trustDomain, namespace, serviceAccount));
    const isAllowed = (tenant: TenantNode) => (from: Pod) => decideAtTenant(model, tenant, { caller: callerOf(from) }, 'now').allowed;
    const said = Object.fromEntries(model.tenants.map((tenant) => [tenant.name, world.pods.filter(isAllowed(tenant)).map(nameOf).sort()]));
    expect(said).toEqual(GRANTED);
  });
  test('may name only the models of their pool', () => {
    const from = named(world, 'voice/writer');
    expect(infers(provider, world, { ...asked(from, 'qwen-desk'), model: 'other' })).toMatchObject({ allowed: false, status: '400: the picker does not know the model' });
  });
  test('leave the pools of other gateways as they are: no header reaches their picker', () => {
    const { headers, allowed } = infers(provider, world, { ...asked(named(world, 'voice/planner'), 'llama-desk'), service: 'mistral-inference', host: 'mistral-inference', headers: CHOSEN });
    expect([allowed, headers]).toEqual([true, { host: 'mistral-inference' }]);
  });
  test.each(Object.keys(GRANTED))('have a host of their own: %s is not reached by the name of another', (tenant) => {
    const [from] = GRANTED[tenant];
    const other = Object.keys(GRANTED).find((one) => one !== tenant)!;
    expect(infers(provider, world, { ...asked(named(world, from), tenant), host: `${other}-tenant.voice` })).toMatchObject({ allowed: false });
  });

  const mutants: readonly (readonly [string, (objects: Manifest[]) => void])[] = [
    ['no policy of the callers', (objects) => { without(objects, 'AuthorizationPolicy', 'llama-desk-tenant'); }],
    ['no policy of the gateway of the tenants', (objects) => { without(objects, 'AuthorizationPolicy', 'shared-tenants'); }],
    ['no route', (objects) => { without(objects, 'HTTPRoute', 'llama-desk-tenant'); }],
    ['no route at the inner gateway', (objects) => { without(objects, 'HTTPRoute', 'llama-desk-tenant-inner'); }],
    ['the port of another tenant', (objects) => { port(objects, 'llama-research-tenant').targetPort = port(objects, 'llama-desk-tenant').targetPort; }],
    ...provider === 'Istio sidecars' ? [['no mutual TLS to the inner gateway', (objects: Manifest[]) => { without(objects, 'DestinationRule', 'shared-istio'); }] as const] : [
      ['no hosts at the inner gateway', (objects: Manifest[]) => { without(objects, 'AuthorizationPolicy', 'shared-tenants-hosts'); }] as const,
    ],
  ];
  test.each(mutants)('serve others with %s', (_, mutate) => {
    expect(askers(provider, all(provider, mutate))).not.toEqual(GRANTED);
  });
  test('could choose a header if the gateway of the tenants removed none', () => {
    expect(told(provider, all(provider, (objects) => { without(objects, 'RequestAuthentication', 'shared-tenants-picker-headers'); }))).not.toEqual(TOLD);
  });
});

function without(objects: Manifest[], kind: string, name: string): void {
  objects.splice(objects.findIndex((one) => one.kind === kind && one.metadata.name === name), 1);
}

const port = (objects: readonly Manifest[], name: string): any => objects.find(({ kind, metadata }) => kind === 'Service' && metadata.name === name)!.spec.ports[0];
