import { Inference, infers, PoolProvider } from './inference';
import { isGateway } from './istio';
import { completed, Pod, pod, Program, programOf, SCRAPER } from './program';
import { Agent, AgentMesh, GatewayExposure, Identity, InferenceGateway, InferenceModelRewrite, InferencePool, Workload } from '../../src';
import { decideAtPool } from '../../src/analysis/pool-decision';
import { PoolNode } from '../../src/model/pool';
import { principalOf } from '../../src/model/principal';
import { deploy, existing, IMAGE } from '../story';
import { Manifest } from '../synth';

const PROVIDERS: readonly PoolProvider[] = ['Istio ambient', 'Istio sidecars'];

/** Two pools of an edge gateway, and one of a gateway that serves only the mesh, in the namespace of the models. */
function build(mesh: AgentMesh): void {
  const agent = (name: string) => new Agent(mesh, name, { versions: { v1: deploy() } });
  const [planner, writer, confined] = [agent('planner'), agent('writer'), new Agent(mesh, 'confined', { versions: { v1: Workload.deploy({ image: IMAGE, ports: [], egress: {} }) } })];
  agent('idle');
  const edge = new InferenceGateway(mesh, 'edge', { hostnames: ['models.example.com'], tls: { secretName: 'tls' } });
  const llama = edge.addPool('llama', { workload: deploy() });
  const qwen = edge.addPool('qwen', { workload: deploy() });
  edge.addRoute('chat', { target: llama });
  llama.grantInfer(planner, confined, Identity.allOf('team-a'));
  qwen.grantInfer(writer);
  const inside = new InferenceGateway(mesh, 'inside', { exposure: GatewayExposure.IN_MESH });
  inside.grantInfer(planner);
  inside.addPool('mistral', { workload: existing('mistral', { namespace: 'models' }) }).grantInfer(Identity.of({ namespace: 'ops', serviceAccount: 'auditor' }));
  inside.addPool('idle-model', { workload: deploy() });
}

/** Who may ask which pool. */
const GRANTED: Readonly<Record<string, readonly string[]>> = {
  'llama': ['team-a/any', 'voice/confined', 'voice/planner'], 'qwen': ['voice/writer'], 'mistral': ['ops/auditor', 'voice/planner'], 'idle-model': ['voice/planner'],
};

const others = [pod('team-a', 'any'), pod('models', 'mistral', { labels: { app: 'mistral' } }), pod('models', 'intruder')];
const all = (provider: PoolProvider, mutate: (objects: Manifest[]) => void = () => {}): Program => {
  const program = completed(programOf(provider, build, { existingNamespaces: ['models', 'team-a'], metrics: { scraper: SCRAPER } }), { objects: [], pods: others });
  const objects = structuredClone(program.world.objects) as Manifest[];
  mutate(objects);
  return { ...program, world: { ...program.world, objects } };
};

const nameOf = ({ namespace, name }: Pod): string => `${namespace}/${name}`;
const asked = (from: Pod, pool: string, namespace: string): Inference => ({ from, namespace, service: `${pool}-inference`, host: `${pool}-inference.${namespace}` });
// An edge gateway, which sends requests to these ports, takes the host names of no pool.
const askers = (provider: PoolProvider, { world, model }: Program) => Object.fromEntries(model.pools.map(({ name, namespace }) => [
  name, world.pods.filter((from) => !isGateway(from) && infers(provider, world, asked(from, name, namespace)).allowed).map(nameOf).sort(),
]));

describe.each(PROVIDERS)('callers of pools inside the mesh on %s', (provider) => {
  const program = all(provider);
  const { model, world, gateways } = program;

  test('are those with a grant, for each pool alone', () => {
    expect(askers(provider, program)).toEqual(GRANTED);
  });

  test('are those that the model names', () => {
    const callerOf = ({ trustDomain, namespace, serviceAccount }: Pod) =>
      (trustDomain === undefined ? undefined : principalOf(trustDomain, namespace, serviceAccount));
    const isAllowed = (pool: PoolNode) => (from: Pod) => decideAtPool(model, pool, { caller: callerOf(from), port: 80 }, gateways).allowed;
    const said = Object.fromEntries(model.pools.map((pool) => [pool.name, world.pods.filter(isAllowed(pool)).map(nameOf).sort()]));
    expect(said).toEqual(GRANTED);
  });

  test.each(['llama-inference', 'llama-inference.voice', 'llama-inference.voice.svc', 'llama-inference.voice.svc.cluster.local'])('name the pool %s', (host) => {
    const from = world.pods.find((one) => nameOf(one) === 'voice/planner')!;
    expect(infers(provider, world, { ...asked(from, 'llama', 'voice'), host })).toMatchObject({ allowed: true });
    expect(infers(provider, world, { ...asked(from, 'llama', 'voice'), host: `x${host}` })).toMatchObject({ allowed: false });
  });

  const mutants: readonly (readonly [string, (objects: Manifest[]) => void])[] = [
    ['no policy of the callers', (objects) => { without(objects, 'AuthorizationPolicy', 'llama-inference'); }],
    ['no route', (objects) => { without(objects, 'HTTPRoute', 'mistral-inference'); }],
    ['the port of another pool', (objects) => { port(objects, 'qwen-inference').targetPort = port(objects, 'llama-inference').targetPort; }],
    ...provider === 'Istio ambient' ? [['callers of every port', (objects: Manifest[]) => { for (const { to } of policy(objects, 'llama-inference').rules) delete to[0].operation.ports; }] as const, ['no hosts at Envoy', (objects: Manifest[]) => { without(objects, 'AuthorizationPolicy', 'qwen-inference-hosts'); }] as const] : [
      ['no mutual TLS', (objects: Manifest[]) => { without(objects, 'DestinationRule', 'qwen-inference'); }] as const,
      ['a Service that no sidecar shows', (objects: Manifest[]) => { for (const one of objects.filter(({ kind }) => kind === 'Sidecar')) one.spec.egress = [{ hosts: ['~/*'] }]; }] as const,
    ],
  ];
  test.each(mutants)('are others with %s', (_, mutate) => {
    expect(askers(provider, all(provider, mutate))).not.toEqual(GRANTED);
  });
});

const LISTS: Readonly<Record<string, readonly string[]>> = { both: ['base', 'support'], support: ['support'] };
const MODELS = ['base', 'support', 'support-v1', 'secret', 'Support', ''];
const REQUESTS = [
  ['POST', '/v1/chat/completions'], ['POST', '/v1/messages?beta=true'], ['GET', '/v1/models'], ['POST', '/v1/models'], ['GET', '/v1/chat/completions'], ['POST', '/invocations'],
  ['POST', '/v1/load_lora_adapter?/v1/chat/completions'], ['POST', '/v1//chat/completions'], ['POST', '/v1/messages/count_tokens'],
] as const;

/** Two pools over the same pods, each with its callers and its list of models. Clients of the second get another adapter. */
function limited(mesh: AgentMesh): void {
  const inside = new InferenceGateway(mesh, 'inside', { exposure: GatewayExposure.IN_MESH });
  const workload = deploy();
  for (const [name, allowedModels] of Object.entries(LISTS)) {
    inside.addPool(name, { workload, allowedModels: [...allowedModels] }).grantInfer(new Agent(mesh, `caller-of-${name}`, { versions: { v1: deploy() } }));
  }
  const pool = mesh.node.findChild('inside').node.findChild('support') as InferencePool;
  new InferenceModelRewrite(mesh, 'canary', { pool, model: 'support', targets: [{ model: 'support-v1' }] });
}

describe.each(PROVIDERS)('models that callers may name on %s', (provider) => {
  const { world, model, gateways } = completed(programOf(provider, limited, {}), { objects: [], pods: [] });
  const from = (pool: string) => world.pods.find(({ name }) => name === `caller-of-${pool}`)!;
  const isAsked = (caller: string, pool: string, request: Pick<Inference, 'path' | 'method' | 'model'>) =>
    infers(provider, world, { ...asked(from(caller), pool, 'voice'), ...request }).allowed;

  test.each(Object.keys(LISTS))('are those of the list of pool %s, for its caller', (pool) => {
    expect(MODELS.filter((name) => isAsked(pool, pool, { model: name }))).toEqual(LISTS[pool]);
    const other = Object.keys(LISTS).find((name) => name !== pool)!;
    expect(MODELS.filter((name) => isAsked(other, pool, { model: name }))).toEqual([]);
  });
  test('are named where the picker reads them', () => {
    expect(REQUESTS.filter(([method, path]) => isAsked('support', 'support', { method, path, model: 'support' }))).toEqual(REQUESTS.slice(0, 3));
  });
  test('are those that the model names, at the same paths', () => {
    const pool = model.pools.find(({ name }) => name === 'support')!;
    const { trustDomain, namespace, serviceAccount } = from('support');
    const caller = principalOf(trustDomain!, namespace, serviceAccount);
    for (const [method, path] of REQUESTS) {
      for (const name of MODELS) {
        const call = { method, path, model: method === 'POST' ? name : undefined };
        expect([call, decideAtPool(model, pool, { caller, port: 80, ...call }, gateways).allowed]).toEqual([call, isAsked('support', 'support', { method, path, model: name })]);
      }
    }
  });
});

function without(objects: Manifest[], kind: string, name: string): void {
  objects.splice(objects.findIndex((one) => one.kind === kind && one.metadata.name === name), 1);
}

const policy = (objects: readonly Manifest[], name: string): any => objects.find(({ kind, metadata }) => kind === 'AuthorizationPolicy' && metadata.name === name)!.spec;
const port = (objects: readonly Manifest[], name: string): any => objects.find(({ kind, metadata }) => kind === 'Service' && metadata.name === name)!.spec.ports[0];
