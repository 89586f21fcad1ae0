import { onIstioAmbient, onIstioSidecars } from './istio';
import { callOf, completed, Pod, pod, Program, programOf, SCRAPER, workloadOf } from './program';
import { Agent, AgentMesh, Port } from '../../src';
import { BEHIND_SIDECAR, disaggregated, existingServers, SERVING, SIDE_CHANNEL, TRANSFER, withPrefill } from '../disaggregated';
import { deploy } from '../story';
import { Manifest } from '../synth';

const JUDGES = { 'Istio ambient': onIstioAmbient, 'Istio sidecars': onIstioSidecars };
type Judged = keyof typeof JUDGES;

const PORTS = [SERVING, BEHIND_SIDECAR, SIDE_CHANNEL, ...TRANSFER, 7000];
const GATEWAY = 'voice/inside-istio';

/** Who may connect to which ports of the pods of which role. */
type Table = Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>;
const DEPLOYED: Table = {
  'servers of pool llama': { [GATEWAY]: [SERVING], 'voice/llama-epp': [SERVING] },
  'prefill servers of pool llama': { 'voice/llama': [SERVING, SIDE_CHANNEL, ...TRANSFER], 'voice/llama-epp': [SERVING] },
};
const EXISTING: Table = {
  'servers of pool llama': { [GATEWAY]: [SERVING], 'voice/llama-epp': [SERVING] },
  'prefill servers of pool llama': { 'voice/vllm-decode': [SERVING, SIDE_CHANNEL], 'voice/llama-epp': [SERVING] },
};

/** A pool with prefill servers, a caller with a grant for the pool, and another pool whose pods have the same ports. */
function build(mesh: AgentMesh, options = withPrefill()): void {
  const pool = disaggregated(mesh, options);
  pool.grantInfer(new Agent(mesh, 'planner', { versions: { v1: deploy() } }));
  new Agent(mesh, 'idle', { versions: { v1: deploy() } });
}

const existing = () => withPrefill({ workload: existingServers('decode'), prefill: { workload: existingServers('prefill') } });
const theirs = ['decode', 'prefill'].map((role) => pod('voice', `vllm-${role}`, { labels: { 'app': 'vllm', 'llm-d.ai/role': role } }));

function programWith(provider: Judged, options: () => ReturnType<typeof withPrefill>, mutate: (objects: Manifest[]) => void = () => {}): Program {
  const program = completed(programOf(provider, (mesh) => build(mesh, options()), { metrics: { scraper: SCRAPER } }), { objects: [], pods: theirs });
  const objects = structuredClone(program.world.objects) as Manifest[];
  mutate(objects);
  return { ...program, world: { ...program.world, objects } };
}

const nameOf = ({ namespace, name }: Pod) => `${namespace}/${name}`;

/** What the objects allow, and what the model says. */
function tablesOf(provider: Judged, program: Program): { readonly objects: Table; readonly model: Table } {
  const judge = JUDGES[provider];
  const call = (from: Pod, title: string, port: number) =>
    callOf(program, from, workloadOf(program, title), { port, atPods: true, path: '/v1/chat/completions', method: 'POST' });
  type Called = ReturnType<typeof call>;
  const portsOf = (from: Pod, title: string, isAllowed: (called: Called) => boolean) => PORTS.filter((port) => isAllowed(call(from, title, port)));
  const callersOf = (title: string, isAllowed: (called: Called) => boolean) => Object.fromEntries(program.world.pods
    .map((from) => [nameOf(from), portsOf(from, title, isAllowed)] as const).filter(([, ports]) => ports.length > 0));
  const table = (isAllowed: (called: Called) => boolean): Table =>
    Object.fromEntries(Object.keys(DEPLOYED).map((title) => [title, callersOf(title, isAllowed)]));
  return { objects: table(({ attempt }) => judge(program.world, attempt).allowed), model: table(({ decision }) => decision.allowed) };
}

describe.each(Object.keys(JUDGES) as Judged[])('who may connect to prefill and decode pods on %s', (provider) => {
  test('that the library deploys', () => {
    expect(tablesOf(provider, programWith(provider, withPrefill))).toEqual({ objects: DEPLOYED, model: DEPLOYED });
  });
  test('that exist', () => {
    expect(tablesOf(provider, programWith(provider, existing))).toEqual({ objects: EXISTING, model: EXISTING });
  });

  const policy = (objects: Manifest[]): any => objects.find(({ kind, metadata }) => kind === 'AuthorizationPolicy' && metadata.name === 'llama-prefill-workload')!.spec;
  const mutants: readonly (readonly [string, (objects: Manifest[]) => void])[] = [
    ['without the policy of the prefill pods', (objects) => { objects.splice(objects.findIndex(({ spec }) => spec === policy(objects)), 1); }],
    ['with every caller', (objects) => { for (const rule of policy(objects).rules) delete rule.from; }],
    ...provider === 'Istio ambient' ? [['with every port', (objects: Manifest[]) => { for (const { to } of policy(objects).rules) delete to[0].operation.ports; }] as const] : [['without the Service that the sidecars of decode pods know', (objects: Manifest[]) => {
      objects.find(({ kind, metadata }) => kind === 'Sidecar' && metadata.name === 'llama')!.spec.egress = [{ hosts: ['~/*'] }];
    }] as const],
  ];
  test.each(mutants)('are others %s', (_, mutate) => {
    expect(tablesOf(provider, programWith(provider, withPrefill, mutate)).objects).not.toEqual(DEPLOYED);
  });
});

test('the report and decisions name who calls prefill servers', () => {
  const program = programWith('Istio ambient', withPrefill);
  const reason = (name: string, port: number) => callOf(program, program.world.pods.find((one) => nameOf(one) === name)!, workloadOf(program, 'prefill servers of pool llama'), { port, atPods: true, path: '/', method: 'GET' }).decision.reason;
  expect([reason('voice/llama', SIDE_CHANNEL), reason('voice/llama-epp', SERVING), reason('voice/planner', SERVING), reason(GATEWAY, SERVING)]).toEqual([
    'servers of pool llama send prompts to and read the KV cache of prefill servers of pool llama', 'picker of pool llama scrapes the metrics or reads the KV cache events of prefill servers of pool llama',
    'no grant allows agent planner to call prefill servers of pool llama', expect.stringContaining('no grant allows'),
  ]);
});

test('a port that nobody needs is closed to decode pods too', () => {
  const options = () => withPrefill({ prefill: { workload: existingServers('prefill', { ports: [Port.http(SERVING), Port.tcp(SIDE_CHANNEL), Port.tcp(TRANSFER[0])] }) }, workload: existingServers('decode') });
  expect(tablesOf('Istio ambient', programWith('Istio ambient', options)).objects['prefill servers of pool llama']['voice/vllm-decode']).toEqual([SERVING, SIDE_CHANNEL]);
});
