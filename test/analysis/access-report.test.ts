import { Testing } from 'cdk8s';
import {
  Agent, AgentMesh, AgentMeshProps, Cluster, ExternalHost, GatewayApiChannel, Identity, InferenceGateway, McpProvider, McpServer, McpToolBoundary,
  MediaPort, MeshEgress, MeshProvider, MigrationStage, Port, Waypoint, Workload,
} from '../../src';
import { deploy, existing, existingPicker, IMAGE } from '../story';
import { Build, meshOf } from '../synth';

const operator = Identity.of({ namespace: 'ops', serviceAccount: 'operator' });
const auditor = Identity.of({ namespace: 'ops', serviceAccount: 'auditor' });
const linkerd = { mesh: MeshProvider.linkerd(), cluster: Cluster.of({ gatewayApiChannel: GatewayApiChannel.EXPERIMENTAL }) };
const agentgateway = { mcp: McpProvider.agentgateway() };
const edge = { hostnames: ['a.example.com'], tls: { secretName: 'tls' } };
const running = (options: object) => Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], ...options });

/** The report of a program that is not refused, as its blocks: what is called, and by whom. */
function report(build: Build, props: Partial<AgentMeshProps> = {}): Record<string, string[]> {
  const { chart, mesh } = meshOf(build, props);
  Testing.synth(chart);
  const blocks: Record<string, string[]> = {};
  let callers: string[] = [];
  for (const line of mesh.describeAccess().split('\n')) {
    if (line.startsWith('  ')) callers.push(line.trim());
    else blocks[line] = callers = [];
  }
  return blocks;
}

describe('the callers of a tool server', () => {
  const items: Build = (mesh) => {
    const crm = new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy([8080]), { tools: ['find', 'refund'], prompts: ['apology'], enforcesMirroredHeaders: true }) });
    crm.grantTools(['find'], operator);
    crm.grantPrompts(['apology'], operator);
    crm.grantAllTools(auditor);
  };
  test('are listed with their granted tools, or all tools', () => {
    expect(report(items, { mesh: MeshProvider.istioSidecar() })['tool server crm (find, refund)']).toEqual([
      '<- identity ops/auditor: every tool, at /mcp', '<- identity ops/operator: tool find, prompt apology, at /mcp',
    ]);
  });
  test('are listed with their waypoint, if there is one', () => {
    expect(report(items)['tool server crm (find, refund)']).toEqual([
      '<- identity ops/auditor: every tool, at /mcp, through waypoint voice/voice-waypoint', '<- identity ops/operator: tool find, prompt apology, at /mcp, through waypoint voice/voice-waypoint',
    ]);
  });
  test('are listed with their MCP proxy, if there is one', () => {
    expect(report(items, agentgateway)['tool server crm (find, refund)']).toEqual([
      '<- identity ops/auditor: every tool, at /mcp, through MCP proxy voice/crm:8080', '<- identity ops/operator: tool find, prompt apology, at /mcp, through MCP proxy voice/crm:8080',
    ]);
  });
  test('are listed with the request rules, if all tools are granted', () => {
    const server = running({ jwt: { issuer: 'https://id', jwksUri: 'https://id/keys' } });
    const { 'tool server crm (find)': callers } = report((mesh) => new McpToolBoundary(mesh, 'crm', { server: McpServer.of(server, { tools: ['find'], path: '/tools' }) }).grantAllTools(auditor), { mesh: MeshProvider.istioSidecar() });
    expect(callers).toEqual(['<- identity ops/auditor: every tool, at /tools, with a token from https://id']);
  });
  test('are "nobody" without grants', () => {
    expect(report((mesh) => { new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy([8080]), { tools: ['find'] }) }); })['tool server crm (find)']).toEqual(['<- nobody']);
  });
});

describe('the callers of an agent', () => {
  const called = (options: object, workload = running({})): Build => (mesh) => new Agent(mesh, 'agent', { workload, ...options }).grantCall(operator);
  test('are listed with the port and the waypoint', () => {
    expect(report(called({}))['agent agent']).toEqual(['<- identity ops/operator: port 8000']);
    const { 'agent agent': callers } = report((mesh, chart) => called({ waypoint: new Waypoint(mesh, 'way', { namespace: 'platform' }) })(mesh, chart));
    expect(callers).toEqual(['<- identity ops/operator: port 8000, through waypoint platform/way']);
  });
  test('are listed with the request rules', () => {
    const demanding = running({ jwt: { issuer: 'https://id', jwksUri: 'https://id/keys' }, externalAuthorizer: { provider: 'opa', serviceName: 'opa', serviceNamespace: 'opa' } });
    expect(report(called({}, demanding), { mesh: MeshProvider.istioSidecar() })['agent agent']).toEqual(['<- identity ops/operator: port 8000, with a token from https://id, if external authorizer opa allows it']);
    const limited = running({ rateLimit: { requestsPerSecond: 50, requestsPerSecondOfCaller: 5 } });
    expect(report(called({}, limited), linkerd)['agent agent']).toEqual(['<- identity ops/operator: port 8000, at most 50 requests per second and pod in total, at most 5 requests per second and pod for each caller']);
  });
  test('include gateways and pickers, and no grants if a pool replaced the Service', () => {
    const blocks = report((mesh) => {
      const agent = new Agent(mesh, 'agent', { versions: { v1: deploy(), v2: deploy() } });
      agent.grantCall(operator);
      const gateway = new InferenceGateway(mesh, 'gw', edge);
      const pool = gateway.addPool('llm', { workload: agent.version('v1'), picker: existingPicker() });
      const slow = gateway.addPool('slow', { workload: deploy() });
      gateway.addCanary('chat', { stable: pool, canary: slow, canaryPercent: 25, pathPrefix: '/v1' });
      gateway.addRoute('rest', { target: agent.version('v2') });
      gateway.addRoute('read', { target: new Agent(mesh, 'read', { workload: running({ jwt: { issuer: 'https://id', jwksUri: 'https://id/keys' } }) }).version(), pathPrefix: '/read' });
    });
    expect(blocks).toMatchObject({
      'agent agent v1': ['<- gateway gw: port 8000, selected by the picker of pool llm', '<- picker of pool llm: port 8000, for metrics'],
      'agent agent v2': ['<- identity ops/operator: port 8000', '<- gateway gw: all requests'],
      'gateway gw': ['<- anyone who can reach it, including pods of the cluster, for a.example.com'],
      'agent read': ['<- gateway gw: all requests under /read, through waypoint voice/voice-waypoint, with a token from https://id'],
      'pool llm, served by agent agent v1': ['<- gateway gw: 75% of requests under /v1'],
      'pool slow, served by servers of pool slow': ['<- gateway gw: all requests under /v1 with x-canary: true', '<- gateway gw: 25% of requests under /v1'],
      'picker of pool llm': ['<- gateway gw: port 9002, to pick endpoints'],
    });
  });
});

test('the callers of an existing gateway are up to the team', () => {
  const { 'gateway gw': callers } = report((mesh) => { InferenceGateway.fromGatewayName(mesh, 'door', { gatewayName: 'gw', namespace: 'voice', hostnames: ['a.example.com'] }); });
  expect(callers).toEqual(['<- clients that the existing Gateway accepts, including pods of the cluster unless it denies them, for a.example.com']);
});

test('a split inside the mesh is listed with the share of each version', () => {
  const split = (canaryPercent: number) => report((mesh) => {
    const agent = new Agent(mesh, 'agent', { versions: { v1: deploy(), v2: deploy() } });
    agent.addCanary('c', { stable: agent.version('v1'), canary: agent.version('v2'), canaryPercent });
  }, { mesh: MeshProvider.istioSidecar() })['Service agent of agent agent v1, inside the mesh'];
  expect(split(10)).toEqual([
    '-> agent agent v2: all requests with x-canary: true', '-> agent agent v1: 90% of requests', '-> agent agent v2: 10% of requests',
  ]);
  expect(split(0)).toEqual(['-> agent agent v2: all requests with x-canary: true', '-> agent agent v1: all requests']);
});

test('callers of the health path are listed if the mesh cannot identify the kubelet', () => {
  const probed: Build = (mesh) => { new Agent(mesh, 'agent', { workload: running({ healthPath: '/up' }) }); new Agent(mesh, 'quiet', { workload: running({}) }); };
  const probes = (props: Partial<AgentMeshProps>) => Object.entries(report(probed, props)).filter(([what]) => what.includes('GET /up'));
  expect(probes(linkerd)).toEqual([['agent agent, GET /up', ['<- any client that reaches the pods from the networks of the Linkerd installation (`policyController.probeNetworks`): all networks by default']]]);
  expect(probes({ mesh: MeshProvider.istioSidecar() })).toEqual([['agent agent, GET /up', ['<- any client that reaches the pods, through the port of the sidecar agent']]]);
  expect(probes({})).toEqual([]);
  const moving = (stage: MigrationStage) => ({ mesh: MeshProvider.istioAmbient({ migration: { voice: stage } }) });
  expect([MigrationStage.PERMISSIVE, MigrationStage.ENROLLED].map((stage) => probes(moving(stage)).length)).toEqual([1, 0]);
});

test('on Linkerd with request rules, callers of the health path are listed by probe network', () => {
  const probed: Build = (mesh) => { new McpToolBoundary(mesh, 'crm', { server: McpServer.of(running({ healthPath: '/up' }), { tools: ['find'] }) }); };
  const asking = (options: object) => report(probed, { ...linkerd, cluster: Cluster.of(options) })['tool server crm, GET /up'];
  expect(asking({})).toEqual(['<- any client that reaches the pods from 0.0.0.0/0, ::/0']);
  expect(asking({ kubeletCidrs: ['10.99.0.0/16'] })).toEqual(['<- any client that reaches the pods from 10.99.0.0/16']);
});

test('the reader of metrics is listed, or "nobody"', () => {
  const metrics = { scraper: Identity.of({ namespace: 'monitoring', serviceAccount: 'prometheus' }) };
  const told = (build: Build, props: Partial<AgentMeshProps>) => Object.entries(report(build, props)).filter(([what]) => /^(metrics|health) of/.test(what));
  const pooled: Build = (mesh) => {
    const gateway = new InferenceGateway(mesh, 'gw', edge);
    gateway.addPool('llm', { workload: deploy() });
    gateway.addPool('theirs', { workload: existing('theirs'), picker: existingPicker() });
  };
  const picker = 'metrics of picker of pool llm, port 9090';
  expect(told(pooled, {})).toEqual([[picker, ['<- nobody: `metrics` of the mesh is not set']]]);
  expect(told(pooled, { metrics })).toEqual([[picker, ['<- identity monitoring/prometheus']]]);
  const proxies = ['metrics of the proxy in every pod, GET /metrics on port 4191', 'health of the proxy in every pod, GET /live and /ready on port 4191'];
  const installed = '<- any client that reaches the pods from the networks of the Linkerd installation (`policyController.probeNetworks`): all networks by default';
  expect(told(() => {}, linkerd)).toEqual([[proxies[0], ['<- nobody: `metrics` of the mesh is not set']], [proxies[1], [installed]]]);
  expect(told(() => {}, { ...linkerd, metrics })).toEqual([[proxies[0], ['<- identity monitoring/prometheus']], [proxies[1], ['<- any client that reaches the pods from 0.0.0.0/0, ::/0']]]);
  expect(told(() => {}, { metrics })).toEqual([]);
});

test('media ports are listed as open', () => {
  const blocks = report((mesh) => { new Agent(mesh, 'agent', { workload: running({ mediaPorts: [MediaPort.udp(40000), MediaPort.tcp(40001)] }) }); new Agent(mesh, 'other', { workload: deploy() }); }, linkerd);
  expect(Object.entries(blocks).filter(([, [first]]) => first?.includes('NOT PROTECTED'))).toEqual([
    ['agent agent, UDP 40000, TCP 40001', ['<- anyone who can reach the pods: NOT PROTECTED, these ports are excluded from the mesh']],
  ]);
});

test('a federated Service lists its callers in other clusters', () => {
  const blocks = report((mesh) => { new Agent(mesh, 'agent', { workload: deploy(), federated: true }); new Agent(mesh, 'other', { workload: deploy() }); }, linkerd);
  expect(Object.entries(blocks).filter(([what]) => what.includes('linked'))).toEqual([
    ['agent agent, from linked clusters', ['<- callers with the namespace and ServiceAccount of an allowed caller']],
  ]);
});

test('external hosts are listed one by one, with the limits of other egress', () => {
  const blocks = report((mesh) => { new MeshEgress(mesh, 'out', { hosts: [ExternalHost.https('api.example.com', { port: 8443 }), ExternalHost.https('b.example.com', { port: 8443 })] }); }, linkerd);
  expect(blocks['egress of every workload in namespace voice']).toEqual(['-> api.example.com:8443', '-> b.example.com:8443']);
  expect(blocks['egress of all other workloads']).toEqual([expect.stringContaining('by the TLS server name (SNI) of the caller')]);
  expect(report(() => {})).toEqual({
    'egress of all other workloads': ['-> NOT LIMITED: ztunnel passes traffic to unknown destinations through'],
    'every pod, regardless of grants': [expect.stringContaining('UDP'), expect.stringContaining('sockets of its node')],
    'All other TCP calls inside the mesh are denied.': [],
  });
});

test('a host named by one workload is listed with all its possible callers', () => {
  const calls = (mesh: AgentMesh) => new Agent(mesh, 'a', { workload: running({ egress: { hosts: [ExternalHost.https('api.example.com')] } }) });
  const what = 'external host api.example.com by name, on ports 80 and 443, through waypoint voice/voice-waypoint';
  const rest = ['<- pods outside namespaces voice: not restricted by the mesh', 'DENIED: other pods of these namespaces; for every ambient pod, other ports of the host'];
  expect(report(calls)[what]).toEqual(['<- agent a: port 443', ...rest]);
  const { [what]: callers } = report((mesh) => { calls(mesh); new Agent(mesh, 'b', { workload: deploy() }); });
  expect(callers).toEqual(['<- agent a: port 443', '<- agent b: no egress limits', ...rest]);
  expect(report(calls, linkerd)[what]).toBeUndefined();
});

test('an existing workload without a Service is listed with its first port', () => {
  const { 'agent theirs': callers } = report((mesh) => new Agent(mesh, 'theirs', { workload: existing('theirs', { ports: [Port.http(9000)] }) }).grantCall(operator));
  expect(callers).toEqual(['<- identity ops/operator: port 9000']);
});
