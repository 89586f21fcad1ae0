import { ApiObject, Chart } from 'cdk8s';
import { Refused, saidMoreThanOnce, testRefused } from './corpus';
import { linkerd as onLinkerd, sidecar } from './tool-programs';
import {
  Agent, AgentMesh, AgentProps, ExistingService, GatewayProvider, InferenceGateway, McpProvider, McpServer, McpToolBoundary, Port, Waypoint, Workload,
  WorkloadOptions,
} from '../../src';
import { deploy, existing, IMAGE } from '../story';
import { Build, problemsOf } from '../synth';

const linkerd = { ...onLinkerd, gateway: GatewayProvider.istioAgentgateway() };
const speaking = (options: Partial<WorkloadOptions>) => Workload.deploy({ image: IMAGE, ports: [Port.http(9090)], ...options });
const agent = (options: Partial<WorkloadOptions>): Build => (mesh) => void new Agent(mesh, 'asr', { versions: { v1: speaking(options) } });
const gateway = (mesh: AgentMesh) => new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' } });
const versions = (mesh: AgentMesh, stable: Partial<WorkloadOptions>, canary: Partial<WorkloadOptions>, options: Partial<AgentProps> = {}) =>
  new Agent(mesh, 'asr', { versions: { v1: speaking(stable), v2: speaking(canary) }, stable: 'v1', ...options });
const grpc = { ports: [Port.grpc(9090)] };
const opaque = { ports: [Port.tcp(9090)] };
const tls = { ports: [Port.tls(9090)] };
const jwt = { issuer: 'https://login.example.com', jwksUri: 'https://login.example.com/keys' };
const OWN_TLS = 'port 9090 carries TLS that the workload itself terminates';
const vectors = (service: Partial<ExistingService> = {}) => existing('vectors', { ports: [Port.http(6333)], service: { name: 'vectors', port: 6333, ...service } });
const headless = { headless: true };
const USE = { 'istio.io/use-waypoint': 'wp' };

/** Whatever has a proxy read the requests of an agent's canary. */
const routes = (build: (mesh: AgentMesh, options?: Partial<AgentProps>) => Agent): Record<string, Build> => ({
  'a route of a gateway': (mesh) => { gateway(mesh).addRoute('r', { target: build(mesh).version('v2') }); },
  'a canary of a gateway': (mesh) => {
    const one = build(mesh);
    gateway(mesh).addCanary('c', { stable: one.version('v1'), canary: one.version('v2'), percent: 5 });
  },
  'a canary of an agent': (mesh) => { build(mesh, { canary: { version: 'v2', percent: 5 } }); },
});
const onEveryMesh = (build: (mesh: AgentMesh, options?: Partial<AgentProps>) => Agent, message: string): Refused[] =>
  Object.entries({ 'in ambient': {}, 'with sidecars': sidecar, 'on Linkerd': linkerd }).flatMap(([mesh, props]) =>
    Object.entries(routes(build)).map(([route, program]): Refused => [`behind ${route} ${mesh}`, program, message, props]));

/** The app has the Service too, and says something else of it. */
const withService = (is: object, said: Partial<ExistingService>, labels: object = {}): Build => (mesh, chart) => {
  new Agent(mesh, 'v', { versions: { v1: vectors(said) } });
  new ApiObject(new Chart(chart, 'theirs'), 'service', {
    apiVersion: 'v1', kind: 'Service', metadata: { name: 'vectors', namespace: 'voice', labels }, spec: { ports: [{ port: 6333 }], ...is },
  } as never);
};
const otherwise = (rest: string) => ['AM114', `app/mesh/v: Service voice/vectors in this app differs from \`service\` in Workload.existing of agent v; ${rest}`] as const;

/** Before a tool server, whose requests are read. */
const withPort = (port: object, metadata: object = {}): Build => (mesh, chart) => {
  new McpToolBoundary(mesh, 'v', { server: McpServer.of(vectors(), { tools: ['t'] }) });
  new ApiObject(new Chart(chart, 'theirs'), 'service', {
    apiVersion: 'v1', kind: 'Service', metadata: { name: 'vectors', namespace: 'voice', ...metadata }, spec: { ports: [{ port: 6333, ...port }] },
  } as never);
};
const annotatedOpaque = { annotations: { 'config.linkerd.io/opaque-ports': '80,6000-7000' } };
const tool = (rest: string) => `app/mesh/v: Service voice/vectors in this app differs from \`service\` in Workload.existing of tool server v; got {"protocol":"${rest}"}`;
const opaqueService: Build = (mesh, chart) => {
  new Agent(mesh, 'v', { versions: { v1: existing('vectors', { ports: [Port.tcp(6333)], service: { name: 'vectors', port: 6333 } }) } });
  new ApiObject(new Chart(chart, 'theirs'), 'service', {
    apiVersion: 'v1', kind: 'Service', metadata: { name: 'vectors', namespace: 'voice' }, spec: { ports: [{ name: 'http-vectors', port: 6333 }] },
  } as never);
};

const refused: Readonly<Record<string, Refused[]>> = {
  'a port that is stated twice': Object.entries({ 'in ambient': {}, 'with sidecars': sidecar, 'on Linkerd': linkerd }).map(([mesh, props]): Refused =>
    [mesh, agent({ ports: [Port.http(8000), Port.http(9090), Port.http(9090)] }), '`ports` has an invalid or repeated port; got [8000,9090,9090]', props]),
  'what carries something else than HTTP': [
    ...onEveryMesh((mesh, options) => versions(mesh, {}, opaque, options), 'a route cannot send requests to agent asr v2: port 9090 does not speak HTTP; got 9090; allowed: a Service whose port speaks HTTP or gRPC; declare the port as `Port.http(9090)` or `Port.grpc(9090)` if it speaks HTTP, or choose another target'),
    ['before what the team runs', (mesh) => {
      const workload = existing('own', { ports: [Port.http(9000), ...opaque.ports], service: { name: 'own', port: 80, targetPort: 9090 } });
      gateway(mesh).addRoute('r', { target: new Agent(mesh, 'own', { versions: { v1: workload } }).version() });
    }, 'a route cannot send requests to agent own: port 9090 does not speak HTTP'],
    ['and is probed by HTTP', agent({ ...opaque, healthPath: '/' }), 'the kubelet probes `healthPath` over HTTP/1.1, but the first port of the workload is not an HTTP/1.1 port; got {"healthPath":"/","port":9090}; allowed: a first port that speaks HTTP, as in `Port.http(9090)`'],
  ],
  'TLS that the workload terminates': [
    ...onEveryMesh((mesh, options) => versions(mesh, {}, tls, options), `a route cannot send requests to agent asr v2: ${OWN_TLS}; got 9090; allowed: a Service whose port speaks HTTP or gRPC; serve HTTP without TLS at the port, which the mesh encrypts, and declare it as \`Port.http(9090)\`, or choose another target`),
    ['and limits requests', agent({ ...tls, rateLimit: { requestsPerSecond: 5 } }), `these settings of agent asr have no effect, because no proxy inspects its requests: ${OWN_TLS}; got ["rateLimit"]`, linkerd],
    ['and asks for tokens', agent({ ...tls, jwt }), `because no proxy inspects its requests: ${OWN_TLS}; got ["jwt"]; allowed: a Service for a port that speaks HTTP; serve HTTP without TLS at the port, which the mesh encrypts, and declare it as \`Port.http(9090)\`, or remove these settings`],
    ['and grants tools', (mesh) => { new McpToolBoundary(mesh, 'crm', { server: McpServer.of(speaking(tls), { tools: ['t'] }) }); }, OWN_TLS],
    ['behind an MCP proxy', (mesh) => { new McpToolBoundary(mesh, 'crm', { server: McpServer.of(speaking(tls), { tools: ['t'] }) }); }, 'got ["Port.tls(9090)"]', { mcp: McpProvider.agentgateway() }],
    ['behind a picker', (mesh) => { gateway(mesh).addPool('llm', { workload: speaking(tls) }); }, 'a port in `targetPorts` does not speak HTTP: servers of pool llm declares it as `Port.tls(9090)`'],
    ['and is probed by HTTP', agent({ ...tls, healthPath: '/' }), 'the kubelet probes `healthPath` over HTTP/1.1, but the first port of the workload is not an HTTP/1.1 port'],
    ['and whose Service says HTTP', (mesh, chart) => {
      new Agent(mesh, 'v', { versions: { v1: existing('vectors', { ports: [Port.tls(6333)], service: { name: 'vectors', port: 6333 } }) } });
      new ApiObject(chart, 'service', { apiVersion: 'v1', kind: 'Service', metadata: { name: 'vectors', namespace: 'voice' }, spec: { ports: [{ name: 'http', port: 6333 }] } } as never);
    }, otherwise('got {"protocol":"the name http, because of which proxies treat the port as HTTP"}')],
  ],
  'what speaks gRPC': [
    ['and is said to speak no HTTP either', agent({ ports: [...grpc.ports, ...opaque.ports] }), '`ports` has an invalid or repeated port; got [9090,9090]'],
    ['and is probed by HTTP', agent({ ...grpc, healthPath: '/healthz' }), 'the kubelet probes `healthPath` over HTTP/1.1, but the first port of the workload is not an HTTP/1.1 port'],
    ['behind a picker that reads HTTP', (mesh) => { gateway(mesh).addPool('llm', { workload: speaking(grpc) }); }, 'a port in `targetPorts` speaks gRPC (servers of pool llm declares it as `Port.grpc(9090)`), but the endpoint picker parses other requests; got "the parsers that the picker has by default, which parse requests over HTTP/1.1"; allowed: only vllmgrpc-parser, vertexai-parser, passthrough-parser'],
    ['behind a proxy that asks by HTTP', (mesh) => { new McpToolBoundary(mesh, 'crm', { server: McpServer.of(speaking(grpc), { tools: ['t'] }) }); }, 'these settings of tool server crm would apply to requests from the MCP proxy in front of it, not to requests from callers; got ["Port.grpc(9090)"]', { mcp: McpProvider.agentgateway() }],
    ['in one version of a canary alone', (mesh) => { routes((one, options) => versions(one, grpc, {}, options))['a canary of an agent'](mesh, undefined!); }, 'the versions behind Service asr require different tokens, authorizers or protocols, but the mesh can enforce only one requirement for the whole Service'],
  ],
  'a headless Service': [
    ...onEveryMesh((mesh, options) => new Agent(mesh, 'v', { versions: { v1: deploy(), v2: vectors(headless) }, stable: 'v1', ...options }), 'its Service vectors is headless; got {"headless":true}'),
    ['of an agent before a waypoint', (mesh) => { new Agent(mesh, 'vectors', { waypoint: new Waypoint(mesh, 'wp'), versions: { v1: vectors({ ...headless, labels: USE }) } }); },
      /requests to agent vectors would not go through waypoint wp: the Service vectors is headless, so callers call its pods directly.*\[AM303\]/],
    ['of a tool server before a waypoint', (mesh) => { new McpToolBoundary(mesh, 'vectors', { waypoint: new Waypoint(mesh, 'wp'), server: McpServer.of(vectors({ ...headless, labels: USE }), { tools: ['t'] }) }); },
      'requests to tool server vectors would not go through waypoint wp: the Service vectors is headless'],
    ['of a tool server before the waypoint of its namespace', (mesh) => { new McpToolBoundary(mesh, 'vectors', { server: McpServer.of(vectors({ ...headless, labels: { 'istio.io/use-waypoint': 'voice-waypoint' } }), { tools: ['t'] }) }); },
      'requests to tool server vectors would not go through waypoint voice-waypoint: the Service vectors is headless'],
  ],
  'a Service of the app that is not what is said of it': [
    ['that is headless', withService({ clusterIP: 'None' }, {}), otherwise('got {"headless":true}; allowed: {"headless":false}')],
    ['that is not headless', withService({}, headless), otherwise('got {"headless":false}; allowed: {"headless":true}')],
    ['that has another port', withService({ ports: [{ port: 80 }] }, {}), otherwise('got {"port":[80]}; allowed: {"port":6333}')],
    ['that leads to another port', withService({ ports: [{ port: 6333, targetPort: 6334 }] }, {}), otherwise('got {"targetPort":6334}; allowed: {"targetPort":6333}')],
    ['that is another host', withService({ type: 'ExternalName', externalName: 'a.example.com' }, {}), otherwise('got {"type":"ExternalName a.example.com"}')],
    ['that has the port for UDP', withService({ ports: [{ port: 6333, protocol: 'UDP' }] }, {}), otherwise('got {"port":["6333/UDP"]}; allowed: {"port":6333}')],
    ['that selects other pods', withService({ selector: { app: 'other' } }, {}), otherwise('got {"selector":{"app":"other"}}; allowed: {"selector":{"app":"vectors"}}')],
    ['whose requests are read, and that carries TCP by its name', withPort({ name: 'tcp-http' }), tool('the name tcp-http, because of which proxies treat the port as TCP'), sidecar],
    ['whose requests are read, and that carries TCP', withPort({ name: 'http', appProtocol: 'tcp' }), tool('appProtocol tcp, because of which proxies treat the port as TCP'), sidecar],
    ['whose requests nobody reads, and that is read', opaqueService, otherwise('got {"protocol":"the name http-vectors, because of which proxies treat the port as HTTP"}')],
    ['that is opaque to Linkerd by its annotation', withPort({}, annotatedOpaque), tool('config.linkerd.io/opaque-ports: 80,6000-7000, because of which proxies treat the port as TCP'), linkerd],
    ['that is opaque to Linkerd', withPort({ appProtocol: 'linkerd.io/opaque' }), tool('appProtocol linkerd.io/opaque, because of which proxies treat the port as TCP'), linkerd],
    ['that lacks a label', withService({}, { labels: { team: 'search' } }), otherwise('got {"label team":null}; allowed: {"label team":"search"}')],
    ['that has a waypoint of which nothing is said', withService({}, {}, USE), otherwise('got {"label istio.io/use-waypoint":"wp"}; allowed: {"label istio.io/use-waypoint":null}')],
  ],
};

testRefused(refused);

const unnamed = { spec: { ports: [{ name: 'dns', port: 6333, protocol: 'UDP', targetPort: 53 }, { name: 'vectors', port: 6333 }] }, metadata: {} };
const global = { spec: { selector: { app: 'vectors' }, ports: [{ port: 6333 }] }, metadata: { labels: { 'istio.io/global': 'true' } } };

test.each([
  ['a port of UDP of the same number, first', unnamed, {}], ['a port whose protocol is detected', unnamed, sidecar],
  ['a label of ambient with sidecars', global, sidecar], ['a label of ambient on Linkerd', global, linkerd],
])('a Service of the app may have %s', (_, { spec, metadata }, props) => {
  const build: Build = (mesh, chart) => {
    new Agent(mesh, 'v', { versions: { v1: vectors() } });
    new ApiObject(new Chart(chart, 'theirs'), 'service', { apiVersion: 'v1', kind: 'Service', metadata: { name: 'vectors', namespace: 'voice', ...metadata }, spec } as never);
  };
  expect(problemsOf(build, props)).toEqual([]);
});

test('each program reports one problem', () => {
  expect(saidMoreThanOnce(refused)).toEqual({});
});
