import { ConstructName } from './emitted-objects';

/** The roles of the objects below a construct, by id. What differs between programs is in angle brackets. */
type Roles = Readonly<Record<string, string>>;

/** The roles of pods and of what authorizes them. */
const WORKLOAD: Roles = {
  'workload-policy': 'who may connect to the pods. On Linkerd the Server of the first port',
  'workload-policy-<port>': 'the same for each further port',
  'callers-<port>': 'the callers of a port',
  'authorization-<port>': 'lets these callers connect to the port',
  'service-account': 'identity of the pods that are deployed here',
  'deployment': 'the pods that are deployed here',
  'service': 'Service that is created here',
  'traffic': 'load balancing: `circuitBreaker`, `keepsSessions`',
  'request-policy': 'who may send which requests, where a waypoint or an MCP proxy reads them',
  'jwt': 'token verification: `jwt`',
  'external-authorizer': '`externalAuthorizer`',
  'rate-limit': '`rateLimit`',
  'outbound': 'what the pods may call outside the cluster: `egress`',
  'egress': 'what the sidecars of the pods know',
};

/** Every role that a construct may emit. A new one is listed here first; docs/reference/objects.md is written from this. */
export const ROLES: Readonly<Record<ConstructName, Roles>> = {
  AgentMesh: {
    'Namespaces/<namespace>/namespace': 'the Namespace, if it is created here',
    'Namespaces/<namespace>/mtls': 'mutual TLS',
    'Namespaces/<namespace>/deny-all': 'default deny',
    'Namespaces/<namespace>/telemetry': 'access logs and metrics',
    'Namespaces/<namespace>/egress': 'default deny of calls outside the mesh',
    'Namespaces/<namespace>/proxy-admin': '`metrics`: the admin port of the proxies',
    'Namespaces/<namespace>/proxy-metrics': '`metrics`: the metrics of the proxies',
    'Namespaces/<namespace>/scraper': '`metrics`: the scraper',
    'Namespaces/<namespace>/scraping': '`metrics`: lets the scraper read them',
    'Namespaces/<namespace>/proxy-probes': '`metrics`: the probes of the proxies',
    'Namespaces/<namespace>/kubelets': '`metrics`: the networks of the kubelets',
    'Namespaces/<namespace>/probing': '`metrics`: lets the kubelets probe',
    'ExternalHosts/<namespace>_<host>/host': 'external host that workloads name in `egress`',
    'ExternalHosts/<namespace>_<host>/callers': 'the workloads that may call it',
  },
  Agent: { ...WORKLOAD },
  InferenceGateway: {
    'gateway': 'the Gateway',
    'hosts': 'allows requests for its hosts',
    'secret-grant': 'lets the Gateway read a Secret in another namespace: `tls.secretNamespace`',
    'network': 'who may connect: `deniedCidrs`',
    'inner-<namespace>/gateway': 'the Gateway in front of the pools of a namespace',
    'inner-<namespace>/parameters': 'settings of its pods',
    'inner-<namespace>/edge-policy': 'lets only the edge gateway connect',
    'inner-<namespace>/hosts': 'allows requests for the hosts',
    'inner-<namespace>/network': 'lets only the mesh connect',
    'inner-<namespace>/tls': 'mutual TLS from the edge gateway',
  },
  InferencePool: {
    'pool': 'the InferencePool, if it is created here',
    'route': 'from the inner gateway to the pool',
    'servers/workload-policy': 'the pods of the pool alone, as in an `Agent`',
    'servers/service-account': 'their identity, if they are deployed here',
    'servers/deployment': 'the pods that are deployed here',
    'servers/outbound': 'their `egress`',
    'servers/egress': 'what their sidecars know',
    'picker/workload-policy': 'lets the inner gateway call the picker',
    'picker/service-account': 'identity of the endpoint picker, if it is deployed here',
    'picker/role': 'its rights in the Kubernetes API',
    'picker/role-binding': 'gives it these rights',
    'picker/config': 'its scorers and weights',
    'picker/deployment': 'its pods',
    'picker/service': 'its Service',
    'picker/tls': 'TLS of the inner gateway to the picker',
    'picker/metrics': 'Service by which the picker reads the metrics of the pods',
    'picker/egress': 'what the sidecars of the picker know',
    'picker-egress/outbound': '`egress` of an existing picker',
  },
  CanaryRoute: {
    'route': 'the HTTPRoute',
    'rest': 'requests that the annotations of the first route must not apply to',
    'grant-<namespace>': 'lets the route use a target in another namespace',
    'service': 'inside the mesh: the Service that is split',
    'traffic': 'inside the mesh: its load balancing',
    'request-policy': 'inside the mesh: who may send requests to it, at a waypoint',
    'jwt': 'inside the mesh: its token verification',
    'external-authorizer': 'inside the mesh: its external authorizer',
  },
  InferenceRoute: { route: 'the HTTPRoute' },
  McpToolBoundary: {
    ...WORKLOAD,
    'workload-policy-sidecars': 'while a namespace moves to ambient: the callers that sidecars see',
    'request-policy-<port>': 'the requests that may reach a port; one for each tool, prompt and resource if the server enforces mirrored headers',
    'request-policy-<port>-<item>': 'the requests of one item',
    'callers-<port>-<item>': 'its callers',
    'authorization-<port>-<item>': 'lets these callers send them',
    'probes-<port>': 'lets the kubelets send HTTP probes',
    'kubelets-<port>': 'the networks of the kubelets',
    'probing-<port>': 'lets them probe',
    'credentials-policy': 'denies requests with an `Authorization` header, unless a token is verified',
    'pod-credentials-policy': 'while a namespace moves to ambient: the same at the pods',
    'origins': '`allowedOrigins`',
    'host': 'an external server, as the mesh knows it',
    'tls': 'TLS of the waypoint to an external server',
    'mcp-proxy': 'the MCP proxy',
    'parameters': 'settings of its pods',
    'backend': 'the servers, as the MCP proxy calls them',
    'route': 'from the MCP proxy to the servers',
    'callers': 'who may call the MCP proxy',
    'proxy-jwt': 'its token verification: `jwt` of the boundary',
    'proxy-rate-limit': 'its rate limit: `rateLimit` of the boundary',
    'keys': 'where the public keys of `jwt` are fetched',
    'passthrough': 'forwards tokens: `unsafePassTokens`',
    'upstream-credentials-<server>': '`credentials` of a server',
    'proxy/workload-policy': 'who may connect to the pods of the MCP proxy',
    'proxy/callers-<port>': 'these callers',
    'proxy/authorization-<port>': 'lets them connect',
    'external-<port>/host': 'external servers that the MCP proxy may call',
  },
  Waypoint: { 'gateway': 'the Gateway', 'deny-all': 'default deny at the waypoint' },
  MeshEgress: { host: 'the hosts, for the workloads of the namespace' },
  ClusterLink: { link: 'the link' },
  McpAccessPolicy: { 'access-policy': 'the grants of a boundary' },
};

/** What `ApiObject.of(construct)` returns, on every provider; nothing for a construct that emits several of equal rank. */
export const MAIN: Readonly<Record<ConstructName, readonly string[]>> = {
  AgentMesh: [], Agent: ['workload-policy'], InferenceGateway: ['gateway'], InferencePool: ['pool'], CanaryRoute: ['route'], InferenceRoute: ['route'],
  McpToolBoundary: ['workload-policy', 'request-policy'], Waypoint: ['gateway'], MeshEgress: ['host'], ClusterLink: ['link'], McpAccessPolicy: ['access-policy'],
};

/** Scopes between a construct and its objects that say which workload they are of: a version, one of several servers. */
const PARTS: Partial<Record<ConstructName, RegExp>> = { Agent: /^v\d\//, McpToolBoundary: /^server-[^/]+\// };

/** Returns the role of an object by its place below its construct; nothing if the table has none. */
export function roleOf(construct: ConstructName, path: string): string | undefined {
  const own = path.replace(PARTS[construct] ?? /(?!)/, '');
  return Object.keys(ROLES[construct]).find((role) => new RegExp(`^${role.replace(/<port>/g, '\\d+').replace(/<[^>]+>/g, '[^/]+?')}$`).test(own));
}
