import { ApiObject, Chart } from 'cdk8s';
import { Refused, saidMoreThanOnce, testRefused } from './corpus';
import {
  Agent, AgentMesh, CanaryRouteOptions, ExistingGatewayProps, GatewayProvider, GatewayServiceType, Identity, InferenceGateway, InferenceGatewayProps,
  McpServer, McpToolBoundary, MeshProvider, Port, RouteCors, RouteOptions, TlsTermination, TokenCaller, Workload,
} from '../../src';
import { deploy, IMAGE, JWKS } from '../story';
import { Build } from '../synth';

type Existing = Partial<ExistingGatewayProps>;

const theirs = (mesh: AgentMesh, props: Existing = {}) =>
  InferenceGateway.fromGatewayName(mesh, 'corp', { gatewayName: 'corp', namespace: 'ingress', hostnames: ['desk.example.com'], ...props });
const routed = (props: Existing = {}): Build => (mesh) => {
  theirs(mesh, props).addRoute('frontend', { target: new Agent(mesh, 'frontend', { versions: { v1: deploy() } }).version(), pathPrefix: '/api' });
};
const own = (props: Partial<InferenceGatewayProps>): Build => (mesh) =>
  void new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' }, ...props });
const annotated = (infrastructureAnnotations: InferenceGatewayProps['infrastructureAnnotations']) => own({ infrastructureAnnotations });
const matching = (options: RouteOptions): Build => (mesh) => {
  new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' } }).addRoute('r', { target: new Agent(mesh, 'frontend', { versions: { v1: deploy() } }), ...options });
};
const alice = TokenCaller.of({ subject: 'alice' });
const usedBy = (callers: TokenCaller[]): Build => (mesh) => {
  const target = new Agent(mesh, 'frontend', { versions: { v1: deploy() } });
  new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' }, jwt: JWT }).addRoute('r', { target, callers });
};
const splitBy = (options: Partial<CanaryRouteOptions>): Build => (mesh) => {
  const agent = new Agent(mesh, 'agent', { versions: { v1: deploy(), v2: deploy() }, stable: 'v1' });
  new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' } }).addCanary('r', { stable: agent.version('v1'), canary: agent.version('v2'), percent: 5, ...options });
};
const denied = (cidr: string) => own({ deniedCidrs: [cidr] });

const DESK = 'https://desk.example.com';
const JWT = { issuer: 'https://login.example.com', jwks: JWKS };
const AGENTGATEWAY = { gateway: GatewayProvider.istioAgentgateway() };
const podsWith = (options: object) => Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], ...options });
const agentWith = (options: object): Build => (mesh) => void new Agent(mesh, 'frontend', { versions: { v1: podsWith(options) } });
const boundaryWith = (props: object, options: object = {}): Build => (mesh) => void new McpToolBoundary(mesh, 'crm', { server: McpServer.of(podsWith(options), { tools: ['find'] }), ...props });
/** An agent behind a gateway, by a route that may have CORS. */
const behind = (props: Partial<InferenceGatewayProps>, options: object, cors?: RouteCors): Build => (mesh) => {
  const gateway = new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' }, ...props });
  gateway.addRoute('frontend', { target: new Agent(mesh, 'frontend', { versions: { v1: podsWith(options) } }), cors });
};

/** A route of the first mesh and one of a second, for the same requests of one Gateway. */
const twice = (one: Existing, other: Existing): Build => (mesh, chart) => {
  routed(one)(mesh, chart);
  const second = new AgentMesh(chart, 'second', { namespace: 'second', mesh: MeshProvider.istioAmbient(), gateway: GatewayProvider.istio() });
  theirs(second, other).addRoute('other', { target: new Agent(second, 'other', { versions: { v1: deploy() } }).version(), pathPrefix: '/api' });
};

/** The app has the Gateway too. */
const withGateway = (listeners: object[], props: Existing): Build => (mesh, chart) => {
  routed(props)(mesh, chart);
  new ApiObject(new Chart(chart, 'platform'), 'gateway', {
    apiVersion: 'gateway.networking.k8s.io/v1', kind: 'Gateway', metadata: { name: 'corp', namespace: 'ingress' }, spec: { gatewayClassName: 'istio', listeners },
  } as never);
};
const open = { allowedRoutes: { namespaces: { from: 'All' } } };
const attached = (listener: object, labels?: object): Build => (mesh, chart) => {
  withGateway([{ name: 'https', port: 443, protocol: 'HTTPS', ...listener }], {})(mesh, chart);
  if (labels) new ApiObject(new Chart(chart, 'labelled'), 'namespace', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'crm', labels } } as never);
};
const unattached = (rest: string) => `app/mesh/corp: the routes of namespace voice for desk.example.com attach to no listener of Gateway ingress/corp in this app; got ["https ${rest}"]`;
const selecting = (selector: object) => ({ allowedRoutes: { namespaces: { from: 'Selector', selector } } });
const listeners = [{ name: 'http', port: 80, protocol: 'HTTP' }, { name: 'https', port: 8443, protocol: 'HTTPS' }];
const absent = (rest: string) => new RegExp(`app/mesh/corp: Gateway ingress/corp in this app has no listener to which the routes of this mesh can attach; got .*${rest}.*\\[AM112\\]`);

const refused: Readonly<Record<string, Refused[]>> = {
  'listeners of a Gateway of the team': [
    ['a name that is none', routed({ listener: 'HTTPS' }), '`listener` is not a valid listener name; got "HTTPS"'],
    ['an empty name', routed({ listener: '' }), '`listener` is not a valid listener name; got ""'],
    ['no port', routed({ listenerPort: 0 }), '`listenerPort` is not a valid port; got 0'],
    ['a port beyond the last', routed({ listenerPort: 65_536 }), '`listenerPort` is not a valid port; got 65536'],
    ['one that the app\'s Gateway has at another port', withGateway(listeners, {}), absent('{"port":443}; allowed: http \\(port 80\\), https \\(port 8443\\)')],
    ['one of two facts that are not one listener\'s', withGateway(listeners, { listener: 'https', listenerPort: 80 }), absent('{"name":"https","port":80}')],
    ['a name that the app\'s Gateway has not', withGateway(listeners, { listener: 'tls' }), absent('{"name":"tls"}')],
    ['one that takes routes of its own namespace, which is the default', attached({}), unattached('accepts only routes of namespace ingress (allowedRoutes: Same)')],
    ['one that takes none', attached({ allowedRoutes: { namespaces: { from: 'None' } } }), unattached('accepts no routes (allowedRoutes: None)')],
    ['one that takes those of another namespace', attached(selecting({ matchLabels: { 'kubernetes.io/metadata.name': 'crm' } })), unattached('accepts only routes of namespaces with other labels')],
    ['one that takes those of namespaces with a label', attached(selecting({ matchLabels: { team: 'a' } })), unattached('accepts only routes of namespaces with other labels')],
    ['one of another host', attached({ hostname: 'other.example.com', ...open }), unattached('accepts only the host other.example.com')],
    ['one that passes TLS through', attached({ protocol: 'TLS', tls: { mode: 'Passthrough' }, ...open }), unattached('has protocol TLS (Passthrough), so it does not route HTTP requests')],
    ['one that reads no requests', attached({ protocol: 'TCP', ...open }), unattached('has protocol TCP, so it does not route HTTP requests')],
    ['one of another kind of routes', attached({ allowedRoutes: { kinds: [{ kind: 'GRPCRoute' }], namespaces: { from: 'All' } } }), unattached('accepts only GRPCRoute')],
    ['a Gateway of the app without listeners', withGateway([], {}), absent('allowed: a Gateway with listeners')],
  ],
  'two routes for the same requests, of two meshes': [
    ['at one listener', twice({ listener: 'inside' }, { listener: 'inside', listenerPort: 443 }), /some requests match both.*\[AM208\]/],
    ['at one port', twice({}, { listenerPort: 443 }), /some requests match both.*\[AM208\]/],
    ['at what may be one listener', twice({ listener: 'inside' }, {}), /some requests match both.*\[AM208\]/],
  ],
  'infrastructure of a gateway': [
    ['an annotation with a key that is none', annotated({ 'a b': 'x' }), 'an annotation is not valid on a Gateway; got {"a b":"x"}'],
    ['an annotation that is too long', annotated({ a: 'x'.repeat(4097) }), /an annotation is not valid on a Gateway; got .*at most 4096 characters/],
    ['an annotation that takes the pods out of the mesh', annotated({ 'linkerd.io/inject': 'disabled' }), '`infrastructureAnnotations` has an annotation that Istio or Linkerd interprets, which could change how the gateway is enrolled or configured; got "linkerd.io/inject"'],
    ['an annotation of Istio\'s sidecars', annotated({ 'traffic.sidecar.istio.io/excludeInboundPorts': '443' }), '`infrastructureAnnotations` has an annotation that Istio or Linkerd interprets, which could change how the gateway is enrolled or configured; got "traffic.sidecar.istio.io/excludeInboundPorts"'],
    ['the settings of the proxy', annotated({ 'proxy.istio.io/config': '{}' }), '`infrastructureAnnotations` has an annotation that Istio or Linkerd interprets, which could change how the gateway is enrolled or configured; got "proxy.istio.io/config"; allowed: annotations of load balancers and other tools; remove the annotation; set `trustedProxies` to state the proxies in front of the gateway'],
    ['an annotation that istiod drops', annotated({ 'gateway.networking.k8s.io/x': 'y' }), '`infrastructureAnnotations` has an annotation with a prefix of the Gateway API, and gateway controllers ignore such annotations; got "gateway.networking.k8s.io/x"'],
    ['too many annotations', annotated(Object.fromEntries(Array.from({ length: 16 }, (_, i) => [`a${i}`, 'x']))), /`infrastructureAnnotations` has too many annotations; got .*allowed: at most 15, in addition to those that the library sets/],
    ['a class that is none', own({ loadBalancerClass: 'a b' }), '`loadBalancerClass` is not valid in Kubernetes; got "a b"'],
    ['a class of a Service without a load balancer', own({ loadBalancerClass: 'a', serviceType: GatewayServiceType.CLUSTER_IP }), '`loadBalancerClass` has no effect on a Service of this type; got "ClusterIP"'],
    ['no trusted proxy', own({ trustedProxies: 0 }), '`trustedProxies` is out of range; got 0; allowed: whole numbers from 1 to 16'],
    ['half a trusted proxy', own({ trustedProxies: 1.5 }), '`trustedProxies` is out of range; got 1.5'],
  ],
  'where TLS ends': [
    ['nowhere', own({ tls: undefined }), 'the gateway has no TLS certificate; got nothing; allowed: `tls` with the name of a Secret; set `tls`; or set `tlsTermination` to LOAD_BALANCER if a load balancer in front of the gateway terminates TLS'],
    ['nowhere, though at the gateway', own({ tls: undefined, tlsTermination: TlsTermination.GATEWAY }), 'the gateway has no TLS certificate; got nothing'],
    ['at two places', own({ tlsTermination: TlsTermination.LOAD_BALANCER }), '`tls` of the gateway has no effect, because `tlsTermination` states that a load balancer terminates TLS; got {"secretName":"tls"}'],
  ],
  'headers and paths of a route': [
    ['a header with a name that is none', matching({ headers: { 'a b': 'c' } }), 'a header of the route has a name that cannot be matched; got "a b"'],
    ['the host', matching({ headers: { Host: 'a' } }), 'a header of the route has a name that cannot be matched; got "Host"'],
    ['a header without a value', matching({ headers: { 'x-a': '' } }), 'a header of the route has a value that HTTP does not allow; got ""'],
    ['a header twice', matching({ headers: { 'x-a': '1', 'X-A': '1' } }), 'the route matches a header twice; got ["x-a","x-a"]'],
    ['the header of the canary', splitBy({ headers: { 'X-Canary': 'false' } }), 'the route matches a header twice; got ["x-canary","x-canary"]'],
    ['too many headers', matching({ headers: Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`x-${i}`, 'y'])) }), 'the route matches too many headers; got 17; allowed: at most 16, the header of the canary included'],
    ['too many with that of a canary', splitBy({ headers: Object.fromEntries(Array.from({ length: 16 }, (_, i) => [`x-${i}`, 'y'])) }), 'the route matches too many headers; got 17'],
    ['a replacement of no prefix', matching({ replacePrefixMatch: '/v1' }), '`replacePrefixMatch` has no prefix to replace; got "/v1"'],
    ['a replacement that is no path', matching({ pathPrefix: '/v1', replacePrefixMatch: 'v2' }), '`replacePrefixMatch` is not a plain path; got "v2"'],
    ['a replacement of the root', matching({ pathPrefix: '/', replacePrefixMatch: '/v2' }), 'with `pathPrefix` "/", Envoy joins `replacePrefixMatch` and the rest of the path without a "/" between them, so the target would receive a wrong path; got {"pathPrefix":"/","replacePrefixMatch":"/v2"}'],
  ],
  'networks that a gateway refuses': [
    ['one with bits beyond its prefix', denied('10.0.0.1/8'), 'an entry of `deniedCidrs` is not a CIDR; got "10.0.0.1/8"; allowed: CIDRs such as "10.0.0.0/24", without host bits and without IPv4-mapped IPv6 addresses; write it as "10.0.0.0/8"'],
    ['what is no network', denied('pods'), 'an entry of `deniedCidrs` is not a CIDR; got "pods"; allowed: CIDRs such as "10.0.0.0/24", without host bits and without IPv4-mapped IPv6 addresses; correct `deniedCidrs`'],
    ['everybody by IPv4', denied('0.0.0.0/0'), '`deniedCidrs` would deny all IPv4 clients or all IPv6 clients; got "0.0.0.0/0"; allowed: networks of the cluster; list the networks of the pods and nodes of the cluster'],
    ['everybody by IPv6', denied('::/0'), '`deniedCidrs` would deny all IPv4 clients or all IPv6 clients; got "::/0"'],
  ],
  'tokens of clients': [
    ['a gateway that evaluates no policies', own({ jwt: JWT }), ['AM002', 'a token requirement (`jwt`) is not supported by GatewayProvider.istioAgentgateway: agentgateway gateways that istiod deploys evaluate no RequestAuthentication and no AuthorizationPolicy'], AGENTGATEWAY],
    ['keys that nobody names', own({ jwt: { issuer: JWT.issuer } }), '`jwksUri` or `jwks` of `jwt` does not state usable keys of the issuer; got []'],
    ['every path without a token', own({ jwt: { ...JWT, exemptPaths: ['/*'] } }), 'an entry of `exemptPaths` is not a plain path; got "/*"'],
    ['a pattern', own({ jwt: { ...JWT, exemptPaths: ['/docs*'] } }), 'an entry of `exemptPaths` is not a plain path; got "/docs*"'],
    ['a pattern in the middle', own({ jwt: { ...JWT, exemptPaths: ['/*/card'] } }), 'an entry of `exemptPaths` is not a plain path; got "/*/card"'],
    ['a template', own({ jwt: { ...JWT, exemptPaths: ['/{*}/card'] } }), 'an entry of `exemptPaths` is not a plain path; got "/{*}/card"'],
    ['a path that proxies rewrite', own({ jwt: { ...JWT, exemptPaths: ['/a/../b/*'] } }), 'an entry of `exemptPaths` is not a plain path; got "/a/../b/*"'],
    ['a path with a query', own({ jwt: { ...JWT, exemptPaths: ['/card?x'] } }), 'an entry of `exemptPaths` is not a plain path; got "/card?x"'],
    ['too many paths', own({ jwt: { ...JWT, exemptPaths: Array.from({ length: 65 }, (_, i) => `/p${i}`) } }), '`exemptPaths` has too many entries; got 65; allowed: at most 64'],
    ['exemptions from nothing', own({ jwt: { ...JWT, required: false, exemptPaths: ['/card'] } }), '`exemptPaths` of `jwt` has no effect, because `required` is false and so no path needs a token; got ["/card"]'],
    ['exemptions of an agent from nothing', agentWith({ jwt: { ...JWT, required: false, exemptPaths: ['/card'] } }), '`exemptPaths` of `jwt` has no effect, because `required` is false and so no path needs a token; got ["/card"]'],
    ['exemptions where nobody verifies tokens', agentWith({ jwt: { ...JWT, exemptPaths: ['/card'] } }), ['AM002', 'a token requirement (`jwt`) is not supported by MeshProvider.linkerd'], { mesh: MeshProvider.linkerd() }],
    ['exemptions of a boundary', boundaryWith({ jwt: { ...JWT, exemptPaths: ['/card'] } }), '`exemptPaths` of `jwt` has no effect on a boundary, which accepts requests only at its MCP endpoint; got ["/card"]'],
    ['exemptions of the pods of a boundary', boundaryWith({}, { jwt: { ...JWT, exemptPaths: ['/card'] } }), '`exemptPaths` of `jwt` has no effect on a boundary, which accepts requests only at its MCP endpoint'],
    ['a header with other spellings', own({ jwt: { ...JWT, claimHeaders: { x_user: 'sub' } } }), 'a key of `claimHeaders` cannot be the name of a header for a claim; got "x_user"'],
    ['a header in upper case', own({ jwt: { ...JWT, claimHeaders: { 'X-User': 'sub' } } }), 'a key of `claimHeaders` cannot be the name of a header for a claim; got "X-User"'],
    ['a header that only gateways and pickers set', own({ jwt: { ...JWT, claimHeaders: { 'x-gateway-destination-endpoint-subset': 'tier' } } }), 'a key of `claimHeaders` cannot be the name of a header for a claim; got "x-gateway-destination-endpoint-subset"'],
    ['a header with too many spellings', own({ jwt: { ...JWT, claimHeaders: { 'a-b-c-d-e-f-g': 'sub' } } }), 'a key of `claimHeaders` cannot be the name of a header for a claim; got "a-b-c-d-e-f-g"'],
    ['a header that proxies use', own({ jwt: { ...JWT, claimHeaders: { 'x-forwarded-for': 'sub' } } }), 'a key of `claimHeaders` cannot be the name of a header for a claim; got "x-forwarded-for"'],
    ['a claim without a name', own({ jwt: { ...JWT, claimHeaders: { 'x-user': '' } } }), 'a value of `claimHeaders` is not a valid name of a claim; got ""'],
    ['too many headers', own({ jwt: { ...JWT, claimHeaders: Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`x-${i}`, 'sub'])) } }), '`claimHeaders` has too many headers; got 17; allowed: at most 16'],
    ['a target that needs the token that the gateway strips', behind({ jwt: JWT }, { jwt: JWT }), ['AM226', 'agent frontend would deny every request of the route frontend: gateway gw strips the tokens that it verifies']],
    ['a target that needs another token', behind({ jwt: { ...JWT, forwardToken: true } }, { jwt: { ...JWT, issuer: 'https://other.example.com', required: false } }), ['AM226', 'agent frontend would deny every request of the route frontend: gateway gw accepts tokens from another issuer']],
  ],
  'callers of a route': [
    ['a gateway that verifies no tokens', matching({ callers: [alice] }), 'the route has `callers`, but gateway gw does not verify tokens; got "gateway gw without `jwt`"; allowed: a gateway with `jwt`; set `jwt` on the gateway, with the issuer of the tokens'],
    ['an existing Gateway', (mesh) => { theirs(mesh).addRoute('frontend', { target: new Agent(mesh, 'frontend', { versions: { v1: deploy() } }), callers: [alice] }); }, 'the route has `callers`, but gateway corp does not verify tokens'],
    ['a gateway that evaluates no policies', matching({ callers: [alice] }), ['AM002', 'app/mesh/gw/r: a route for the callers with some tokens (`callers`) is not supported by GatewayProvider.istioAgentgateway'], AGENTGATEWAY],
    ['nobody', usedBy([]), '`callers` of the route is empty or has too many entries; got 0; allowed: 1 to 32 TokenCallers'],
    ['too many', usedBy(Array.from({ length: 33 }, (_, i) => TokenCaller.of({ subject: `user-${i}` }))), '`callers` of the route is empty or has too many entries; got 33'],
    ['a client with an identity', usedBy([TokenCaller.of({ subject: 'alice', caller: Identity.of({ namespace: 'ops', serviceAccount: 'planner' }) })]), '`caller` of a TokenCaller has no effect at a gateway, because its clients have no mesh identity'],
    ['a pattern', usedBy([TokenCaller.of({ subject: 'ali*' })]), '`subject` or `claims` of a TokenCaller has characters that a policy cannot match; got "ali*"'],
    ['a token that anybody has', usedBy([TokenCaller.of({})]), 'a TokenCaller has neither `subject` nor `claims`'],
    ['another route for the same path that every client may use', (mesh) => {
      const gateway = new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' }, jwt: JWT });
      const frontend = new Agent(mesh, 'frontend', { versions: { v1: podsWith({}) } });
      gateway.addRoute('frontend', { target: frontend, callers: [alice] });
      gateway.addRoute('north', { target: frontend, headers: { 'x-desk': 'north' } });
    }, ['AM232', 'routes frontend and north of gateway gw may handle the same paths, by headers, but allow different callers']],
  ],
  'CORS': [
    ['a gateway that may forward preflights', behind({}, {}, { allowedOrigins: [DESK] }), ['AM002', 'CORS (`cors`) is not supported by GatewayProvider.istioAgentgateway'], AGENTGATEWAY],
    ['a route for the same path that a preflight could reach without a token', (mesh) => {
      const gateway = new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' }, jwt: JWT });
      const frontend = new Agent(mesh, 'frontend', { versions: { v1: podsWith({}) } });
      gateway.addRoute('frontend', { target: frontend, cors: { allowedOrigins: [DESK] } });
      gateway.addRoute('north', { target: frontend, headers: { 'x-desk': 'north' } });
    }, ['AM227', 'app/mesh/gw/frontend: CORS preflights for route frontend carry no token, and could reach the target of route north, which has the same path']],
    ['no origin', behind({}, {}, { allowedOrigins: [] }), '`allowedOrigins` of `cors` is empty, too long, or has an entry that is not an origin; got 0'],
    ['too many origins', behind({}, {}, { allowedOrigins: Array.from({ length: 65 }, (_, i) => `https://p${i}.example.com`) }), '`allowedOrigins` of `cors` is empty, too long, or has an entry that is not an origin; got 65'],
    ['every origin and one', behind({}, {}, { allowedOrigins: ['*', DESK] }), '`allowedOrigins` of `cors` is empty, too long, or has an entry that is not an origin; got "*"'],
    ['a pattern', behind({}, {}, { allowedOrigins: ['https://*.example.com'] }), '`allowedOrigins` of `cors` is empty, too long, or has an entry that is not an origin; got "https://*.example.com"'],
    ['an origin with a path', behind({}, {}, { allowedOrigins: [`${DESK}/`] }), '`allowedOrigins` of `cors` is empty, too long, or has an entry that is not an origin; got "https://desk.example.com/"'],
    ['credentials of every page', behind({}, {}, { allowedOrigins: ['*'], allowCredentials: true }), '`allowedOrigins` "*" with `allowCredentials` would let web pages of every origin send credentials and read the responses'],
    ['no methods', behind({}, {}, { allowedOrigins: [DESK], allowedMethods: [] }), '`allowedMethods` of `cors` is empty or has an entry that is not an HTTP method; got []'],
    ['every method', behind({}, {}, { allowedOrigins: [DESK], allowedMethods: ['*'] }), '`allowedMethods` of `cors` is empty or has an entry that is not an HTTP method; got "*"'],
    ['every header', behind({}, {}, { allowedOrigins: [DESK], allowedHeaders: ['*x y'] }), '`allowedHeaders` or `exposedHeaders` of `cors` is too long or has an entry that is not a header name; got "*x y"'],
    ['every header of responses', behind({}, {}, { allowedOrigins: [DESK], exposedHeaders: ['*'] }), '`allowedHeaders` or `exposedHeaders` of `cors` is too long or has an entry that is not a header name; got "*"'],
    ['no time', behind({}, {}, { allowedOrigins: [DESK], maxAgeSeconds: 0 }), '`maxAgeSeconds`'],
  ],
};

testRefused(refused);

test('each program reports one problem', () => {
  expect(saidMoreThanOnce(refused)).toEqual({});
});
