import { Agent, AgentMesh, AgentMeshProps, Backend, ConnectionPool, ExternalHost, InferenceGateway, McpProvider, McpServer, McpToolBoundary, MeshProvider, Port, Workload } from '../../src';
import { deploy, existing, IMAGE } from '../story';
import { problemsOf, synth } from '../synth';

const sidecar = { mesh: MeshProvider.istioSidecar() };
const linkerd = { mesh: MeshProvider.linkerd() };
const MESHES: readonly [string, Partial<AgentMeshProps>][] = [['ambient', {}], ['sidecars', sidecar]];
const EVERY: Required<ConnectionPool> = {
  maxConnections: 100, connectTimeoutSeconds: 5, maxPendingRequests: 50, maxRequests: 200, maxRequestsPerConnection: 1000,
};
const WRITTEN = {
  tcp: { maxConnections: 100, connectTimeout: '5s' },
  http: { http1MaxPendingRequests: 50, http2MaxRequests: 200, maxRequestsPerConnection: 1000 },
};
const BROKEN = { consecutive5XxErrors: 3, consecutiveGatewayErrors: 3, interval: '10s', baseEjectionTime: '20s', maxEjectionPercent: 100 };
const breaker = { consecutiveFailures: 3, pauseSeconds: 20 };
const database = (options: object = {}) => Workload.existing({
  labels: { app: 'postgres' }, serviceAccount: 'postgres', ports: [Port.tcp(5432)], service: { name: 'postgres', port: 5432, labels: { 'istio.io/use-waypoint': 'voice-waypoint' }, ...options },
});
const tools = (options: object = {}) => McpServer.of(deploy([8080]), { tools: ['find'], ...options });
const planner = (mesh: AgentMesh) => new Agent(mesh, 'planner', { versions: { v1: deploy() } });

/** What istiod matches to fields: the imports spell this one in another case. */
const inCase = (spec: object) => JSON.parse(JSON.stringify(spec).replace('consecutive5xxErrors', 'consecutive5XxErrors'));

describe.each(MESHES)('limits with %s', (name, props) => {
  test('of an agent are of each of its Services', () => {
    const objects = synth((mesh) => { new Agent(mesh, 'writer', { versions: { v1: deploy(), v2: deploy() }, stable: 'v1', connectionPool: EVERY }); }, props);
    expect(objects.names('DestinationRule')).toEqual(['DestinationRule/voice/writer', 'DestinationRule/voice/writer-v2']);
    expect(objects.get('DestinationRule', 'writer-v2').spec).toEqual({ host: 'writer-v2.voice.svc.cluster.local', trafficPolicy: { connectionPool: WRITTEN } });
  });

  test('of a tool server share one DestinationRule with its circuit breaker and its sessions', () => {
    const objects = synth((mesh) => { new McpToolBoundary(mesh, 'crm', { server: tools({ keepsSessions: true }), connectionPool: { maxRequests: 9 }, circuitBreaker: breaker }); }, props);
    expect(objects.names('DestinationRule')).toEqual(['DestinationRule/voice/crm']);
    expect(inCase(objects.get('DestinationRule', 'crm').spec)).toEqual({
      host: 'crm.voice.svc.cluster.local',
      trafficPolicy: { loadBalancer: { consistentHash: { httpHeaderName: 'mcp-session-id' } }, connectionPool: { http: { http2MaxRequests: 9 } }, outlierDetection: BROKEN },
    });
  });

  test('of an existing database are of its existing Service', () => {
    const objects = synth((mesh) => { new Backend(mesh, 'orders', { workload: database(), connectionPool: { maxConnections: 20 } }).grantCall(planner(mesh)); }, props);
    expect(objects.get('DestinationRule', 'postgres').spec).toEqual({ host: 'postgres.voice.svc.cluster.local', trafficPolicy: { connectionPool: { tcp: { maxConnections: 20 } } } });
    const { spec: { rules: [rule] } } = objects.get('AuthorizationPolicy', 'orders-workload');
    expect(rule.from[0].source).toEqual(name === 'ambient' ? { serviceAccounts: ['voice/voice-waypoint'] } : { serviceAccounts: ['voice/planner'] });
  });

  test('of an existing tool server are of its existing Service', () => {
    const workload = existing('crm', { service: { name: 'theirs', port: 80, labels: { 'istio.io/use-waypoint': 'voice-waypoint' } } });
    const objects = synth((mesh) => { new McpToolBoundary(mesh, 'crm', { server: McpServer.of(workload, { tools: ['find'] }), connectionPool: { maxConnections: 20 } }); }, props);
    expect(objects.get('DestinationRule', 'theirs').spec.trafficPolicy).toEqual({ connectionPool: { tcp: { maxConnections: 20 } } });
  });

  test('of a backend that speaks HTTP may be a circuit breaker', () => {
    const objects = synth((mesh) => { new Backend(mesh, 'store', { workload: deploy(), circuitBreaker: breaker }); }, props);
    expect(inCase(objects.get('DestinationRule', 'store').spec.trafficPolicy)).toEqual({ outlierDetection: BROKEN });
  });
});

test('the pods behind a limit accept connections from the waypoint only, also those of a database and through a gateway', () => {
  const objects = synth((mesh) => {
    const caller = planner(mesh);
    const writer = new Agent(mesh, 'writer', { versions: { v1: deploy() }, connectionPool: { maxConnections: 5 } });
    writer.grantCall(caller);
    new Backend(mesh, 'orders', { workload: Workload.deploy({ image: IMAGE, ports: [Port.tcp(5432)] }), connectionPool: { maxConnections: 5 } }).grantCall(caller);
    new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' } }).addRoute('writer', { target: writer });
  });
  const callers = (policy: string) => objects.get('AuthorizationPolicy', policy).spec.rules.flatMap((rule: { from: { source: { serviceAccounts: string[] } }[] }) => rule.from.flatMap(({ source }) => source.serviceAccounts));
  expect([callers('writer-v1-workload'), callers('writer'), callers('orders-workload'), callers('orders')])
    .toEqual([['voice/voice-waypoint'], ['voice-edge/gw-istio', 'voice/planner'], ['voice/voice-waypoint'], ['voice/planner']]);
  expect(objects.get('Service', 'orders').metadata.labels).toEqual({ 'istio.io/use-waypoint': 'voice-waypoint' });
  expect(objects.get('Service', 'writer').metadata.labels).toEqual({ 'istio.io/use-waypoint': 'voice-waypoint', 'istio.io/ingress-use-waypoint': 'true' });
});

test.each([['with sidecars', sidecar, { connectionPool: { maxConnections: 5 } }], ['on Linkerd', linkerd, { circuitBreaker: breaker }]] as const)('peers of a backend with limits connect to each other %s', (_, props, limits) => {
  const build = (mesh: AgentMesh) => { new Backend(mesh, 'orders', { workload: deploy([8000, 9000]), peers: true, ...limits }); };
  expect(problemsOf(build, props)).toEqual([]);
});

test('limits of an external tool server join the TLS of its port', () => {
  const objects = synth((mesh) => {
    new McpToolBoundary(mesh, 'stock', { server: McpServer.external({ tools: ['quote'], host: ExternalHost.https('mcp.stock.example') }), connectionPool: { maxRequests: 9 }, circuitBreaker: breaker });
  });
  expect(objects.names('DestinationRule')).toHaveLength(1);
  expect(inCase(objects.get('DestinationRule', 'stock').spec)).toEqual({
    host: 'mcp.stock.example', exportTo: ['.'],
    trafficPolicy: { portLevelSettings: [{ port: { number: 80 }, tls: expect.objectContaining({ mode: 'SIMPLE' }), connectionPool: { http: { http2MaxRequests: 9 } }, outlierDetection: BROKEN }] },
  });
});

describe('limits are refused', () => {
  const agent = (connectionPool: ConnectionPool, versions: Record<string, Workload> = { v1: deploy() }) => (mesh: AgentMesh) => void new Agent(mesh, 'writer', { versions, connectionPool });
  const backend = (props: object, workload: Workload) => (mesh: AgentMesh) => void new Backend(mesh, 'orders', { workload, ...props });
  const boundary = (props: object, server = tools()) => (mesh: AgentMesh) => void new McpToolBoundary(mesh, 'crm', { server, ...props });
  const agentgateway = { mcp: McpProvider.agentgateway() };
  const tcp = () => Workload.deploy({ image: IMAGE, ports: [Port.tcp(5432)] });
  const refused: readonly [name: string, build: (mesh: AgentMesh) => void, message: string, props?: Partial<AgentMeshProps>][] = [
    ['of an agent on Linkerd', agent({ maxConnections: 5 }), 'a limit of connections (`connectionPool`) is not supported by MeshProvider.linkerd: Linkerd\'s proxies have no limit of connections or pending requests; got {"maxConnections":5}; allowed: MeshProvider.istioAmbient or MeshProvider.istioSidecar', linkerd],
    ['of a backend on Linkerd', backend({ connectionPool: { maxConnections: 5 } }, deploy()), 'is not supported by MeshProvider.linkerd', linkerd],
    ['of a tool server on Linkerd', boundary({ connectionPool: { maxConnections: 5 } }), 'is not supported by MeshProvider.linkerd', linkerd],
    ['that are no numbers of connections', agent({ maxConnections: 0 }), '`maxConnections` is out of range; got 0; allowed: whole numbers from 1 to 2147483647'],
    ['of a time that is too long', agent({ connectTimeoutSeconds: 4000 }), '`connectTimeoutSeconds` is out of range; got 4000; allowed: whole numbers from 1 to 3600'],
    ['that limit nothing', agent({}), '`connectionPool` has no limit; got {}'],
    ['of requests at a port that does not speak HTTP', backend({ connectionPool: { maxConnections: 5, maxRequests: 5 } }, tcp()), 'these settings of backend orders have no effect, because no proxy inspects its requests: port 5432 does not speak HTTP; got ["maxRequests"]'],
    ['of requests at such a port with sidecars', backend({ connectionPool: { maxPendingRequests: 5 } }, tcp()), 'port 5432 does not speak HTTP; got ["maxPendingRequests"]', sidecar],
    ['of a circuit breaker at such a port', backend({ circuitBreaker: {} }, tcp()), 'port 5432 does not speak HTTP; got ["circuitBreaker"]'],
    ['of a circuit breaker of an existing backend', backend({ circuitBreaker: {} }, database()), 'these props of backend orders have no effect, because the library creates no Service for existing pods; got {"circuitBreaker":{}}'],
    ['of the Service port of an existing backend', backend({ servicePort: 90 }, database()), 'these props of backend orders have no effect, because the library creates no Service for existing pods; got {"servicePort":90}'],
    ['of a backend that listens on nothing', backend({ servicePort: 90, circuitBreaker: {} }, Workload.deploy({ image: IMAGE, ports: [] })), 'these props of backend orders have no effect, because pods without a TCP port get no Service'],
    ['of a backend whose pods connect to each other', backend({ peers: true, connectionPool: { maxConnections: 5 } }, deploy()), 'the pods accept connections to their first port from the waypoint only; got ["peers","connectionPool"]; allowed: `peers` or `connectionPool`, not both on this mesh'],
    ['of such a backend with a circuit breaker', backend({ peers: true, circuitBreaker: {} }, deploy()), 'from the waypoint only; got ["peers","circuitBreaker"]'],
    ['of a headless Service', backend({ connectionPool: { maxConnections: 5 } }, database({ headless: true })), '`connectionPool` of backend orders has no effect: its Service postgres is headless', sidecar],
    ['of pods without a Service', agent({ maxConnections: 5 }, { v1: existing('writer') }), '`connectionPool` of agent writer has no effect: it has no Service', sidecar],
    ['of pods that a pool serves', (mesh) => {
      const writer = new Agent(mesh, 'writer', { versions: { v1: deploy() }, connectionPool: { maxConnections: 5 } });
      new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' } }).addPool('llm', { workload: writer.version() });
    }, '`connectionPool` of agent writer has no effect, because its pods are in an InferencePool and so have no Service'],
    ['behind an MCP proxy', boundary({ connectionPool: { maxConnections: 5 } }), '`connectionPool` of crm has no effect: callers reach agentgateway instead of the server', agentgateway],
    ['of a circuit breaker behind an MCP proxy', boundary({ circuitBreaker: breaker }), '`circuitBreaker` of crm has no effect: callers reach agentgateway instead of the server', agentgateway],
    ['of a circuit breaker of an existing tool server', boundary({ circuitBreaker: breaker }, McpServer.of(existing('crm', { service: { name: 'theirs', port: 80 } }), { tools: ['find'] })), '`circuitBreaker` of crm has no effect on its existing Service', sidecar],
  ];
  test.each(refused.map((one) => [one[0], one] as const))('%s', (_, [, build, message, props]) => {
    expect(problemsOf(build, props)).toEqual(expect.arrayContaining([expect.stringContaining(message)]));
  });
});

test('Linkerd has the circuit breaker of a tool server and of a backend in annotations of their Services', () => {
  const objects = synth((mesh) => {
    new McpToolBoundary(mesh, 'crm', { server: tools(), circuitBreaker: breaker });
    new Backend(mesh, 'store', { workload: deploy(), circuitBreaker: breaker });
  }, linkerd);
  for (const name of ['crm', 'store']) expect(objects.get('Service', name).metadata.annotations).toMatchObject({ 'balancer.linkerd.io/failure-accrual-consecutive-max-failures': '3' });
});
