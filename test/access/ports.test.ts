import { onIstioAmbient, onIstioSidecars } from './istio';
import { onLinkerd } from './linkerd';
import { Asked, Attempt, callOf, completed, EXISTING, Pod, programOf, ProviderName, PROVIDERS, SCRAPER, Verdict, workloadOf, World } from './program';
import {
  Agent, AgentMesh, AgentMeshProps, AgentProps, ICaller, Identity, McpProvider, McpServer, McpToolBoundary, MeshProvider, Port,
  UnauthenticatedPort, Waypoint, Workload,
} from '../../src';
import { deploy, IMAGE } from '../story';
import { meshOf, synth } from '../synth';

const JUDGES: Record<ProviderName, (world: World, attempt: Attempt) => Verdict> = {
  'Istio ambient': onIstioAmbient, 'Istio sidecars': onIstioSidecars, 'Linkerd': onLinkerd,
};
const auditor = Identity.of({ namespace: 'ops', serviceAccount: 'auditor' });

/** The planner may call the store, the scraper may read its metrics, and the auditor may use its metrics and its database port. */
function build(mesh: AgentMesh, options: Partial<AgentProps> = {}): void {
  const ports = [Port.http(8000), Port.http(9090), Port.tcp(5432)];
  const store = new Agent(mesh, 'store', { versions: { v1: Workload.deploy({ image: IMAGE, ports }) }, ...options });
  store.grantCall(new Agent(mesh, 'planner', { versions: { v1: deploy() } }));
  store.grantPorts([9090], SCRAPER);
  store.grantPorts([5432, 9090], auditor);
  new Agent(mesh, 'idle', { versions: { v1: deploy() } });
}

/** The ports of the Service that each caller may use. */
const ALLOWED: Readonly<Record<string, readonly number[]>> = {
  'voice/planner': [80], 'monitoring/prometheus': [9090], 'ops/auditor': [5432, 9090], 'voice/idle': [], 'voice/auditor': [], 'elsewhere/prometheus': [], 'outside/intruder': [],
};
const PROGRAMS: Readonly<Record<string, readonly [ProviderName, (mesh: AgentMesh) => void]>> = {
  'ambient': ['Istio ambient', (mesh) => build(mesh)],
  'ambient, behind a waypoint': ['Istio ambient', (mesh) => build(mesh, { waypoint: new Waypoint(mesh, 'way') })],
  'ambient, behind a waypoint that only routes': ['Istio ambient', (mesh) => build(mesh, { requestTimeoutSeconds: 30 })],
  'sidecars': ['Istio sidecars', (mesh) => build(mesh)],
  'Linkerd': ['Linkerd', (mesh) => build(mesh)],
};

/** Groups: the store takes calls of namespace ops and spans of all members, whichever namespace comes later. */
function groups(mesh: AgentMesh, options: Partial<AgentProps> = {}): void {
  const store = new Agent(mesh, 'store', { versions: { v1: Workload.deploy({ image: IMAGE, ports: [Port.http(8000), Port.grpc(4317)] }) }, ...options });
  store.grantPorts([4317], mesh.members);
  store.grantCall(Identity.allOf('ops'));
  new Agent(mesh, 'idle', { versions: { v1: deploy() } });
  new Agent(mesh, 'far', { namespace: 'late', versions: { v1: deploy() } });
}
const OF_GROUPS: Readonly<Record<string, readonly number[]>> = {
  'voice/idle': [4317], 'late/far': [4317], 'voice/intruder': [4317], 'ops/auditor': [80], 'elsewhere/prometheus': [], 'outside/intruder': [], 'ops/foreign-auditor': [],
};
const GROUPS: Readonly<Record<string, readonly [ProviderName, (mesh: AgentMesh) => void, Partial<AgentMeshProps>?]>> = {
  'ambient': ['Istio ambient', (mesh) => groups(mesh)],
  'ambient, behind a waypoint': ['Istio ambient', (mesh) => groups(mesh, { waypoint: new Waypoint(mesh, 'way') })],
  'sidecars': ['Istio sidecars', (mesh) => groups(mesh)],
  'Linkerd': ['Linkerd', (mesh) => groups(mesh)],
  'ambient that trusts another domain': ['Istio ambient', (mesh) => groups(mesh), { trustedDomains: ['other.example'] }],
};

describe.each(Object.entries(GROUPS))('grants to groups on %s', (_, [provider, program, props]) => {
  const all = completed(programOf(provider, program, props), { objects: [], pods: [] });
  const callee = workloadOf(all, 'agent store');
  // With sidecars, pods that no construct describes see no Service.
  const callers = Object.entries(OF_GROUPS).filter(([caller]) => provider !== 'Istio sidecars' || caller !== 'voice/intruder');
  test.each(callers.flatMap(([caller, allowed]) => [80, 4317].map((port) => [caller, port, allowed.includes(port)] as const)))('%s at port %i: %s', (caller, port, allowed) => {
    const from = all.world.pods.find((pod) => `${pod.namespace}/${pod.name}` === caller)!;
    const { decision, attempt } = callOf(all, from, callee, { port, path: '/', method: 'GET' });
    const verdict = JUDGES[provider](all.world, attempt);
    expect({ model: decision.allowed, reason: decision.reason, objects: verdict.allowed, status: verdict.status })
      .toEqual({ model: allowed, reason: expect.any(String), objects: allowed, status: expect.any(String) });
  });
});

describe.each(Object.entries(PROGRAMS))('grants of single ports on %s', (_, [provider, program]) => {
  const all = completed(programOf(provider, program), { objects: [], pods: [] });
  const callee = workloadOf(all, 'agent store');
  const callerNamed = (name: string): Pod => [...all.world.pods, ...EXISTING].find((pod) => `${pod.namespace}/${pod.name}` === name)!;
  const rows = Object.entries(ALLOWED).flatMap(([caller, allowed]) => [80, 9090, 5432].flatMap((port) =>
    (port === 80 ? [false] : [false, true]).map((atPods) => [caller, port, atPods ? 'at the pods' : 'by the Service', allowed.includes(port), atPods] as const)));

  test.each(rows)('%s at port %i %s: %s', (caller, port, __, allowed, atPods) => {
    const { decision, attempt } = callOf(all, callerNamed(caller), callee, { port, atPods, path: '/', method: 'GET' });
    const verdict = JUDGES[provider](all.world, attempt);
    expect({ model: decision.allowed, reason: decision.reason, objects: verdict.allowed, status: verdict.status })
      .toEqual({ model: allowed, reason: expect.any(String), objects: allowed, status: expect.any(String) });
  });
});

/** The scraper of the mesh reads the metrics of an agent, of a tool server behind a proxy or not, and nothing else; another port stays closed. */
function metered(mesh: AgentMesh): void {
  const pods = (port: number) => Workload.deploy({ image: IMAGE, ports: [Port.http(port), Port.http(9090), Port.http(7000)], metricsPort: 9090 });
  new Agent(mesh, 'store', { versions: { v1: pods(8000) } }).grantPorts([9090], new Agent(mesh, 'planner', { versions: { v1: deploy() } }));
  new McpToolBoundary(mesh, 'crm', { server: McpServer.of(pods(8080), { tools: ['find'] }) });
}

describe.each<[string, ProviderName, Partial<AgentMeshProps>]>([
  ['ambient', 'Istio ambient', {}], ['ambient with an MCP proxy', 'Istio ambient', { mcp: McpProvider.agentgateway() }], ['sidecars', 'Istio sidecars', {}], ['Linkerd', 'Linkerd', {}],
])('metrics on %s', (_, provider, props) => {
  const all = completed(programOf(provider, metered, { metrics: { scraper: SCRAPER }, ...props }), { objects: [], pods: [] });
  const rows = ['agent store', 'tool server crm'].flatMap((callee) => [9090, 7000].flatMap((port) =>
    ['monitoring/prometheus', 'elsewhere/prometheus', 'voice/planner'].map((caller) => [caller, callee, port, port === 9090 && (caller === 'monitoring/prometheus' || (caller === 'voice/planner' && callee === 'agent store'))] as const)));
  test.each(rows)('%s at %s, port %i: %s', (caller, title, port, allowed) => {
    const callee = all.model.workloads.find((one) => one.title === title) ?? workloadOf(all, title);
    const from = all.world.pods.find((pod) => `${pod.namespace}/${pod.name}` === caller)!;
    const { decision, attempt } = callOf(all, from, callee, { port, atPods: true, path: '/metrics', method: 'GET' });
    expect([decision.allowed, JUDGES[provider](all.world, attempt).allowed]).toEqual([allowed, allowed]);
  });
});

test.each<[string, ProviderName, ports: readonly number[]]>([['sidecars', 'Istio sidecars', [15020, 15021, 15090]]])('ports of the proxy of pods are open to everybody on %s', (_, provider, ports) => {
  const all = completed(programOf(provider, metered, { metrics: { scraper: SCRAPER } }), { objects: [], pods: [] });
  for (const from of all.world.pods.filter(({ namespace }) => namespace !== 'voice')) {
    for (const port of ports) {
      const { decision, attempt } = callOf(all, from, all.model.workloads.find(({ title }) => title === 'agent store')!, { port, atPods: true, path: '/stats/prometheus', method: 'GET' });
      expect([`${from.name} ${port}`, decision.allowed, JUDGES[provider](all.world, attempt).allowed]).toEqual([`${from.name} ${port}`, true, true]);
    }
  }
  const { mesh } = meshOf(metered, { mesh: MeshProvider.istioSidecar() });
  expect(mesh.decide({ callee: mesh.node.findChild('store') as Agent, port: 15090 })).toMatchObject({ allowed: true, reason: 'port 15090 of the proxy of agent store is open without an identity to anyone who can reach the pods' });
});

test('a boundary is asked for the metrics of its pods, past its MCP proxy, and for no other port of them', () => {
  const { mesh } = meshOf(metered, { metrics: { scraper: SCRAPER }, mcp: McpProvider.agentgateway() });
  const [crm, planner] = ['crm', 'planner'].map((id) => mesh.node.findChild(id) as McpToolBoundary & Agent);
  const at = (port: number, caller: ICaller) => mesh.decide({ caller, callee: crm, port, path: '/metrics', method: 'GET' });
  expect([at(9090, SCRAPER).reason, at(9090, planner).allowed]).toEqual(['identity monitoring/prometheus was granted port 9090 of tool server crm', false]);
  expect(() => at(7000, SCRAPER)).toThrow('tool server crm has no port 7000');
});

test('metrics without a scraper are in the report as read by nobody, and closed', () => {
  const { mesh } = meshOf(metered);
  expect(mesh.describeAccess()).toContain('metrics of agent store, port 9090\n  <- nobody: `metrics` of the mesh is not set');
  expect(mesh.decide({ caller: SCRAPER, callee: mesh.node.findChild('crm') as McpToolBoundary, port: 9090 }).allowed).toBe(false);
});

/** Webhooks for one network, health for everybody, and a closed port: of an agent behind a waypoint or not, and of a tool server with checks of its requests. */
function outward(mesh: AgentMesh, options: Partial<AgentProps> = {}, checked: object = {}): void {
  const unauthenticatedPorts = [UnauthenticatedPort.of(9443, { networks: ['10.1.0.0/16', 'fd00:1::/32'] }), UnauthenticatedPort.of(8081)];
  const others = [Port.tcp(9443), Port.http(8081), Port.http(7000)];
  const pods = (port: number) => Workload.deploy({ image: IMAGE, ports: [Port.http(port), ...others], unauthenticatedPorts });
  const store = new Agent(mesh, 'store', { versions: { v1: pods(8000) }, ...options });
  store.grantCall(new Agent(mesh, 'planner', { versions: { v1: deploy() } }));
  new McpToolBoundary(mesh, 'crm', { server: McpServer.of(pods(8080), { tools: ['find'] }), ...checked }).grantAllTools(Identity.of({ namespace: 'ops', serviceAccount: 'auditor' }));
}
const PAGES = { allowedOrigins: ['https://desk.example.com'] };

/** Who calls, from where, at which port of the pods; allowed where a network is named that the address is in. */
const SOURCES: readonly (readonly [port: number, address: string, allowed: boolean])[] = [
  [9443, '10.1.2.3', true], [9443, 'fd00:1::7', true], [9443, '10.2.0.1', false], [9443, 'fd00:2::7', false],
  [8081, '10.1.2.3', true], [8081, '192.0.2.1', true], [8081, 'fd00:2::7', true], [7000, '10.1.2.3', false], [7000, '192.0.2.1', false],
];

describe.each<[string, ProviderName, (mesh: AgentMesh) => void, Partial<AgentMeshProps>]>([
  ['ambient', 'Istio ambient', (mesh) => outward(mesh), {}],
  ['ambient, behind a waypoint', 'Istio ambient', (mesh) => outward(mesh, { waypoint: new Waypoint(mesh, 'way') }, PAGES), {}],
  ['ambient with an MCP proxy', 'Istio ambient', (mesh) => outward(mesh), { mcp: McpProvider.agentgateway() }],
  ['sidecars', 'Istio sidecars', (mesh) => outward(mesh, {}, PAGES), {}],
  ['Linkerd', 'Linkerd', (mesh) => outward(mesh), {}],
  ['Linkerd with an MCP proxy', 'Linkerd', (mesh) => outward(mesh), { mcp: McpProvider.agentgateway() }],
])('ports for callers without an identity on %s', (_, provider, program, props) => {
  const all = completed(programOf(provider, program, props), { objects: [], pods: [] });
  const callees = ['agent store', 'tool server crm'];
  const asked = (caller: string, title: string, ask: Partial<Asked> & { readonly port: number }) => {
    const callee = all.model.workloads.find((one) => one.title === title) ?? all.model.workloads.find((one) => one.title === 'server crm of crm')!;
    const from = all.world.pods.find((pod) => `${pod.namespace}/${pod.name}` === caller)!;
    const { decision, attempt } = callOf(all, from, callee, { atPods: true, path: '/', method: 'GET', ...ask });
    return { model: decision.allowed, objects: JUDGES[provider](all.world, attempt).allowed, reason: decision.reason };
  };
  const rows = callees.flatMap((callee) => ['outside/intruder', 'elsewhere/intruder', 'ops/auditor'].flatMap((caller) =>
    SOURCES.map(([port, sourceAddress, allowed]) => [caller, callee, port, sourceAddress, allowed] as const)));

  test.each(rows)('%s at %s, port %i from %s: %s', (caller, callee, port, sourceAddress, allowed) => {
    expect(asked(caller, callee, { port, sourceAddress })).toEqual({ model: allowed, objects: allowed, reason: expect.any(String) });
  });
  test.each(callees)('requests at these ports of %s are not checked', (callee) => {
    const headers = { origin: 'https://evil.example', authorization: 'Bearer x' };
    expect(asked('outside/intruder', callee, { port: 8081, headers })).toEqual({ model: true, objects: true, reason: expect.stringMatching(/^port 8081 of .* is open without an identity to anyone who can reach the pods$/) });
  });
  test('nobody without an identity gets to the port that callers use', () => {
    for (const [callee, port] of [['agent store', 8000], ['tool server crm', 8080]] as const) expect(asked('outside/intruder', callee, { port, sourceAddress: '10.1.2.3' })).toMatchObject({ model: false, objects: false });
  });
});

test('the report and decisions name the ports that are open without an identity', () => {
  const { mesh } = meshOf((of) => outward(of));
  const callee = mesh.node.findChild('store') as Agent;
  expect(mesh.describeAccess()).toContain('agent store, port 9443\n  <- anyone who can reach the pods from 10.1.0.0/16, fd00:1::/32: NOT AUTHENTICATED, callers need no identity');
  expect(mesh.describeAccess()).toContain('agent store, port 8081\n  <- anyone who can reach the pods: NOT AUTHENTICATED, callers need no identity');
  const who = 'callers from 10.1.0.0/16, fd00:1::/32';
  expect(mesh.decide({ callee, port: 9443 })).toMatchObject({ allowed: true, reason: `port 9443 of agent store is open without an identity to ${who}` });
  expect(mesh.decide({ callee, caller: auditor, port: 9443, sourceAddress: '10.1.0.1' }).allowed).toBe(true);
  expect(mesh.decide({ callee, caller: auditor, port: 9443, sourceAddress: '::ffff:10.1.0.1' }).allowed).toBe(true);
  expect(mesh.decide({ callee, port: 9443, sourceAddress: '10.2.0.1' })).toMatchObject({ allowed: false, reason: `port 9443 of agent store is open only to ${who}, not from 10.2.0.1` });
  expect(mesh.findings().filter(({ id }) => id === 'AM401').map(({ actual }) => actual)).toEqual(['[7000]', '[7000]']);
  expect(() => mesh.decide({ callee, port: 9443, sourceAddress: '10.1.0.1:80' })).toThrow('the source address of a call is not an IP address; got "10.1.0.1:80"');
});

test('the Service has the granted ports with their protocols, and no other port', () => {
  const portsOf = (mesh: (of: AgentMesh) => void, props: object = {}) => synth(mesh, props).get('Service', 'store').spec.ports;
  expect(portsOf((mesh) => build(mesh))).toEqual([
    { name: 'http', appProtocol: 'http', port: 80, targetPort: 8000, protocol: 'TCP' },
    { name: 'tcp-5432', appProtocol: 'tcp', port: 5432, targetPort: 5432, protocol: 'TCP' },
    { name: 'http-9090', appProtocol: 'http', port: 9090, targetPort: 9090, protocol: 'TCP' },
  ]);
  expect(portsOf((mesh) => { new Agent(mesh, 'store', { versions: { v1: deploy([8000, 9090]) } }); })).toHaveLength(1);
  expect(portsOf((mesh) => build(mesh), { mesh: PROVIDERS.Linkerd() })[1]).toMatchObject({ name: 'tcp-5432', appProtocol: 'linkerd.io/opaque' });
});

test('a waypoint authorizes each port of the Service, so that a caller of one port gets no other', () => {
  const rules = synth(PROGRAMS['ambient, behind a waypoint'][1]).get('AuthorizationPolicy', 'store').spec.rules;
  expect(rules).toEqual([
    { from: [{ source: { serviceAccounts: ['voice/planner'] } }], to: [{ operation: { ports: ['80'] } }] },
    { from: [{ source: { serviceAccounts: ['ops/auditor'] } }], to: [{ operation: { ports: ['5432'] } }] },
    { from: [{ source: { serviceAccounts: ['monitoring/prometheus', 'ops/auditor'] } }], to: [{ operation: { ports: ['9090'] } }] },
  ]);
});
