import { App, Chart, Testing } from 'cdk8s';
import {
  Agent, AgentMesh, AmbientMigration, CanaryRoute, Cluster, ClusterLink, EndpointPicker, ExternalHost, FailureMode, GatewayApiChannel,
  GatewayProvider, GuardrailPhase, Identity, InferenceGateway, InferencePool, InferenceRoute, IstioRelease, LinkerdRelease, McpAccessPolicy,
  McpIdentityProvider, McpPrefix, McpProvider, McpServer, McpSessionRouting, McpToolBoundary, McpTransport, MediaPort, MeshEgress, MeshProvider,
  MigrationStage, ModelServer, Port, TokenCaller, Waypoint, Workload,
} from '../../src';
import { deploy, existing, existingPicker, JWKS } from '../story';

/** A program in which everything that can be passed is there to be passed. Parts are made when a call needs them. */
export class World {
  public readonly app: App = Testing.app();
  public readonly chart = new Chart(this.app, 'app', { namespace: 'voice' });
  public readonly mesh = new AgentMesh(this.chart, 'mesh', { mesh: MeshProvider.istioAmbient(), mcp: McpProvider.agentgateway() });
  private readonly made = new Map<string, unknown>();

  public get agent(): Agent {
    return this.once('agent', () => new Agent(this.mesh, 'agent', { versions: { v1: deploy(), v2: deploy() } }));
  }

  public get caller(): Agent {
    return this.once('caller', () => new Agent(this.mesh, 'caller', { workload: deploy([]) }));
  }

  public get gateway(): InferenceGateway {
    return this.once('gateway', () => new InferenceGateway(this.mesh, 'gateway', { hostnames: ['a.example.com'], tls: { secretName: 'tls' } }));
  }

  public get boundary(): McpToolBoundary {
    return this.once('boundary', () => new McpToolBoundary(this.mesh, 'crm', { server: McpServer.of(deploy([8080]), { tools: ['find'], prompts: ['hello'], resources: ['a:b'] }), jwt: { issuer: 'https://issuer.example.com', jwks: JWKS } }));
  }

  public get waypoint(): Waypoint {
    return this.once('waypoint', () => new Waypoint(this.mesh, 'waypoint'));
  }

  private once<T>(name: string, make: () => T): T {
    if (!this.made.has(name)) this.made.set(name, make());
    return this.made.get(name) as T;
  }
}

const member = ({ mesh }: World) => ({ mesh });
const host = () => ExternalHost.https('api.example.com');
const egress = () => ({ hosts: [host()], namespaces: ['data'], kubernetesApiCidrs: ['10.0.0.1/32'] });
const jwt = () => ({ issuer: 'https://issuer.example.com', audiences: ['crm'], jwksUri: 'https://issuer.example.com/keys', jwks: JWKS, required: true });
const secret = () => ({ secretName: 'secret', key: 'token' });
const rate = () => ({ requestsPerSecond: 100, requestsPerSecondOfCaller: 10 });
const authorizer = () => ({ provider: 'opa', serviceName: 'opa', serviceNamespace: 'auth' });
const common = () => ({
  ports: [Port.http(8000)], mediaPorts: [MediaPort.udp(40000)], healthPath: '/healthz', jwt: jwt(), externalAuthorizer: authorizer(),
  egress: egress(), rateLimit: rate(),
});
const route = () => ({ name: 'route', pathPrefix: '/v1', requestTimeoutSeconds: 30, retries: { attempts: 2, codes: [503] } });
const canary = ({ agent }: World) => ({ ...route(), stable: agent.version('v1'), canary: agent.version('v2'), canaryPercent: 5, header: 'x-canary', headerValue: 'true' });
const pool = () => ({ workload: deploy(), targetPorts: [8000], metricsPort: 8000, picker: EndpointPicker.deploy(), failureMode: FailureMode.FAIL_OPEN, innerPort: 20001, name: 'pool' });
const server = () => ({ tools: ['find'], prompts: ['hello'], resources: ['a:b'], transport: McpTransport.STREAMABLE_HTTP, path: '/mcp', credentials: secret(), messagesPath: '/messages', enforcesMirroredHeaders: true, keepsSessions: true });

/** A value of each struct, with every prop. Props that exclude each other stand side by side: the guard reads them before any check of their meaning. */
export const VALID: Readonly<Record<string, (world: World) => object>> = {
  AgentMeshProps: ({ caller }) => ({
    mesh: MeshProvider.istioAmbient(), gateway: GatewayProvider.istio(), mcp: McpProvider.agentgateway(), cluster: Cluster.of(), namespace: 'far', existingNamespaces: ['there'],
    trustedDomains: ['friend.example'], metrics: { scraper: caller },
  }),
  AgentProps: (world) => ({
    ...member(world), workload: deploy(), versions: { v1: deploy() }, name: 'planner', namespace: 'voice', service: true, servicePort: 80, waypoint: world.waypoint,
    circuitBreaker: { consecutiveFailures: 7, pauseSeconds: 10 }, federated: false,
  }),
  AgentgatewayOptions: () => ({ gatewayClassName: 'agentgateway' }),
  AmbientMigrationOptions: () => ({ namespaces: ['voice'], outdir: 'dist', sidecarRevision: 'rev' }),
  Call: ({ boundary, caller }) => ({
    callee: boundary, caller, port: 8080, path: '/mcp', method: 'POST', origin: 'https://desk.example.com', tool: 'find', tokenIssuer: 'https://issuer.example.com', tokenSubject: 'alice',
    headers: { 'x-canary': 'true' }, host: 'crm.voice', tokenClaims: { tier: 'gold' },
  }),
  CanaryRouteOptions: canary,
  CanaryRouteProps: (world) => ({ ...member(world), ...canary(world), gateway: world.gateway, agent: world.agent }),
  CircuitBreaker: () => ({ consecutiveFailures: 7, pauseSeconds: 10 }),
  ClusterLinkProps: (world) => ({ ...member(world), clusterName: 'west', clusterDomain: 'cluster.local', credentialsSecretName: 'credentials', namespace: 'linkerd-multicluster' }),
  ClusterOptions: () => ({
    name: 'east', istioRelease: IstioRelease.V1_31, linkerdRelease: LinkerdRelease.V2_20, gatewayApiChannel: GatewayApiChannel.STANDARD, trustDomain: 'td.example', kubeletCidrs: ['10.0.0.0/8'],
  }),
  DeployWorkloadOptions: () => ({
    ...common(), image: 'registry.example.com/any:1.0.0', existingServiceAccount: 'account', replicas: 2, command: ['run'], args: ['--port=8000'], env: { LOG: 'debug' }, secretEnv: { KEY: secret() },
    podLabels: { team: 'a' }, writablePaths: ['/tmp'], userId: 65532, mountToken: false, startupSeconds: 600, cpuMillis: 250, memoryMebibytes: 512,
  }),
  DeployPickerOptions: () => ({
    image: 'registry.example.com/picker:1.0.0', replicas: 1, modelServer: ModelServer.VLLM, prefixCacheWeight: 3, kvCacheWeight: 2, queueDepthWeight: 2, cpuMillis: 1000, memoryMebibytes: 2048,
  }),
  ExistingGatewayProps: (world) => ({ ...member(world), gatewayName: 'edge', namespace: 'edge', hostnames: ['b.example.com'], listener: 'https', listenerPort: 443, serviceAccount: 'edge-istio' }),
  ExistingPickerOptions: () => ({ selfSignedTls: true }),
  ExistingPoolProps: (world) => ({
    ...member(world), poolName: 'pool', workload: existing('vllm'), targetPorts: [8000], metricsPort: 8000, picker: existingPicker(), innerPort: 20001, gateway: world.gateway,
  }),
  ExistingService: () => ({ name: 'service', port: 80, targetPort: 8000, headless: false, labels: { team: 'a' } }),
  ExistingWaypointProps: (world) => ({ ...member(world), gatewayName: 'their-waypoint', namespace: 'voice', deniesByDefault: true, serviceAccount: 'their-waypoint' }),
  ExistingWorkloadOptions: () => ({
    ...common(), labels: { app: 'a' }, serviceAccount: 'account', namespace: 'voice', service: { name: 'service', port: 80, targetPort: 8000, headless: false, labels: { team: 'a' } },
  }),
  ExternalAuthorizer: authorizer,
  ExternalHostOptions: () => ({ port: 443 }),
  ExternalMcpServerOptions: () => ({ ...server(), host: host() }),
  IdentityOptions: () => ({ namespace: 'n', serviceAccount: 's', trustDomain: 'td.example' }),
  InferenceGatewayProps: (world) => ({
    ...member(world), hostnames: ['b.example.com'], tls: { secretName: 'tls', secretNamespace: 'certificates', clientCaConfigMapName: 'ca' }, name: 'edge', namespace: 'edge',
    infrastructureLabels: { team: 'a' }, deniedCidrs: ['10.0.0.0/8'],
  }),
  InferencePoolOptions: pool,
  InferencePoolProps: (world) => ({ ...member(world), ...pool(), gateway: world.gateway }),
  InferenceRouteOptions: ({ agent }) => ({ ...route(), target: agent.version('v1') }),
  InferenceRouteProps: (world) => ({ ...member(world), ...route(), target: world.agent.version('v1'), gateway: world.gateway }),
  IstioAmbientOptions: () => ({ migration: { voice: MigrationStage.SIDECAR }, sidecarRevision: 'rev' }),
  IstioGatewayOptions: () => ({ gatewayClassName: 'istio' }),
  IstioSidecarOptions: () => ({ revision: 'rev' }),
  JwtRequirement: jwt,
  LinkerdOptions: () => ({ controlPlaneNamespace: 'linkerd' }),
  McpAccessPolicyProps: (world) => ({ ...member(world), boundary: world.boundary, backendName: 'crm', name: 'policy' }),
  McpGuardrail: ({ agent }) => ({ service: agent, methods: { 'tools/call': GuardrailPhase.REQUEST } }),
  McpOAuth: () => ({ resource: 'https://crm.example.com/mcp', scopes: ['crm'], identityProvider: McpIdentityProvider.KEYCLOAK, clientId: 'crm' }),
  McpServerOptions: server,
  McpToolBoundaryProps: (world) => ({
    ...member(world), server: McpServer.of(deploy([8080]), server()), servers: { other: McpServer.of(deploy([8081]), server()) }, name: 'tools', namespace: 'voice', servicePort: 8080,
    path: '/mcp', waypoint: world.waypoint, jwt: jwt(), rateLimit: rate(), allowedOrigins: ['https://desk.example.com'], unsafePassTokens: true,
    prefix: McpPrefix.ALWAYS, failureMode: FailureMode.FAIL_OPEN, sessionRouting: McpSessionRouting.STATEFUL, guardrails: [VALID.McpGuardrail(world)], oauth: VALID.McpOAuth(world),
  }),
  MeshEgressProps: (world) => ({ ...member(world), hosts: [host()], namespace: 'voice', name: 'egress' }),
  MeshMetrics: ({ caller }) => ({ scraper: caller }),
  RateLimit: rate,
  RouteRetries: () => ({ attempts: 2, codes: [503] }),
  SecretKeyReference: secret,
  TlsSecretReference: () => ({ secretName: 'tls', secretNamespace: 'certificates', clientCaConfigMapName: 'ca' }),
  TokenCallerOptions: ({ caller }) => ({ subject: 'alice', claims: { tier: 'gold' }, caller }),
  WaypointProps: (world) => ({ ...member(world), name: 'waypoint-2', namespace: 'voice' }),
  WorkloadEgress: egress,
};

/** The parameters that no struct gives, by the names that they have in the signatures; of one entry where its parameter means something else. */
export const ARGUMENTS: Readonly<Record<string, (world: World) => unknown>> = {
  'scope': ({ mesh }) => mesh, 'id': () => 'thing', 'version': () => 'v3', 'workload': () => deploy([9000]), 'callers': ({ caller }) => caller, 'reason': () => 'it is meant',
  'construct': ({ agent }) => agent, 'port': () => 40000, 'tools': () => ['find'], 'tool': () => 'find', 'prompts': () => ['hello'], 'uris': () => ['a:b'], 'namespace': () => 'voice', 'hostname': () => 'api.example.com', 'file': () => 'access.txt',
  'within': ({ mesh }) => mesh, 'program': () => ({ define: (chart: Chart, provider: MeshProvider) => void new AgentMesh(chart, 'mesh', { mesh: provider, namespace: 'voice' }) }),
  'new AgentMesh scope': ({ chart }) => chart, 'Agent#version version': () => 'v1', 'AgentMesh#acknowledge id': () => 'AM401',
};

const CLASSES: Readonly<Record<string, unknown>> = {
  Agent, AgentMesh, AmbientMigration, CanaryRoute, Cluster, ClusterLink, EndpointPicker, GatewayProvider, Identity, InferenceGateway, InferencePool, InferenceRoute, McpAccessPolicy, McpProvider,
  McpServer, McpToolBoundary, MediaPort, MeshEgress, MeshProvider, Port, TokenCaller, Waypoint, Workload, ExternalHost,
};

const RECEIVERS: Readonly<Record<string, (world: World) => object>> = {
  Agent: ({ agent }) => agent, AgentMesh: ({ mesh }) => mesh, InferenceGateway: ({ gateway }) => gateway, McpToolBoundary: ({ boundary }) => boundary, Waypoint: ({ waypoint }) => waypoint,
};

/** Makes ready the call of an entry, such as "new Agent", "Cluster.of" and "Agent#grantCall". What it needs is made before the call. */
export function callOf(entry: string, world: World): (args: readonly unknown[]) => unknown {
  if (entry.startsWith('new ')) {
    const made = CLASSES[entry.slice(4)] as new (...args: readonly unknown[]) => unknown;
    return (args) => new made(...args);
  }
  const [name, method] = entry.split(/[.#]/);
  const receiver = (entry.includes('#') ? RECEIVERS[name](world) : CLASSES[name]) as Record<string, (...args: readonly unknown[]) => unknown>;
  return (args) => receiver[method](...args);
}
