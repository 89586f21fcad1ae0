import { onIstioAmbient, onIstioSidecars } from './istio';
import { completed, Pod, podOf, programOf, SCRAPER } from './program';
import { Agent, AgentMesh, Call, Identity, ICallee, InferenceGateway, InferencePoolOptions, Port, UnauthenticatedPort, Workload } from '../../src';
import { disaggregated, SERVING, withPrefill } from '../disaggregated';
import { deploy, IMAGE } from '../story';

const JUDGES = { 'Istio ambient': onIstioAmbient, 'Istio sidecars': onIstioSidecars };
type Judged = keyof typeof JUDGES;

/** A pool and the workload that serves it, as callees. */
interface Callees { readonly pool: ICallee; readonly servers: ICallee }

const METRICS = 9100;
const OPEN = 8081;
const PORTS = [SERVING, METRICS, OPEN, 7000, 80];
const pods = () => Workload.deploy({
  image: IMAGE, ports: PORTS.map((port) => Port.http(port)), metricsPort: METRICS, unauthenticatedPorts: [UnauthenticatedPort.of(OPEN)],
});

function pooled(mesh: AgentMesh, workload: Workload, options: Partial<InferencePoolOptions> = {}): Callees {
  const gateway = new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' } });
  const pool = gateway.addPool('llama', { workload, ...options });
  pool.grantInfer(new Agent(mesh, 'planner', { versions: { v1: deploy() } }));
  return { pool, servers: workload };
}

const PROGRAMS: Readonly<Record<string, (mesh: AgentMesh) => Callees>> = {
  'servers of a pool': (mesh) => pooled(mesh, pods()),
  'servers whose picker scrapes another port': (mesh) => pooled(mesh, pods(), { metricsPort: METRICS }),
  'servers at the port of the address of the pool': (mesh) => pooled(mesh, pods(), { targetPorts: [80] }),
  'an agent with granted ports': (mesh) => {
    const agent = new Agent(mesh, 'llm', { versions: { v1: pods() } });
    agent.grantPorts([7000], Identity.of({ namespace: 'ops', serviceAccount: 'auditor' }));
    return { ...pooled(mesh, agent.version()), servers: agent };
  },
  'servers of two pools': (mesh) => {
    const callees = pooled(mesh, pods());
    const other = new InferenceGateway(mesh, 'other', { hostnames: ['b.example.com'], tls: { secretName: 'tls' } });
    other.addPool('second', { workload: callees.servers as Workload });
    return callees;
  },
  'decode servers': (mesh) => {
    const options = withPrefill();
    return { pool: disaggregated(mesh, options), servers: options.workload };
  },
};

describe.each(Object.keys(JUDGES) as Judged[])('the pods of a pool on %s', (provider) => {
  test.each(Object.entries(PROGRAMS))('are called by the same callers, whether the call names the pool or the workload: %s', (_, build) => {
    let asked: { readonly mesh: AgentMesh; readonly callees: Callees } | undefined;
    const program = programOf(provider, (mesh) => { asked = { mesh, callees: build(mesh) }; }, { metrics: { scraper: SCRAPER } });
    const all = completed(program, { objects: [], pods: [] });
    const { mesh, callees } = asked!;
    const pool = all.model.pools.find(({ name }) => name === 'llama')!;
    const to = podOf(all.world, pool.namespace, pool.servers.labels);
    const ports = [...new Set([...pool.servers.ports, ...pool.targetPorts])];
    const isEntry = (from: Pod, port: number) => port === pool.entry.port && from.serviceAccount === 'planner'; // has a grant there
    const found = all.world.pods.flatMap((from) => ports.filter((port) => !isEntry(from, port)).map((port) => {
      const { namespace, serviceAccount, trustDomain } = from;
      const caller = trustDomain === undefined ? undefined : Identity.of({ namespace, serviceAccount, trustDomain });
      const [atPool, atServers] = [callees.pool, callees.servers].map((callee) => mesh.decide({ callee, caller, port }).allowed);
      // A proxy of the caller itself may refuse what a port without authentication accepts.
      const objects = port === OPEN && trustDomain !== undefined ? atServers : JUDGES[provider](all.world, { from, to, port, path: '/', method: 'POST' }).allowed;
      return { caller: `${namespace}/${serviceAccount}`, port, atPool, atServers, objects };
    }));
    expect(found.filter(({ atPool, atServers, objects }) => atPool !== objects || atServers !== objects)).toEqual([]);
    expect(found.some(({ atPool }) => atPool)).toBe(true);
    const unknown = (callee: ICallee) => () => mesh.decide({ callee, port: 1234 });
    expect(unknown(callees.pool)).toThrow('pool llama has no port 1234');
    expect(unknown(callees.servers)).toThrow('has no port 1234');
  });
});

test('the scraper of the mesh reads the metrics of model servers, and everybody connects to their open port', () => {
  let found: unknown[] = [];
  programOf('Istio ambient', (mesh) => {
    const { pool: callee } = pooled(mesh, pods());
    const other = Identity.of({ namespace: 'ops', serviceAccount: 'auditor' });
    const calls: Omit<Call, 'callee'>[] = [
      { caller: SCRAPER, port: METRICS }, { caller: other, port: METRICS }, { port: OPEN }, { caller: SCRAPER, port: 80 }, { caller: SCRAPER },
    ];
    found = calls.map((call) => mesh.decide({ callee, ...call })).map(({ allowed, reason }) => `${allowed}: ${reason}`);
  }, { metrics: { scraper: SCRAPER } });
  expect(found).toEqual([
    'true: identity monitoring/prometheus was granted port 9100 of servers of pool llama',
    'false: no grant allows identity cluster.local/ns/ops/sa/auditor to call servers of pool llama; no route of gateway gw targets the pool',
    'true: port 8081 of servers of pool llama is open without an identity to anyone who can reach the pods',
    'false: no grant allows identity cluster.local/ns/monitoring/sa/prometheus to call pool llama; no route of gateway gw targets the pool',
    'false: no grant allows identity cluster.local/ns/monitoring/sa/prometheus to call pool llama; no route of gateway gw targets the pool',
  ]);
});
