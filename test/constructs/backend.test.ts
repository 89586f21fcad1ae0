import { Agent, AgentMesh, AgentMeshProps, Backend, Identity, McpProvider, McpServer, McpToolBoundary, MeshProvider, Port, Workload } from '../../src';
import { linkerd, sidecar } from '../rejected/tool-programs';
import { deploy, existing, IMAGE } from '../story';
import { meshOf, problemsOf, synth } from '../synth';

const MESHES: Readonly<Record<string, Partial<AgentMeshProps>>> = {
  ambient: { existingNamespaces: ['data'] },
  sidecars: { ...sidecar, existingNamespaces: ['data'] },
  Linkerd: { ...linkerd, existingNamespaces: ['data'] },
};

/** Postgres runs already, with clients that are no agents; Redis is deployed here, and its pods form a cluster. */
function build(mesh: AgentMesh): void {
  const planner = new Agent(mesh, 'planner', { versions: { v1: deploy() } });
  const invoices = deploy([3000]);
  new McpToolBoundary(mesh, 'invoices', { server: McpServer.of(invoices, { tools: ['find_invoice'] }) }).grantAllTools(planner);
  const orders = new Backend(mesh, 'orders', {
    workload: existing('postgres', { namespace: 'data', ports: [Port.tcp(5432)], service: { name: 'orders', port: 5432 } }),
  });
  orders.grantCall(planner, invoices, Identity.allOf('billing'));
  const cache = new Backend(mesh, 'cache', { workload: Workload.deploy({ image: IMAGE, ports: [Port.tcp(6379), Port.tcp(16379)], replicas: 3 }), peers: true });
  cache.grantCall(planner);
}

describe.each(Object.entries(MESHES))('backends on %s', (_, props) => {
  test('are accepted', () => {
    expect(problemsOf(build, props)).toEqual([]);
  });
  test('may be called by agents, by the pods of a tool server, and by those who were there before', () => {
    const { mesh } = meshOf(build, props);
    const at = (id: string) => mesh.node.findChild(id) as never;
    const allowed = (caller: never, callee: string, port?: number) => mesh.decide({ caller, callee: at(callee), port }).allowed;
    expect([allowed(at('planner'), 'orders'), allowed(Identity.of({ namespace: 'billing', serviceAccount: 'jobs' }) as never, 'orders'), allowed(at('planner'), 'cache')]).toEqual([true, true, true]);
    expect([allowed(Identity.of({ namespace: 'ops', serviceAccount: 'jobs' }) as never, 'orders'), allowed(at('orders'), 'cache'), allowed(at('planner'), 'cache', 16379)]).toEqual([false, false, false]);
    expect([allowed(at('cache'), 'cache'), allowed(at('cache'), 'cache', 16379)]).toEqual([true, true]);
    expect(mesh.decide({ caller: Identity.of({ namespace: 'voice', serviceAccount: 'invoices' }), callee: at('orders') }).allowed).toBe(true);
  });
  test('have the port of their pods, and a host name to be called by', () => {
    const { mesh } = meshOf(build, props);
    expect(synth(build, props).get('Service', 'cache').spec.ports.map(({ port }: { port: number }) => port)).toEqual([6379, 16379]);
    expect(['orders', 'cache'].map((id) => (mesh.node.findChild(id) as Backend).host)).toEqual(['orders.data.svc.cluster.local', 'cache.voice.svc.cluster.local']);
    expect(mesh.describeAccess()).toContain('backend orders\n  <- every ServiceAccount of namespace billing: port 5432\n  <- tool server invoices: port 5432\n  <- agent planner: port 5432\n');
  });
  test('are named without a version', () => {
    expect(synth(build, props).names().filter((one) => /cache/.test(one)).every((one) => !one.includes('v1'))).toBe(true);
  });
});

test('peers do not read the metrics of each other, which one identity reads', () => {
  const scraper = Identity.of({ namespace: 'monitoring', serviceAccount: 'prometheus' });
  const { mesh } = meshOf((of) => {
    new Backend(of, 'cache', { workload: Workload.deploy({ image: IMAGE, ports: [Port.tcp(6379), Port.tcp(16379), Port.http(9090)], metricsPort: 9090 }), peers: true });
  }, { metrics: { scraper } });
  const cache = mesh.node.findChild('cache') as Backend;
  expect([16379, 9090].map((port) => mesh.decide({ caller: cache, callee: cache, port }).allowed)).toEqual([true, false]);
  expect(mesh.decide({ caller: scraper, callee: cache, port: 9090 }).allowed).toBe(true);
});

test('the pods of a server behind an MCP proxy call with their own identity, not with that of the proxy', () => {
  const { mesh } = meshOf(build, { existingNamespaces: ['data'], mcp: McpProvider.agentgateway() });
  const orders = mesh.node.findChild('orders') as Backend;
  const by = (serviceAccount: string) => mesh.decide({ caller: Identity.of({ namespace: 'voice', serviceAccount }), callee: orders }).allowed;
  expect([by('invoices-server'), by('invoices')]).toEqual([true, false]);
});

test.each<[string, (mesh: AgentMesh) => void, string]>([
  ['a workload that no construct uses as a caller', (mesh) => { new Backend(mesh, 'cache', { workload: deploy([6379]) }).grantCall(deploy()); }, `app/mesh/cache: ${IMAGE} has no identity yet, because no construct uses this workload; got "${IMAGE}"; allowed: the workload of an Agent, Backend, McpToolBoundary or InferencePool that is defined before the grant`],
  ['a backend that listens on nothing', (mesh) => { new Backend(mesh, 'cache', { workload: deploy([]) }).grantCall(Identity.allOf('ops')); }, 'backend cache has grants but listens on no port'],
  ['a route to a backend', (mesh) => { const workload = deploy([6379]); new Backend(mesh, 'cache', { workload }); new Agent(mesh, 'agent', { versions: { v1: workload } }); }, 'backend cache already uses this workload'],
  ['a port of the Service that is none', (mesh) => { new Backend(mesh, 'cache', { workload: deploy([6379]), servicePort: 70_000 }); }, '`servicePort` is not a valid port; got 70000'],
])('%s is refused', (_, program, message) => {
  expect(problemsOf(program, { mesh: MeshProvider.istioAmbient() })).toEqual([expect.stringContaining(message)]);
});

test('a backend without a Service has no host name, and says so at the line', () => {
  const { mesh } = meshOf(() => {});
  expect(() => new Backend(mesh, 'orders', { workload: existing('postgres', { ports: [Port.tcp(5432)] }) }).host).toThrow('app/mesh/orders: backend orders has no Service, so it has no host name');
});
