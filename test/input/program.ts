import { ApiObject, App, Chart } from 'cdk8s';
import {
  AccessLogs, Affinity, Agent, AgentMesh, AmbientMigration, AvailabilityMode, Backend, CanaryRoute, Cluster, ClusterLink, EndpointPicker,
  EndpointPickerConfig, ExternalHost, FailureMode, Fault, GatewayApiChannel, GatewayExposure, GatewayProvider, GatewayServiceType, GuardrailPhase, Identity,
  ImagePullPolicy, InferenceGateway, InferenceModelRewrite, InferenceObjective, InferencePool,
  InferenceRoute, InferenceTenant, IstioRelease,
  LinkerdAccessLog, LinkerdRelease, McpAccessPolicy,
  McpIdentityProvider, McpPrefix, McpProvider, McpServer, McpSessionRouting, McpToolBoundary, McpTransport, MediaPort, MeshEgress, MeshProvider,
  MigrationStage, ModelServer, PickerFairness, PickerRelease, PodField, Port, TlsTermination, TaintEffect, TokenCaller, UnauthenticatedPort, Volume, Waypoint, WhenUnsatisfiable, Workload,
} from '../../src';
import { prefillServers } from '../disaggregated';
import { deploy, existing, existingPicker, JWKS } from '../story';

/** A program in which everything that can be passed is there to be passed. Parts are made when a call needs them. */
export class World {
  public readonly app = new App({ outdir: '/nowhere' }); // Testing.app() makes a folder for each
  public readonly chart = new Chart(this.app, 'app', { namespace: 'voice' });
  public readonly mesh = new AgentMesh(this.chart, 'mesh', { mesh: MeshProvider.istioAmbient(), mcp: McpProvider.agentgateway() });
  private readonly made = new Map<string, unknown>();

  public get agent(): Agent {
    return this.once('agent', () => new Agent(this.mesh, 'agent', { versions: { v1: deploy([8000, 9090]), v2: deploy() }, stable: 'v1' }));
  }

  public get caller(): Agent {
    return this.once('caller', () => new Agent(this.mesh, 'caller', { versions: { v1: deploy([]) } }));
  }

  public get backend(): Backend {
    return this.once('backend', () => new Backend(this.mesh, 'store', { workload: deploy([8000, 9090]) }));
  }

  public get gateway(): InferenceGateway {
    return this.once('gateway', () => new InferenceGateway(this.mesh, 'gateway', { hostnames: ['a.example.com'], tls: { secretName: 'tls' } }));
  }

  public get pool(): InferencePool {
    return this.once('pool', () => this.gateway.addPool('llama', { workload: deploy() }));
  }

  public get boundary(): McpToolBoundary {
    return this.once('boundary', () => new McpToolBoundary(this.mesh, 'crm', { server: McpServer.of(deploy([8080]), { tools: ['find'], prompts: ['hello'], resources: ['a:b'] }), jwt: { issuer: 'https://issuer.example.com', jwks: JWKS } }));
  }

  public get waypoint(): Waypoint {
    return this.once('waypoint', () => new Waypoint(this.mesh, 'waypoint'));
  }

  public get pods(): ApiObject {
    const template = { metadata: { labels: { app: 'theirs' } }, spec: { serviceAccountName: 'theirs', containers: [{ name: 'main', image: 'registry.example.com/any:1.0.0' }] } };
    return this.once('pods', () => new ApiObject(this.chart, 'theirs', { apiVersion: 'apps/v1', kind: 'Deployment', spec: { selector: { matchLabels: { app: 'theirs' } }, template } }));
  }

  private once<T>(name: string, make: () => T): T {
    if (!this.made.has(name)) this.made.set(name, make());
    return this.made.get(name) as T;
  }
}

const member = ({ mesh }: World) => ({ mesh });
const host = () => ExternalHost.https('api.example.com');
const egress = () => ({ hosts: [host()], networks: [{ cidr: '10.20.0.0/24', ports: [5433] }], namespaces: ['data'], kubernetesApiCidrs: ['10.0.0.1/32'] });
const cors = () => ({
  allowedOrigins: ['https://desk.example.com'], allowedMethods: ['GET'], allowedHeaders: ['x-user'], exposedHeaders: ['x-request-id'], allowCredentials: true, maxAgeSeconds: 600,
});
const gatewayJwt = () => ({ ...jwt(), claimHeaders: { 'x-user': 'sub' }, forwardToken: true });
const jwt = () => ({ issuer: 'https://issuer.example.com', audiences: ['crm'], jwksUri: 'https://issuer.example.com/keys', jwks: JWKS, required: true, exemptPaths: ['/healthz'] });
const secret = () => ({ secretName: 'secret', key: 'token' });
const rate = () => ({ requestsPerSecond: 100, requestsPerSecondOfCaller: 10 });
const authorizer = () => ({ provider: 'opa', serviceName: 'opa', serviceNamespace: 'auth' });
const common = () => ({
  ports: [Port.http(8000), Port.http(9090)], metricsPort: 9090, unauthenticatedPorts: [UnauthenticatedPort.of(9443)], mediaPorts: [MediaPort.udp(40000)], healthPath: '/healthz', jwt: jwt(), externalAuthorizer: authorizer(),
  egress: egress(), rateLimit: rate(),
});
const probe = () => ({ path: '/up', port: 8000, command: ['check'], periodSeconds: 5, timeoutSeconds: 1, failureThreshold: 3 });
const spread = () => ({ topologyKey: 'kubernetes.io/hostname', maxSkew: 1, whenUnsatisfiable: WhenUnsatisfiable.SCHEDULE_ANYWAY });
const toleration = () => ({ key: 'gpu', value: 'present', effect: TaintEffect.NO_EXECUTE, tolerationSeconds: 60 });
const budget = () => ({ minAvailable: 1, maxUnavailable: 1 });
const tracing = () => ({ endpoint: 'http://collector.observability:4317', samplingRatio: 0.5 });
const autoscaler = () => ({ minReplicas: 2, maxReplicas: 4, cpuUtilization: 80 });
const agentMirror = () => ({ version: 'v3', percent: 10 });
const limits = () => ({ maxConnections: 100, connectTimeoutSeconds: 5, maxPendingRequests: 50, maxRequests: 200, maxRequestsPerConnection: 1000 });
const breaker = () => ({ consecutiveFailures: 7, pauseSeconds: 10 });
const faults = () => [Fault.delay(1500, fault()), Fault.abort(503)];
const fault = () => ({ percent: 10, headers: { 'x-test': 'slow' } });
const retries = () => ({ attempts: 2, codes: [503] });
const infrastructure = () => ({
  infrastructureAnnotations: { 'example.com/a': 'b' }, serviceType: GatewayServiceType.LOAD_BALANCER, loadBalancerClass: 'example.com/class', trustedProxies: 1,
});
const mirror = ({ agent }: World) => ({ target: agent.version('v2'), percent: 10 });
const route = (world: World) => ({ mirror: mirror(world), name: 'route', pathPrefix: '/v1', headers: { 'x-desk': 'north' }, replacePrefixMatch: '/', requestTimeoutSeconds: 30, retries: retries(), cors: cors(), callers: [TokenCaller.of({ subject: 'alice' })] });
const split = () => ({ percent: 5, header: 'x-canary', headerValue: 'true' });
const agentCanary = () => ({ version: 'v2', ...split() });
const canary = (world: World) => ({ ...route(world), stable: world.agent.version('v1'), canary: world.agent.version('v2'), ...split() });
const autoscaling = () => ({ serverAddress: 'http://prometheus:9090', minReplicas: 1, maxReplicas: 2, runningRequestsPerReplica: 1, queuedRequestsPerReplica: 1, cooldownSeconds: 1, seriesLabels: { cluster: 'eu' }, deploymentName: 'llama' });
const sidecar = () => ({ image: 'registry.example.com/sidecar:1.0.0', cpuMillis: 250, memoryMebibytes: 512 });
const prefill = () => ({ workload: prefillServers(), sideChannelPort: 5600, kvTransferPorts: [17000, 17001], routingSidecar: sidecar() });
const pool = () => ({ workload: deploy(), prefill: prefill(), targetPorts: [8000], metricsPort: 8000, picker: EndpointPicker.deploy(), allowedModels: ['llama'], autoscaling: autoscaling(), failureMode: FailureMode.FAIL_OPEN, innerPort: 20001, name: 'pool' });
const server = () => ({ tools: ['find'], prompts: ['hello'], resources: ['a:b'], transport: McpTransport.STREAMABLE_HTTP, path: '/mcp', credentials: secret(), messagesPath: '/messages', enforcesMirroredHeaders: true, servesOAuthMetadata: true, keepsSessions: true });

const presetBand = () => ({ priority: 1, maxMebibytes: 10, maxRequests: 10, fairness: PickerFairness.GLOBAL_STRICT });
const presetFlowControl = () => ({ maxMebibytes: 100, maxRequests: 100, maxWaitSeconds: 60, fairness: PickerFairness.GLOBAL_STRICT, priorityBands: [presetBand()] });
const weights = () => ({ prefixCacheWeight: 3, kvCacheWeight: 2, queueDepthWeight: 2 });
const pickerPlugin = () => ({ type: 'queue-scorer', name: 'queue', parameters: { some: ['data', 1, true, { more: 'data' }] } });
const pickerProfile = () => ({ name: 'default', plugins: [{ plugin: 'queue', weight: 2 }] });
const priorityBand = () => ({ priority: 1, maxMebibytes: 10, maxRequests: 10, fairnessPolicy: 'round-robin-fairness-policy', orderingPolicy: 'fcfs-ordering-policy' });
const flowControl = () => ({
  maxMebibytes: 100, maxRequests: 1000, maxWaitSeconds: 60, defaultPriorityBand: priorityBand(), defaultNegativePriorityBand: priorityBand(), priorityBands: [priorityBand()],
  usageLimitPolicy: 'static-usage-limit-policy', saturationDetector: 'utilization-detector',
});

/** A value of each struct, with every prop. Props that exclude each other stand side by side: the guard reads them before any check of their meaning. */
export const VALID: Readonly<Record<string, (world: World) => object>> = {
  AgentMeshProps: ({ caller }) => ({
    mesh: MeshProvider.istioAmbient(), gateway: GatewayProvider.istio(), mcp: McpProvider.agentgateway(), cluster: Cluster.of(), namespace: 'far', existingNamespaces: ['there'],
    trustedDomains: ['friend.example'], metrics: { scraper: caller }, closesExternalHosts: true, auditOnlyNamespaces: ['there'],
  }),
  AgentCanary: agentCanary,
  AgentMirror: agentMirror,
  BackendProps: (world) => ({ ...member(world), workload: deploy([6379, 16379]), name: 'cache', namespace: 'voice', servicePort: 6379, peers: true, connectionPool: limits(), circuitBreaker: breaker() }),
  AgentProps: (world) => ({
    ...member(world), versions: { v1: deploy(), v2: deploy(), v3: deploy() }, stable: 'v1', canary: agentCanary(), mirror: agentMirror(), retries: retries(), requestTimeoutSeconds: 30, faults: faults(), name: 'planner', namespace: 'voice', service: true, servicePort: 80, waypoint: world.waypoint,
    circuitBreaker: breaker(), connectionPool: limits(), federated: false,
  }),
  AgentgatewayOptions: () => ({ gatewayClassName: 'agentgateway' }),
  AmbientMigrationOptions: () => ({ namespaces: ['voice'], outdir: 'dist', sidecarRevision: 'rev', accessLogs: AccessLogs.off() }),
  Call: ({ boundary, caller }) => ({
    callee: boundary, caller, sourceAddress: '10.0.0.7', port: 8080, path: '/mcp', method: 'POST', origin: 'https://desk.example.com', model: 'llama', tool: 'find', tokenIssuer: 'https://issuer.example.com', tokenSubject: 'alice',
    headers: { 'x-canary': 'true' }, host: 'crm.voice', tokenClaims: { tier: 'gold' },
  }),
  CanaryRouteOptions: canary,
  CanaryRouteProps: (world) => ({ ...member(world), ...canary(world), gateway: world.gateway }),
  CircuitBreaker: breaker,
  ConnectionPool: limits,
  ConstructWorkloadOptions: () => ({ ...common(), service: { name: 'service', port: 80, targetPort: 8000, headless: false, labels: { team: 'a' } } }),
  ClusterLinkProps: (world) => ({ ...member(world), clusterName: 'west', clusterDomain: 'cluster.local', credentialsSecretName: 'credentials', namespace: 'linkerd-multicluster' }),
  ClusterOptions: () => ({
    name: 'east', istioRelease: IstioRelease.V1_31, linkerdRelease: LinkerdRelease.V2_20, gatewayApiChannel: GatewayApiChannel.STANDARD, trustDomain: 'td.example', kubeletCidrs: ['10.0.0.0/8'],
  }),
  DeployWorkloadOptions: () => ({
    ...common(), image: 'registry.example.com/any:1.0.0', existingServiceAccount: 'account', replicas: 2, command: ['run'], args: ['--port=8000'], env: { LOG: 'debug' }, secretEnv: { KEY: secret() },
    podLabels: { team: 'a' }, podFieldEnv: { POD_IP: PodField.POD_IP }, writablePaths: ['/tmp'], userId: 65532, mountToken: false, startupSeconds: 600, cpuMillis: 250, memoryMebibytes: 512,
    livenessProbe: probe(), readinessProbe: probe(), startupProbe: probe(), topologySpreadConstraints: [spread()], priorityClassName: 'high', nodeSelector: { pool: 'gpu' }, tolerations: [toleration()], affinity: [Affinity.nodes({ zone: ['a'] })],
    volumes: { '/data': Volume.persistentVolumeClaim('data') }, imagePullSecrets: ['registry'], extendedResources: { 'nvidia.com/gpu': 1 }, podDisruptionBudget: budget(), horizontalPodAutoscaler: autoscaler(),
  }),
  VllmKvEvents: () => ({ port: 5557, replayPort: 5700 }),
  VllmKvTransfer: () => ({ sideChannelPort: 5600, ports: [17000, 17001] }),
  VllmOptions: (world) => {
    const { ports: _, ...pods } = VALID.DeployWorkloadOptions(world) as { readonly ports: unknown };
    return {
      ...pods, model: '/models/llama', servedModelNames: ['llama'], loraAdapters: { support: '/models/support' }, maxLoras: 1, maxLoraRank: 16, acceleratorCount: 2, acceleratorResource: 'example.com/gpu',
      tensorParallelSize: 1, dataParallelSize: 2, port: 8000, maxModelLen: 8192, blockSizeTokens: 16, kvEvents: VALID.VllmKvEvents(world), kvTransfer: VALID.VllmKvTransfer(world), modelVolume: Volume.persistentVolumeClaim('models'),
      cacheVolume: Volume.persistentVolumeClaim('cache'), sharedMemoryMebibytes: 64, kvOffloadGibibytes: 8,
    };
  },
  ApproximatePrefixOptions: () => ({ ...weights(), flowControl: presetFlowControl() }),
  AgentsOptions: () => ({ ...weights(), maxConcurrency: 100, maxQueuedMebibytes: 1024, maxWaitSeconds: 60, sessionHeaders: ['x-conversation'] }),
  CustomPickerConfigOptions: () => ({
    plugins: [pickerPlugin()], schedulingProfiles: [pickerProfile()], dataLayer: { injectDefaults: true, sources: [{ plugin: 'endpoint-notification-source', extractors: ['queue'] }] }, flowControl: flowControl(),
    parsers: ['openai-parser'], featureGates: ['flowControl'], allowExperimental: true,
  }),
  DeployPickerOptions: () => ({
    image: 'registry.example.com/picker:1.0.0', replicas: 1, modelServer: ModelServer.VLLM, config: EndpointPickerConfig.loadOnly(), cpuMillis: 1000, memoryMebibytes: 2048,
    availability: AvailabilityMode.SINGLE, release: PickerRelease.V0_10, imagePullPolicy: ImagePullPolicy.ALWAYS, flags: { v: '4' }, env: { LOG: 'debug' }, secretEnv: { KEY: secret() },
    podLabels: { team: 'a' }, podAnnotations: { team: 'a' }, cpuLimitMillis: 2000, memoryLimitMebibytes: 4096, tracing: tracing(), metricsAuthentication: true, maxReceiveMebibytes: 16,
    topologySpreadConstraints: [spread()], priorityClassName: 'high', nodeSelector: { pool: 'gpu' }, tolerations: [toleration()], affinity: [Affinity.nodes({ zone: ['a'] })],
    volumes: { '/data': Volume.persistentVolumeClaim('data') }, imagePullSecrets: ['registry'], podDisruptionBudget: budget(), horizontalPodAutoscaler: autoscaler(),
  }),
  PickerTracing: tracing,
  AffinityOptions: () => ({ required: true }),
  PodAffinityOptions: () => ({ required: true, topologyKey: 'topology.kubernetes.io/zone' }),
  EmptyDirOptions: () => ({ inMemory: true, sizeMebibytes: 64 }),
  ExistingGatewayProps: (world) => ({ ...member(world), gatewayName: 'edge', namespace: 'edge', hostnames: ['b.example.com'], listener: 'https', listenerPort: 443, serviceAccount: 'edge-istio', poolShards: 2 }),
  ExistingPickerOptions: () => ({ selfSignedTls: true }),
  ExistingPoolProps: (world) => ({
    ...member(world), poolName: 'pool', workload: existing('vllm'), targetPorts: [8000], metricsPort: 8000, picker: existingPicker(), innerPort: 20001, prefill: prefill(), gateway: world.gateway,
  }),
  ExistingService: () => ({ name: 'service', port: 80, targetPort: 8000, headless: false, labels: { team: 'a' } }),
  ExistingWaypointProps: (world) => ({ ...member(world), gatewayName: 'their-waypoint', namespace: 'voice', deniesByDefault: true, serviceAccount: 'their-waypoint' }),
  ExistingWorkloadOptions: () => ({
    ...common(), labels: { app: 'a' }, serviceAccount: 'account', namespace: 'voice', service: { name: 'service', port: 80, targetPort: 8000, headless: false, labels: { team: 'a' } },
  }),
  ExternalAuthorizer: authorizer,
  ExternalHostAddressOptions: () => ({ cidrs: ['10.30.0.0/24'] }),
  ExternalHostOptions: () => ({ port: 443, cidrs: ['10.30.0.0/24'] }),
  ExternalNetwork: () => ({ cidr: '10.20.0.0/24', ports: [5433] }),
  ExternalMcpServerOptions: () => ({ ...server(), host: host() }),
  FaultOptions: fault,
  HorizontalPodAutoscaler: autoscaler,
  GatewayJwtRequirement: gatewayJwt,
  IdentityOptions: () => ({ namespace: 'n', serviceAccount: 's', trustDomain: 'td.example' }),
  InferenceGatewayProps: (world) => ({
    ...member(world), exposure: GatewayExposure.EXTERNAL, poolShards: 2, hostnames: ['b.example.com'], tls: { secretName: 'tls', secretNames: { 'b.example.com': 'b-tls' }, secretNamespace: 'certificates', clientCaConfigMapName: 'ca' }, name: 'edge', namespace: 'edge',
    infrastructureLabels: { team: 'a' }, deniedCidrs: ['10.0.0.0/8'], tlsTermination: TlsTermination.GATEWAY, ...infrastructure(), jwt: gatewayJwt(),
  }),
  InferenceModelRewriteProps: (world) => ({ ...member(world), pool: world.pool, model: 'chat', targets: [{ model: 'chat-v1', weight: 1 }], name: 'rewrite' }),
  InferenceObjectiveProps: (world) => ({ ...member(world), pool: world.pool, priority: 1, name: 'gold' }),
  InferenceTenantProps: (world) => ({ ...member(world), pool: world.pool, objective: new InferenceObjective(world.mesh, 'batch', { pool: world.pool, priority: -1 }), name: 'research', innerPort: 21_001 }),
  ModelRewriteTarget: () => ({ model: 'chat-v1', weight: 1 }),
  InferencePoolOptions: pool,
  InferencePoolProps: (world) => ({ ...member(world), ...pool(), gateway: world.gateway }),
  InferenceRouteOptions: (world) => ({ ...route(world), target: world.agent.version('v1') }),
  InferenceRouteProps: (world) => ({ ...member(world), ...route(world), target: world.agent.version('v1'), gateway: world.gateway }),
  IstioAmbientOptions: () => ({ migration: { voice: MigrationStage.SIDECAR }, sidecarRevision: 'rev', accessLogs: AccessLogs.provider('otel') }),
  IstioGatewayOptions: () => ({ gatewayClassName: 'istio' }),
  IstioSidecarOptions: () => ({ revision: 'rev', accessLogs: AccessLogs.existing() }),
  JwtRequirement: jwt,
  LinkerdOptions: () => ({ controlPlaneNamespace: 'linkerd', accessLog: LinkerdAccessLog.JSON }),
  McpAccessPolicyProps: (world) => ({ ...member(world), boundary: world.boundary, backendName: 'crm', name: 'policy' }),
  McpGuardrail: ({ agent }) => ({ service: agent, methods: { 'tools/call': GuardrailPhase.REQUEST } }),
  McpOAuth: () => ({ resource: 'https://crm.example.com/mcp', scopes: ['crm'], identityProvider: McpIdentityProvider.KEYCLOAK, clientId: 'crm' }),
  McpServerOptions: server,
  McpToolBoundaryProps: (world) => ({
    ...member(world), server: McpServer.of(deploy([8080]), server()), servers: { other: McpServer.of(deploy([8081]), server()) }, name: 'tools', namespace: 'voice', servicePort: 8080,
    path: '/mcp', waypoint: world.waypoint, jwt: jwt(), rateLimit: rate(), allowedOrigins: ['https://desk.example.com'], unsafePassTokens: true, faults: faults(), connectionPool: limits(), circuitBreaker: breaker(),
    prefix: McpPrefix.ALWAYS, failureMode: FailureMode.FAIL_OPEN, sessionRouting: McpSessionRouting.STATEFUL, guardrails: [VALID.McpGuardrail(world)], oauth: VALID.McpOAuth(world),
  }),
  LoadOnlyOptions: () => ({ flowControl: presetFlowControl(), kvCacheWeight: 1, queueDepthWeight: 1 }),
  LoraAffinityOptions: () => ({ flowControl: presetFlowControl(), ...weights(), loraWeight: 1 }),
  OptimizedBaselineOptions: () => ({ flowControl: presetFlowControl(), affinityThreshold: 0.8, maxPrefixTokens: 40960 }),
  PayloadAgnosticOptions: () => ({ flowControl: presetFlowControl(), maxConcurrency: 100 }),
  PickerDataLayer: () => ({ injectDefaults: true, sources: [{ plugin: 'endpoint-notification-source', extractors: ['queue'] }] }),
  PickerDataSource: () => ({ plugin: 'endpoint-notification-source', extractors: ['queue'] }),
  PickerFlowControl: flowControl,
  PickerPlugin: pickerPlugin,
  PickerPriorityBand: priorityBand,
  PickerProfile: pickerProfile,
  PickerProfilePlugin: () => ({ plugin: 'queue', weight: 2 }),
  PrecisePrefixOptions: () => ({ flowControl: presetFlowControl(), ...weights(), modelName: 'org/model', renderUrl: 'http://render:8000', blockSizeTokens: 16, eventPort: 5557, replayPort: 5558 }),
  PoolAutoscaling: autoscaling,
  PresetFlowControl: presetFlowControl,
  PresetPriorityBand: presetBand,
  PickerPresetOptions: () => ({ flowControl: presetFlowControl() }),
  SessionAffinityOptions: () => ({ flowControl: presetFlowControl(), headerName: 'x-session-id' }),
  TieredCacheOptions: () => ({ flowControl: presetFlowControl(), cpuBlocks: 82000 }),
  PrefillDecodeOptions: () => ({ flowControl: presetFlowControl(), nonCachedTokens: 16, promptTokens: 100, prefixCacheWeight: 2, queueDepthWeight: 1 }),
  PrefillServers: prefill,
  MeshEgressProps: (world) => ({ ...member(world), hosts: [host()], namespace: 'voice', name: 'egress' }),
  MeshMetrics: ({ caller }) => ({ scraper: caller }),
  PodDisruptionBudget: budget,
  RateLimit: rate,
  RouteMirror: mirror,
  RouteCors: cors,
  RoutingSidecarOptions: sidecar,
  RouteRetries: () => ({ attempts: 2, codes: [503] }),
  SecretKeyReference: secret,
  TlsSecretReference: () => ({ secretName: 'tls', secretNames: { 'b.example.com': 'b-tls' }, secretNamespace: 'certificates', clientCaConfigMapName: 'ca' }),
  Toleration: toleration,
  TopologySpreadConstraint: spread,
  VolumeOptions: () => ({ subPath: 'file', readOnly: true }),
  WorkloadProbe: probe,
  TokenCallerOptions: ({ caller }) => ({ subject: 'alice', claims: { tier: 'gold' }, caller }),
  WaypointProps: (world) => ({ ...member(world), name: 'waypoint-2', namespace: 'voice' }),
  UnauthenticatedPortOptions: () => ({ networks: ['10.0.0.0/28'] }),
  WorkloadEgress: egress,
};

/** The parameters that no struct gives, by the names that they have in the signatures; of one entry where its parameter means something else. */
export const ARGUMENTS: Readonly<Record<string, (world: World) => unknown>> = {
  'scope': ({ mesh }) => mesh, 'id': () => 'thing', 'version': () => 'v3', 'workload': () => deploy([9000]), 'callers': ({ caller }) => caller, 'reason': () => 'it is meant',
  'construct': ({ agent }) => agent, 'port': () => 40000, 'ports': () => [9090], 'tools': () => ['find'], 'tool': () => 'find', 'prompts': () => ['hello'], 'uris': () => ['a:b'], 'namespace': () => 'voice', 'hostname': () => 'api.example.com', 'file': () => 'access.txt',
  'within': ({ mesh }) => mesh, 'program': () => ({ define: (chart: Chart, provider: MeshProvider) => void new AgentMesh(chart, 'mesh', { mesh: provider, namespace: 'voice' }) }),
  'name': () => 'data', 'Workload.fromConstruct construct': ({ pods }) => pods, 'new AgentMesh scope': ({ chart }) => chart, 'Agent#version version': () => 'v1', 'AgentMesh#acknowledge id': () => 'AM401', 'AccessLogs.provider name': () => 'otel',
  'Affinity.nodes labels': () => ({ zone: ['a'] }), 'Affinity.pods labels': () => ({ app: 'a' }), 'Affinity.awayFromPods labels': () => ({ app: 'a' }),
  'milliseconds': () => 1500, 'status': () => 503,
};

const CLASSES: Readonly<Record<string, unknown>> = {
  AccessLogs, Affinity, Agent, AgentMesh, AmbientMigration, Backend, CanaryRoute, Cluster, ClusterLink, EndpointPicker, EndpointPickerConfig, Fault, GatewayProvider,
  Identity, InferenceGateway, InferenceModelRewrite, InferenceObjective, InferencePool, InferenceRoute, InferenceTenant, McpAccessPolicy, McpProvider,
  McpServer, McpToolBoundary, MediaPort, MeshEgress, MeshProvider, Port, TokenCaller, UnauthenticatedPort, Volume, Waypoint, Workload, ExternalHost,
};

const RECEIVERS: Readonly<Record<string, (world: World) => object>> = {
  Agent: ({ agent }) => agent, Backend: ({ backend }) => backend, AgentMesh: ({ mesh }) => mesh, InferenceGateway: ({ gateway }) => gateway, InferencePool: (world) => world.pool, InferenceTenant: (world) => new InferenceTenant(world.mesh, 'research', { pool: world.pool }), McpToolBoundary: ({ boundary }) => boundary, Waypoint: ({ waypoint }) => waypoint,
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
