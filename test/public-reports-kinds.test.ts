// The siblings of each public report: other constructs, meshes and fields of which the same holds.
import { mkdtempSync, readdirSync, rmSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { ApiObject, App, Chart, YamlOutputType } from 'cdk8s';
import {
  Agent, AgentMesh, AgentMeshProps, Backend, Cluster, ExternalHost, GatewayApiChannel, GatewayProvider, Identity, InferenceGateway, InferencePool,
  McpProvider, McpServer, McpToolBoundary, MediaPort, MeshProvider, Port, Waypoint, Workload, WorkloadEgress,
} from '../src';
import { deploy, existing, existingPicker, IMAGE } from './story';
import { Build, meshOf, problemsOf, synth } from './synth';

const MESHES: readonly (readonly [mesh: string, props: Partial<AgentMeshProps>])[] = [
  ['Istio ambient', {}],
  ['Istio sidecars', { mesh: MeshProvider.istioSidecar() }],
  ['Linkerd', { mesh: MeshProvider.linkerd(), gateway: GatewayProvider.istioAgentgateway(), cluster: Cluster.of({ gatewayApiChannel: GatewayApiChannel.EXPERIMENTAL }) }],
];
const edge = (mesh: AgentMesh) => new InferenceGateway(mesh, 'edge', { hostnames: ['desk.example.com'], tls: { secretName: 'desk-tls' } });
const agentOf = (mesh: AgentMesh, name: string, workload: Workload = deploy()) => new Agent(mesh, name, { versions: { v1: workload } });
const limited = (egress: WorkloadEgress = {}) => Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], egress });

describe.each(MESHES)('on %s', (mesh, props) => {
  test('namesakes in two namespaces each have a file (cdk8s-team/cdk8s#2821)', () => {
    const outdir = mkdtempSync(join(tmpdir(), 'kinds-'));
    try {
      const app = new App({ outdir, yamlOutputType: YamlOutputType.FILE_PER_RESOURCE });
      const one = new AgentMesh(new Chart(app, 'desk'), 'mesh', { namespace: 'desk', mesh: MeshProvider.istioAmbient(), ...props });
      const egress = { hosts: [ExternalHost.https('api.example.com')] };
      new Agent(one, 'back', { namespace: 'desk-data', versions: { v1: limited(egress) } }).grantCall(agentOf(one, 'frontend', limited(egress)));
      const objects = one.node.findAll().filter((node) => ApiObject.isApiObject(node));
      app.synth();
      expect(readdirSync(outdir, { recursive: true }).filter((name) => String(name).endsWith('.yaml'))).toHaveLength(objects.length);
    } finally {
      rmSync(outdir, { recursive: true });
    }
  });

  test('charts for two clusters hold the same objects (cdk8s-team/cdk8s#2828)', () => {
    const app = new App();
    for (const name of ['staging', 'prod']) {
      const at = new AgentMesh(new Chart(app, name), 'mesh', { namespace: 'desk', mesh: MeshProvider.istioAmbient(), ...props, cluster: Cluster.of({ name, gatewayApiChannel: GatewayApiChannel.EXPERIMENTAL }) });
      agentOf(at, 'frontend').grantCall(agentOf(at, 'back'));
    }
    const [staging, prod] = app.charts.map((chart) => chart.toJson());
    expect(staging).toEqual(prod);
  });

  test('`decide` and the report tell who reaches a host that one workload names (defenseunicorns/uds-core#2064)', () => {
    const { mesh: one } = meshOf((at) => {
      agentOf(at, 'writer', limited({ hosts: [ExternalHost.https('api.models.example')] }));
      new Agent(at, 'crawler', { namespace: 'far', versions: { v1: deploy() } });
    }, props);
    const reaches = (caller: string) => one.decide({ caller: one.node.findChild(caller) as Agent, host: 'api.models.example' });
    expect(reaches('writer')).toMatchObject({ allowed: true });
    expect(reaches('crawler')).toMatchObject(mesh === 'Istio ambient' ? { allowed: true, unrestricted: true } : { allowed: false });
    expect(one.describeAccess()).toContain(mesh === 'Istio ambient' ? '  <- agent crawler: no egress limits' : 'egress of agent writer\n  -> api.models.example:443');
  });

  test.each<[where: string, build: (at: AgentMesh, version: () => Workload) => void]>([
    ['a canary of an agent', (at, version) => { new Agent(at, 'asr', { versions: { v1: version(), v2: version() }, canary: { version: 'v2', percent: 50 } }); }],
    ['a route of a gateway', (at, version) => { edge(at).addRoute('asr', { target: agentOf(at, 'asr', version()).version() }); }],
    ['a canary of a gateway', (at, version) => {
      const asr = new Agent(at, 'asr', { versions: { v1: version(), v2: version() }, stable: 'v1' });
      edge(at).addCanary('asr', { stable: asr.version('v1'), canary: asr.version('v2'), percent: 50 });
    }],
  ])('%s to a port without HTTP is refused (fluxcd/flagger#1021)', (_, build) => {
    const problems = problemsOf((at) => { build(at, () => Workload.deploy({ image: IMAGE, ports: [Port.tcp(9090)] })); }, props);
    expect(problems).toContainEqual(expect.stringContaining('port 9090 does not speak HTTP'));
  });

  test.each<[where: string, build: (at: AgentMesh, a2a: Agent) => void]>([
    ['behind a gateway', (at, a2a) => { edge(at).addRoute('a2a', { target: a2a.version() }); }],
    ['called inside the mesh', (at, a2a) => { a2a.grantCall(agentOf(at, 'peer')); }],
  ])('a gRPC agent %s has a Service that says HTTP/2 (kagent-dev/kagent#2885, istio/istio#57294)', (_, build) => {
    const service = synth((at) => { build(at, agentOf(at, 'a2a', Workload.deploy({ image: IMAGE, ports: [Port.grpc(50051)] }))); }, props).get('Service', 'a2a');
    expect(service.spec.ports.map(({ appProtocol }: any) => appProtocol)).toEqual(['kubernetes.io/h2c']);
  });

  test('each port of a workload has its callers (siutsin/otaru#3098, helmforgedev/charts#486, kaito-project/kaito#2093)', () => {
    const prometheus = Identity.of({ namespace: 'monitoring', serviceAccount: 'prometheus' });
    const { mesh: one } = meshOf((at) => {
      const vectors = agentOf(at, 'vectors', existing('vectors', { ports: [Port.http(6333), Port.grpc(6334), Port.tcp(6335), Port.http(9100)] }));
      vectors.grantCall(agentOf(at, 'web'));
      vectors.grantPorts([6335], vectors);
      vectors.grantPorts([9100], prometheus);
    }, props);
    const [vectors, web] = ['vectors', 'web'].map((name) => one.node.findChild(name) as Agent);
    const open = ([['web', web], ['vectors', vectors], ['prometheus', prometheus]] as const).map(([name, caller]) =>
      [name, [6333, 6334, 6335, 9100].filter((port) => one.decide({ caller, callee: vectors, port }).allowed)]);
    expect(Object.fromEntries(open)).toEqual({ web: [6333], vectors: [6335], prometheus: [9100] });
  });

  // The gateway of Linkerd refuses pools.
  if (mesh !== 'Linkerd') {
    test('a port of pods that a pool serves has its callers (kaito-project/kaito#2093)', () => {
      const peer = Identity.of({ namespace: 'voice', serviceAccount: 'peer' });
      const { mesh: one } = meshOf((at) => {
        const llm = agentOf(at, 'llm', Workload.deploy({ image: IMAGE, ports: [Port.http(8000), Port.tcp(5600)] }));
        const gateway = edge(at);
        gateway.addRoute('to-llm', { target: gateway.addPool('llm', { workload: llm.version() }) });
        llm.grantPorts([5600], llm);
      }, props);
      const llm = one.node.findChild('llm') as Agent;
      expect([llm, peer].map((caller) => one.decide({ caller, callee: llm, port: 5600 }).allowed)).toEqual([true, false]);
    });
  }

  test('a caller without ports is granted calls and called by nobody (istio/istio#11659)', () => {
    const calls: Build = (at) => {
      const nightly = agentOf(at, 'nightly', Workload.deploy({ image: IMAGE, ports: [] }));
      agentOf(at, 'report').grantCall(nightly, agentOf(at, 'job', existing('job', { ports: [] })));
    };
    const { mesh: one } = meshOf(calls, props);
    const [report, nightly, job] = ['report', 'nightly', 'job'].map((name) => one.node.findChild(name) as Agent);
    expect(problemsOf(calls, props)).toEqual([]);
    expect([nightly, job].map((caller) => one.decide({ caller, callee: report }).allowed)).toEqual([true, true]);
    expect(synth(calls, props).find('Service', 'nightly')).toBeUndefined();
  });

  test('a workload with `egress` may query the DNS cache of its node (world-federation-of-advertisers/cross-media-measurement#3569)', () => {
    const objects = synth((at) => { agentOf(at, 'writer', limited()); }, props);
    const rules = objects.all.filter(({ kind }) => kind === 'NetworkPolicy').flatMap(({ spec }) => spec.egress);
    const names = rules.filter(({ ports = [] }: any) => ports.some(({ port }: any) => port === 53));
    const cidrs = names.flatMap(({ to }: any) => to.map(({ ipBlock }: any) => ipBlock?.cidr));
    expect(cidrs).toContain('169.254.20.10/32');
  });
});

describe('an object of the app for a namespace of the mesh is refused', () => {
  const namespaced = (labels: Record<string, string>, annotations: Record<string, string> = {}): Build => (at, chart) => {
    new ApiObject(chart, 'crm', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'crm', labels, annotations } });
    agentOf(at, 'tickets', existing('tickets', { namespace: 'crm' }));
  };
  test.each<[what: string, build: Build, props: Partial<AgentMeshProps>]>([
    ['without the label of ambient', namespaced({}), {}],
    ['without the label of sidecars', namespaced({ 'istio-injection': 'disabled' }), { mesh: MeshProvider.istioSidecar() }],
    ['without the annotation of Linkerd', namespaced({}, { 'linkerd.io/inject': 'disabled' }), { mesh: MeshProvider.linkerd() }],
  ])('a Namespace %s (istio/istio#53578)', (_, build, props) => {
    expect(problemsOf(build, { ...props, existingNamespaces: ['crm'] })).toContainEqual(expect.stringMatching(/crm.*AM101/));
  });

  const brings = (kind: string, apiVersion: string, spec: object): Build => (at, chart) => {
    agentOf(at, 'frontend').grantCall(agentOf(at, 'peer'));
    new ApiObject(chart, 'theirs', { apiVersion, kind, metadata: { name: 'theirs', namespace: 'voice' }, spec } as never);
  };
  test.each<[what: string, build: Build, props: Partial<AgentMeshProps>]>([
    ['an AuthorizationPolicy that allows all, on sidecars', brings('AuthorizationPolicy', 'security.istio.io/v1', { rules: [{}] }), { mesh: MeshProvider.istioSidecar() }],
    ['a second Telemetry without a selector', brings('Telemetry', 'telemetry.istio.io/v1', { accessLogging: [{ disabled: true }] }), {}],
    ['a VirtualService of a Service of the mesh', brings('VirtualService', 'networking.istio.io/v1', { hosts: ['frontend'], http: [{ route: [{ destination: { host: 'frontend' } }] }] }), { mesh: MeshProvider.istioSidecar() }],
    ['an AuthorizationPolicy of Linkerd for a Server', brings('AuthorizationPolicy', 'policy.linkerd.io/v1alpha1', { targetRef: { group: 'policy.linkerd.io', kind: 'Server', name: 'frontend-v1' }, requiredAuthenticationRefs: [] }), { mesh: MeshProvider.linkerd() }],
  ])('%s (kubeflow/community-distribution#2201, istio/istio#43705)', (_, build, props) => {
    expect(problemsOf(build, props)).toEqual([expect.stringMatching(/theirs.*\[AM10[358]\]$/s)]);
  });
});

describe('an MCP proxy calls each server at its own path (kubernetes-sigs/kube-agentic-networking, quickstart)', () => {
  test('of several, and of servers in the cluster', () => {
    const { spec } = synth((at) => {
      new McpToolBoundary(at, 'wiki', { path: '/remote/mcp', servers: { near: McpServer.of(deploy([8080]), { tools: ['read'] }), far: McpServer.external({ host: ExternalHost.https('mcp.wiki.example'), tools: ['write'], path: '/v1/mcp' }) } });
    }, { mcp: McpProvider.agentgateway() }).get('AgentgatewayBackend', 'wiki');
    expect(spec.mcp.targets.map(({ static: { path } }: any) => path).sort()).toEqual(['/mcp', '/v1/mcp']);
  });
});

describe('a route to a Gateway of the team names a listener (knative-extensions/net-gateway-api#610)', () => {
  const corp = (at: AgentMesh) => InferenceGateway.fromGatewayName(at, 'corp', { gatewayName: 'corp', namespace: 'ingress', hostnames: ['desk.example.com'] });
  test.each<[what: string, build: (at: AgentMesh) => void]>([
    ['a canary', (at) => { const a = new Agent(at, 'frontend', { versions: { v1: deploy(), v2: deploy() }, stable: 'v1' }); corp(at).addCanary('frontend-route', { stable: a.version('v1'), canary: a.version('v2'), percent: 5 }); }],
    ['a pool', (at) => { const gateway = corp(at); gateway.addRoute('frontend-route', { target: InferencePool.fromPoolName(gateway, 'llm', { poolName: 'llm', workload: existing('vllm'), picker: existingPicker() }) }); }],
  ])('%s', (_, build) => {
    const routes = synth((at) => { build(at); }).all.filter(({ kind, metadata }) => kind === 'HTTPRoute' && metadata.name === 'frontend-route');
    expect(routes.flatMap(({ spec }) => spec.parentRefs)).toContainEqual(expect.objectContaining({ name: 'corp', namespace: 'ingress', port: 443 }));
  });
});

test('a port of its own without identity is refused in ambient, and excluded from the mesh on sidecars (istio/istio#52874)', () => {
  const webhook: Build = (at) => { agentOf(at, 'operator', existing('operator', { ports: [Port.http(8080)], mediaPorts: [MediaPort.tcp(9443)] })); };
  expect(problemsOf(webhook)).toEqual([expect.stringMatching(/ztunnel captures every TCP port.*MeshProvider.istioSidecar/s)]);
  const { mesh } = meshOf(webhook, { mesh: MeshProvider.istioSidecar() });
  expect(mesh.describeAccess()).toContain('agent operator, TCP 9443\n  <- anyone who can reach the pods: NOT PROTECTED');
});

test('three models of one host and path are told apart by a header (kserve/kserve#5521)', () => {
  const objects = synth((at) => {
    const gateway = edge(at);
    for (const model of ['a', 'b', 'c']) gateway.addRoute(`to-${model}`, { target: gateway.addPool(model, { workload: existing(model) }), headers: { 'x-model': model } });
  });
  const served = ['a', 'b', 'c'].map((model) => objects.get('HTTPRoute', `to-${model}`).spec.rules[0].matches[0].headers[0].value);
  expect(served).toEqual(['a', 'b', 'c']);
});

describe('a gateway leads to no tool server or backend, and the problem says where clients go instead (envoyproxy/ai-gateway#2307)', () => {
  test.each<[what: string, props: Partial<AgentMeshProps>]>([['behind a waypoint', {}], ['behind a proxy of agentgateway', { mcp: McpProvider.agentgateway() }]])('a tool server %s', (_, props) => {
    expect(problemsOf((at) => {
      const server = existing('crm-pods', { ports: [Port.http(8080)], service: { name: 'crm-pods', port: 8080, labels: { 'istio.io/use-waypoint': props.mcp ? 'none' : 'voice-waypoint' } } });
      new McpToolBoundary(at, 'crm', { server: McpServer.of(server, { tools: ['find'] }) });
      edge(at).addRoute('crm-route', { target: server });
    }, props)).toEqual([expect.stringMatching(/a route cannot send requests to tool server crm: a gateway does not identify its clients.*grant the tools to an agent, and route to the agent/)]);
  });
  test('a backend', () => {
    expect(problemsOf((at) => {
      const pods = existing('db', { ports: [Port.http(8080)], service: { name: 'db', port: 8080 } });
      new Backend(at, 'db', { workload: pods });
      edge(at).addRoute('db-route', { target: pods });
    })).toEqual([expect.stringMatching(/a route cannot send requests to backend db: .*grant the calls to an agent, and route to the agent/)]);
  });
});

test.each(MESHES.slice(0, 2))('paths without a token are open beside those that need one, on %s (istio/istio#27432, defenseunicorns/uds-core#645)', (_, props) => {
  const jwt = { issuer: 'https://login.example.com', jwksUri: 'https://login.example.com/keys', exemptPaths: ['/.well-known/agent-card.json'] };
  const { mesh } = meshOf((at) => { agentOf(at, 'api', Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], jwt })).grantCall(agentOf(at, 'peer')); }, props);
  const [api, peer] = ['api', 'peer'].map((name) => mesh.node.findChild(name) as Agent);
  const ask = (path: string, tokenIssuer?: string) => mesh.decide({ caller: peer, callee: api, method: 'GET', path, tokenIssuer }).allowed;
  expect([ask('/.well-known/agent-card.json'), ask('/v1'), ask('/v1', jwt.issuer)]).toEqual([true, false, true]);
});

test('an agent that calls a model past its gateway is denied, and a token limits who calls through it (Azure/AKS#5847)', () => {
  const jwt = { issuer: 'https://login.example.com', jwksUri: 'https://login.example.com/keys' };
  const { mesh } = meshOf((at) => {
    agentOf(at, 'writer');
    const gateway = new InferenceGateway(at, 'edge', { hostnames: ['models.example.com'], tls: { secretName: 'tls' }, jwt });
    gateway.addRoute('to-llama', { target: gateway.addPool('llama', { workload: existing('vllm') }) });
  });
  const [writer, gateway] = ['writer', 'edge'].map((name) => mesh.node.findChild(name)) as [Agent, InferenceGateway];
  const pool = gateway.node.findChild('llama') as InferencePool;
  const calls = [{ caller: writer, callee: pool }, { callee: gateway }, { callee: gateway, tokenIssuer: jwt.issuer }];
  expect(calls.map((call) => mesh.decide(call).allowed)).toEqual([false, false, true]);
});

test('a headless Service of an agent before a waypoint is refused (istio/istio#56991)', () => {
  const headless = { name: 'vectors-headless', port: 6333, headless: true, labels: { 'istio.io/use-waypoint': 'wp' } };
  expect(problemsOf((at) => {
    const waypoint = new Waypoint(at, 'wp');
    new Agent(at, 'vectors', { waypoint, versions: { v1: existing('vectors', { ports: [Port.http(6333)], service: headless }) } } as never);
  }).join('\n')).toContain('headless');
});
