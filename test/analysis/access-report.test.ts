import { Testing } from 'cdk8s';
import {
  Agent, AgentMesh, AgentMeshProps, Cluster, EndpointPicker, EndpointPickerConfig, ExternalHost, GatewayApiChannel, GatewayExposure, Identity,
  InferenceGateway, InferenceObjective, InferencePool, McpProvider, McpServer, McpToolBoundary, MediaPort, MeshEgress,
  MeshProvider, MigrationStage, Port, TokenCaller, Waypoint, Workload,
} from '../../src';
import { withPrefill } from '../disaggregated';
import { deploy, existing, existingPicker, IMAGE, JWKS } from '../story';
import { Build, meshOf } from '../synth';

const operator = Identity.of({ namespace: 'ops', serviceAccount: 'operator' });
const auditor = Identity.of({ namespace: 'ops', serviceAccount: 'auditor' });
const linkerd = { mesh: MeshProvider.linkerd(), cluster: Cluster.of({ gatewayApiChannel: GatewayApiChannel.EXPERIMENTAL }) };
const agentgateway = { mcp: McpProvider.agentgateway() };
const edge = { hostnames: ['a.example.com'], tls: { secretName: 'tls' } };
const running = (options: object) => Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], ...options });

const CLOSED = '<- nobody, if they are in the mesh: NOT CHECKED for pods that a label, an annotation or the host network excludes';

/** The report of a program that is not refused, as its blocks: each callee with its callers. */
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
  const called = (options: object, workload = running({})): Build => (mesh) => new Agent(mesh, 'agent', { versions: { v1: workload }, ...options }).grantCall(operator);
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
      const agent = new Agent(mesh, 'agent', { versions: { v1: deploy(), v2: deploy() }, stable: 'v1' });
      agent.grantCall(operator);
      const gateway = new InferenceGateway(mesh, 'gw', edge);
      const pool = gateway.addPool('llm', { workload: agent.version('v1'), picker: existingPicker() });
      const slow = gateway.addPool('slow', { workload: deploy() });
      gateway.addCanary('chat', { stable: pool, canary: slow, percent: 25, pathPrefix: '/v1' });
      gateway.addRoute('rest', { target: agent.version('v2') });
      gateway.addRoute('read', { target: new Agent(mesh, 'read', { versions: { v1: running({ jwt: { issuer: 'https://id', jwksUri: 'https://id/keys' } }) } }).version(), pathPrefix: '/read' });
    });
    expect(blocks).toMatchObject({
      'agent agent v1': ['<- gateway gw: port 8000, selected by the picker of pool llm', '<- picker of pool llm: port 8000, for metrics'],
      'agent agent v2': ['<- identity ops/operator: port 8000', '<- gateway gw: all requests'],
      'gateway gw': ['<- anyone who can reach it, including pods of the cluster, for a.example.com'],
      'agent read': ['<- gateway gw: all requests under /read, through waypoint voice/voice-waypoint, with a token from https://id'],
      'pool llm, served by agent agent v1': ['<- gateway gw: 75% of requests under /v1'],
      'pool slow, served by servers of pool slow': ['<- gateway gw: all requests under /v1 with x-canary: true', '<- gateway gw: 25% of requests under /v1'],
      'picker of pool llm': ['<- gateway gw: port 9002, to pick endpoints'],
      'servers of pool slow': ['<- gateway gw: port 8000, selected by the picker of pool slow', '<- picker of pool slow: port 8000, for metrics'],
    });
    expect(Object.keys(blocks).filter((title) => title === 'servers of pool llm')).toEqual([]);
  });
});

test('the callers of servers of several pools are one block, also those of prefill servers', () => {
  const { chart, mesh } = meshOf((one) => {
    const gateway = new InferenceGateway(one, 'inside', { exposure: GatewayExposure.IN_MESH });
    const options = withPrefill();
    for (const name of ['llama', 'second']) gateway.addPool(name, { ...options, picker: EndpointPicker.deploy({ config: EndpointPickerConfig.prefillDecode() }) });
  });
  Testing.synth(chart);
  const all = mesh.describeAccess();
  const [decode, ...others] = all.split('\n').filter((line) => /^(servers|prefill servers) of pool/.test(line));
  expect([decode, ...others]).toEqual(['servers of pool llama', 'prefill servers of pool llama, which process prompts']);
  expect(all).toContain([
    'servers of pool llama',
    '  <- gateway inside: port 8000, selected by the picker of pool llama', '  <- picker of pool llama: port 8000, for metrics',
    '  <- gateway inside: port 8000, selected by the picker of pool second', '  <- picker of pool second: port 8000, for metrics',
    'prefill servers of pool llama, which process prompts',
    '  <- servers of pool llama: port 8000, with prompts', '  <- servers of pool llama: port 5600, 17000, 17001, for KV cache transfer: RDMA is NOT CHECKED and NOT ENCRYPTED',
    '  <- picker of pool llama: port 8000, for metrics', '  <- picker of pool second: port 8000, for metrics', 'picker of pool llama', '',
  ].join('\n'));
});

describe('priorities of the clients of a pool', () => {
  const OBJECTIVES = { trial: -10, paid: 10 };
  const priced = (claimHeaders: Record<string, string>, isRouted = true): Build => (mesh) => {
    const gateway = new InferenceGateway(mesh, 'edge', { ...edge, jwt: { issuer: 'https://id', jwks: JWKS, claimHeaders } });
    const config = () => EndpointPickerConfig.approximatePrefix({ flowControl: {} });
    const [pool, other] = ['llama', 'other'].map((name) => gateway.addPool(name, { workload: deploy(), picker: EndpointPicker.deploy({ config: config() }) }));
    if (isRouted) gateway.addRoute('chat', { target: pool });
    gateway.addRoute('rest', { target: other, pathPrefix: '/other' });
    for (const [name, priority] of Object.entries(OBJECTIVES)) new InferenceObjective(mesh, name, { pool, priority });
  };
  const HEADER = 'x-llm-d-inference-objective';
  test('are listed with the claim that selects them, the highest first', () => {
    expect(report(priced({ [HEADER]: 'tier' }))).toMatchObject({
      'pool llama, served by servers of pool llama': ['<- gateway edge: all requests', 'priority of clients of gateway edge, by claim tier: paid 10, trial -10, otherwise 0'],
      'pool other, served by servers of pool other': ['<- gateway edge: all requests under /other'],
    });
  });
  test('are not listed if no claim selects them, or if no client reaches the pool', () => {
    const described = (build: Build) => meshOf(build).mesh.describeAccess();
    expect([described(priced({ 'x-tier': 'tier' })), described(priced({ [HEADER]: 'tier' }, false))].filter((text) => text.includes('priority of clients'))).toEqual([]);
  });
});

test('the callers of an existing gateway are up to the team', () => {
  const { 'gateway gw': callers } = report((mesh) => { InferenceGateway.fromGatewayName(mesh, 'edge', { gatewayName: 'gw', namespace: 'voice', hostnames: ['a.example.com'] }); });
  expect(callers).toEqual(['<- clients that the existing Gateway accepts, including pods of the cluster unless it denies them, for a.example.com']);
});

test('a split inside the mesh is listed with the share of each version', () => {
  const split = (percent: number) => report((mesh) => {
    new Agent(mesh, 'agent', { versions: { v1: deploy(), v2: deploy() }, canary: { version: 'v2', percent } });
  }, { mesh: MeshProvider.istioSidecar() })['Service agent of agent agent v1, inside the mesh'];
  expect(split(10)).toEqual([
    '-> agent agent v2: all requests with x-canary: true', '-> agent agent v1: 90% of requests', '-> agent agent v2: 10% of requests',
  ]);
  expect(split(0)).toEqual(['-> agent agent v2: all requests with x-canary: true', '-> agent agent v1: all requests']);
});

test('callers of the health path are listed if the mesh cannot identify the kubelet', () => {
  const probed: Build = (mesh) => { new Agent(mesh, 'agent', { versions: { v1: running({ healthPath: '/up' }) } }); new Agent(mesh, 'quiet', { versions: { v1: running({}) } }); };
  const probes = (props: Partial<AgentMeshProps>) => Object.entries(report(probed, props)).filter(([what]) => what.includes('GET /up'));
  expect(probes(linkerd)).toEqual([['agent agent, GET /up', ['<- any client that reaches the pods from `policyController.probeNetworks` of the Linkerd installation (by default all networks)']]]);
  expect(probes({ mesh: MeshProvider.istioSidecar() })).toEqual([['agent agent, GET /up', ['<- any client that reaches the pods: pilot-agent in the sidecar answers probes, and policies do not apply to it']]]);
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
  const told = (build: Build, props: Partial<AgentMeshProps>) => Object.entries(report(build, props)).filter(([what]) => /^(metrics|health) of/.test(what) && !/gateway|waypoint|MCP proxy/.test(what));
  const pooled: Build = (mesh) => {
    const gateway = new InferenceGateway(mesh, 'gw', edge);
    gateway.addPool('llm', { workload: deploy() });
    gateway.addPool('theirs', { workload: existing('theirs'), picker: existingPicker() });
  };
  const picker = 'metrics of picker of pool llm, port 9090';
  expect(told(pooled, {})).toEqual([[picker, ['<- nobody: `metrics` of the mesh is not set']]]);
  expect(told(pooled, { metrics })).toEqual([[picker, ['<- identity monitoring/prometheus']]]);
  const proxies = ['metrics of the proxy in every pod, GET /metrics on port 4191', 'health of the proxy in every pod, GET /live and /ready on port 4191'];
  const installed = '<- any client that reaches the pods from `policyController.probeNetworks` of the Linkerd installation (by default all networks)';
  expect(told(() => {}, linkerd)).toEqual([[proxies[0], ['<- nobody: `metrics` of the mesh is not set']], [proxies[1], [installed]]]);
  expect(told(() => {}, { ...linkerd, metrics })).toEqual([[proxies[0], ['<- identity monitoring/prometheus']], [proxies[1], ['<- any client that reaches the pods from 0.0.0.0/0, ::/0']]]);
  expect(told(() => {}, { metrics })).toEqual([]);
});

test('the reader of metrics of pods is listed at their agent, their tool server or their pool', () => {
  const scraper = Identity.of({ namespace: 'monitoring', serviceAccount: 'prometheus' });
  const metered = (port: number) => running({ ports: [Port.http(port), Port.http(9090)], metricsPort: 9090 });
  const build: Build = (mesh) => {
    new Agent(mesh, 'agent', { versions: { v1: metered(8000) } });
    new McpToolBoundary(mesh, 'crm', { server: McpServer.of(metered(8080), { tools: ['find'] }) });
    new InferenceGateway(mesh, 'gw', edge).addPool('llm', { workload: metered(8000) });
  };
  const reads = '<- identity monitoring/prometheus: port 9090';
  for (const props of [{}, agentgateway, { mesh: MeshProvider.istioSidecar() }]) {
    expect(report(build, { metrics: { scraper }, ...props })).toMatchObject({
      'agent agent': [reads], 'tool server crm (find)': [reads], 'pool llm, served by servers of pool llm': ['<- nobody'],
      'servers of pool llm': [reads, '<- gateway gw: port 8000, selected by the picker of pool llm', '<- picker of pool llm: port 8000, for metrics'],
    });
  }
  const several: Build = (mesh) => {
    new McpToolBoundary(mesh, 'desk', { servers: { crm: McpServer.of(metered(8080), { tools: ['find'] }), mail: McpServer.of(deploy([8080]), { tools: ['send'] }) } });
  };
  expect(report(several, { metrics: { scraper }, ...agentgateway })['tool server desk (crm_find, mail_send)']).toEqual([`${reads} of server crm`]);
});

test('a gateway goes past a waypoint that only splits the calls inside the mesh', () => {
  const blocks = report((mesh) => {
    const agent = new Agent(mesh, 'agent', { versions: { v1: deploy(), v2: deploy() }, canary: { version: 'v2', percent: 10 } });
    agent.grantCall(operator);
    new InferenceGateway(mesh, 'gw', edge).addRoute('all', { target: agent });
  });
  expect(blocks['agent agent v1']).toEqual(['<- identity ops/operator: port 8000, through waypoint voice/voice-waypoint', '<- gateway gw: 90% of requests']);
});

test('media ports are listed as open', () => {
  const blocks = report((mesh) => { new Agent(mesh, 'agent', { versions: { v1: running({ mediaPorts: [MediaPort.udp(40000), MediaPort.tcp(40001)] }) } }); new Agent(mesh, 'other', { versions: { v1: deploy() } }); }, linkerd);
  expect(Object.entries(blocks).filter(([, [first]]) => first?.includes('NOT PROTECTED'))).toEqual([
    ['agent agent, UDP 40000, TCP 40001', ['<- anyone who can reach the pods: NOT PROTECTED, these ports are excluded from the mesh']],
  ]);
});

test('a federated Service lists its callers in other clusters', () => {
  const blocks = report((mesh) => { new Agent(mesh, 'agent', { versions: { v1: deploy() }, federated: true }); new Agent(mesh, 'other', { versions: { v1: deploy() } }); }, linkerd);
  expect(Object.entries(blocks).filter(([what]) => what.includes('linked'))).toEqual([
    ['agent agent, from linked clusters', ['<- callers with the namespace and ServiceAccount of an allowed caller']],
  ]);
});

test('external hosts are listed one by one, with the limits of other egress', () => {
  const blocks = report((mesh) => { new MeshEgress(mesh, 'out', { hosts: [ExternalHost.https('api.example.com', { port: 8443 }), ExternalHost.https('b.example.com', { port: 8443 })] }); }, linkerd);
  expect(blocks['egress of every workload in namespace voice']).toEqual(['-> api.example.com:8443', '-> b.example.com:8443']);
  expect(blocks['egress of all other workloads']).toEqual([expect.stringContaining('by the TLS server name (SNI) that the caller sends')]);
  expect(report(() => {})).toEqual({
    'egress of all other workloads': ['-> NOT LIMITED: ztunnel does not restrict traffic to destinations that it does not know'],
    'every pod, regardless of grants': [expect.stringContaining('UDP'), expect.stringContaining('the kubelet, and any other process of the node')],
    'All other TCP calls inside the mesh are denied.': [],
    'pods of namespace voice that no construct describes': [CLOSED, '-> external hosts: NOT LIMITED, except those that a waypoint denies to them'],
  });
});

describe('what existed before the mesh', () => {
  const others = (build: Build, props: Partial<AgentMeshProps> = {}) => report(build, { existingNamespaces: ['legacy'], ...props });
  const undescribed = 'pods of namespace legacy (existing) that no construct describes';

  test('pods that no construct describes are called by nobody, and hold the grants of their namespace, of members and of anyone', () => {
    const build: Build = (mesh) => {
      const agent = (name: string) => new Agent(mesh, name, { versions: { v1: deploy() } });
      agent('console').grantCall(Identity.allOf('legacy'));
      new Agent(mesh, 'collector', { versions: { v1: running({ ports: [Port.http(8000), Port.http(4317)] }) } }).grantPorts([4317], mesh.members);
      agent('closed').grantCall(operator, Identity.allOf('ops'));
    };
    const { mesh } = meshOf(build, { existingNamespaces: ['legacy'] });
    const asked = ['console', 'collector', 'closed'].map((name, i) => mesh.decide({ callee: mesh.node.findChild(name) as Agent, caller: Identity.of({ namespace: 'legacy', serviceAccount: 'any' }), port: i === 1 ? 4317 : undefined }).allowed);
    expect(asked).toEqual([true, true, false]);
    expect(others(build)[undescribed]).toEqual([CLOSED, '-> agent collector: port 4317', '-> agent console', '-> external hosts: NOT LIMITED, except those that a waypoint denies to them']);
    expect(others(build, { mesh: MeshProvider.istioSidecar() })[undescribed]).toEqual([CLOSED, '-> agent collector: port 4317', '-> agent console', '-> no external host']);
    expect(others(build, linkerd)['pods of namespace voice that no construct describes']).toEqual([CLOSED, '-> agent collector: port 4317', '-> no external host', '-> private networks: NOT LIMITED']);
  });

  test('they hold the grants to anyone with a token', () => {
    const jwt = { issuer: 'https://id', jwksUri: 'https://id/keys' };
    const build: Build = (mesh) => { new McpToolBoundary(mesh, 'crm', { server: McpServer.of(running({}), { tools: ['find'] }), jwt }).grantAllTools(TokenCaller.of({ subject: 'alice' })); };
    expect(others(build)[undescribed]).toContain('-> tool server crm, as any caller with a token from https://id (sub=alice)');
  });

  test('on Linkerd, they reach the hosts that others of the namespace name', () => {
    const blocks = others((mesh) => {
      new Agent(mesh, 'writer', { namespace: 'legacy', versions: { v1: running({ egress: { hosts: [ExternalHost.https('a.example.com')] } }) } });
      new MeshEgress(mesh, 'out', { hosts: [ExternalHost.https('b.example.com', { port: 8443 })] });
    }, linkerd);
    const opened = (host: string) => [CLOSED, `-> ${host}, which the mesh opens to the whole namespace`, '-> private networks: NOT LIMITED'];
    expect([blocks[undescribed], blocks['pods of namespace voice that no construct describes']]).toEqual([opened('a.example.com:443'), opened('b.example.com:8443')]);
  });

  test('an identity is listed with all that it may call, and with what the mesh does not restrict', () => {
    const blocks = others((mesh) => {
      const a = new Agent(mesh, 'a', { versions: { v1: running({ ports: [Port.http(8000), Port.http(9100)] }) } });
      const inside = Identity.of({ namespace: 'legacy', serviceAccount: 'cron' });
      a.grantCall(operator, inside, Identity.allOf('ops'));
      a.grantPorts([9100], operator);
      new McpToolBoundary(mesh, 'crm', { server: McpServer.of(running({}), { tools: ['find'] }) }).grantAllTools(operator, a);
    });
    // One identity of a namespace is not the namespace.
    expect(blocks[undescribed]).toEqual([CLOSED, '-> external hosts: NOT LIMITED, except those that a waypoint denies to them']);
    const unknown = 'NOT CHECKED: which pods run as this ServiceAccount';
    expect(Object.fromEntries(Object.entries(blocks).filter(([what]) => what.startsWith('identity')))).toEqual({
      'identity legacy/cron, which no construct describes': ['-> agent a', unknown],
      'identity ops/operator, which no construct describes': [
        '-> agent a', '-> agent a: port 9100', '-> tool server crm', unknown,
        'NOT LIMITED: namespace ops is not in this mesh, so the mesh restricts neither calls to these pods nor their other calls',
      ],
    });
  });

  test('an identity that an agent has is listed as the agent', () => {
    const blocks = others((mesh) => {
      const a = new Agent(mesh, 'a', { versions: { v1: deploy() } });
      new Agent(mesh, 'b', { versions: { v1: deploy() } }).grantCall(a);
    });
    expect(Object.keys(blocks).filter((what) => what.startsWith('identity') || what.startsWith('existing objects'))).toEqual(['existing objects, which synth compares only with objects of this app']);
  });

  test('a namesake in another trust domain is not the agent', () => {
    const blocks = others((mesh) => {
      const a = new Agent(mesh, 'a', { versions: { v1: existing('a') } });
      new Agent(mesh, 'b', { versions: { v1: deploy() } }).grantCall(a, Identity.of({ namespace: 'voice', serviceAccount: 'a', trustDomain: 'other.example' }));
    }, { trustedDomains: ['other.example'] });
    expect(Object.keys(blocks).filter((what) => what.startsWith('identity'))).toEqual([expect.stringContaining('other.example')]);
  });

  test('no limit holds for pods of an audit-only namespace', () => {
    const blocks = others(() => {}, { ...linkerd, auditOnlyNamespaces: ['legacy'] });
    expect(Object.entries(blocks).find(([what]) => what.includes(undescribed))![1]).toEqual(['<- everyone who can reach them', '-> external hosts: NOT LIMITED']);
  });

  test('existing objects are listed with what the program states of them', () => {
    const blocks = others((mesh) => {
      new Agent(mesh, 'theirs', { versions: { v1: existing('theirs') } });
      new Agent(mesh, 'ours', { versions: { v1: deploy() } });
      Waypoint.fromGatewayName(mesh, 'wp', { gatewayName: 'wp', deniesByDefault: true });
      const corp = InferenceGateway.fromGatewayName(mesh, 'corp', { gatewayName: 'corp', namespace: 'ingress', hostnames: ['a.example.com'] });
      const pool = InferencePool.fromPoolName(corp, 'llm', { poolName: 'llm', workload: existing('vllm'), picker: existingPicker() });
      corp.addRoute('to-llm', { target: pool });
    });
    expect(blocks['existing objects, which synth compares only with objects of this app']).toEqual([
      'NOT CHECKED: namespace legacy: that it is enrolled, and its other policies',
      'NOT CHECKED: agent theirs: that the pods of namespace voice with app=theirs are in the mesh, run as theirs, and are the only pods with these labels',
      expect.stringMatching(/^NOT CHECKED: servers of pool llm: that the pods .* run as vllm/), expect.stringMatching(/^NOT CHECKED: picker of pool llm: that the pods/),
      'NOT CHECKED: gateway corp: its listeners, its policies, and that its pods run as corp-istio', 'NOT CHECKED: waypoint voice/wp: that it runs, and that it denies by default',
      'NOT CHECKED: pool llm: its selector, ports and picker',
    ]);
  });

  test('a migrating namespace with sidecars reaches no external host, one in ambient does', () => {
    const props = { mesh: MeshProvider.istioAmbient({ migration: { legacy: MigrationStage.SIDECAR } }) };
    const blocks = others((mesh) => { new Agent(mesh, 'a', { versions: { v1: deploy() } }); }, props);
    expect([blocks[undescribed], blocks['pods of namespace voice that no construct describes']]).toEqual([[CLOSED, '-> no external host'], [CLOSED, expect.stringContaining('NOT LIMITED')]]);
  });
});

test('a host named by one workload is listed with all its possible callers', () => {
  const calls = (mesh: AgentMesh) => new Agent(mesh, 'a', { versions: { v1: running({ egress: { hosts: [ExternalHost.https('api.example.com')] } }) } });
  const what = 'external host api.example.com by name, on ports 80 and 443, through waypoint voice/voice-waypoint';
  const rest = ['<- pods outside namespaces voice: not restricted by the mesh', 'DENIED: all other pods of the namespaces above; for every ambient pod, other ports of the host'];
  expect(report(calls)[what]).toEqual(['<- agent a: port 443', ...rest]);
  const { [what]: callers } = report((mesh) => { calls(mesh); new Agent(mesh, 'b', { versions: { v1: deploy() } }); });
  expect(callers).toEqual(['<- agent a: port 443', '<- agent b: no egress limits', ...rest]);
  expect(report(calls, linkerd)[what]).toBeUndefined();
});

test('what proxies cannot check of egress is listed with it', () => {
  const networks = [{ cidr: '169.254.170.23/32', ports: [80, 81] }];
  const agent = (...hosts: ExternalHost[]) => (mesh: AgentMesh) => { new Agent(mesh, 'a', { versions: { v1: running({ egress: { hosts, networks } }) } }); };
  const network = '-> 169.254.170.23/32, TCP 80, 81, by IP address: NOT CHECKED which server answers';
  expect(report(agent(ExternalHost.tcp('db.example.com', 5432), ExternalHost.https('*.s3.example.com')), { mesh: MeshProvider.istioSidecar() })['egress of agent a']).toEqual([
    '-> db.example.com:5432, over TCP: encrypted only if the application encrypts',
    '-> *.s3.example.com:443, by the server name (SNI) that the caller sends: IP addresses NOT CHECKED', network,
  ]);
  const blocks = report(agent(ExternalHost.tcp('db.example.com', 5432)));
  expect(blocks['external host db.example.com by name, on ports 80, 443 and 5432, through waypoint voice/voice-waypoint'][0]).toBe('<- agent a: port 5432');
  const closed = report(agent(ExternalHost.https('api.example.com')), { closesExternalHosts: true });
  expect(closed['external host api.example.com by name, on ports 80 and 443, through waypoint voice/voice-waypoint']).toEqual([
    '<- agent a: port 443', '<- pods outside namespaces voice that are not in ambient: not restricted by the mesh',
    'DENIED: all other pods of the namespaces above, and ambient pods of all other namespaces; for every ambient pod, other ports of the host',
  ]);
});

test('an existing workload without a Service is listed with its first port', () => {
  const { 'agent theirs': callers } = report((mesh) => new Agent(mesh, 'theirs', { versions: { v1: existing('theirs', { ports: [Port.http(9000)] }) } }).grantCall(operator));
  expect(callers).toEqual(['<- identity ops/operator: port 9000']);
});
