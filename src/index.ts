import { provideClasses } from './input/instances';

export { Agent } from './constructs/agent/agent';
export { type AgentMirror } from './constructs/agent/agent-mirror';
export { type AgentCanary, type AgentProps } from './constructs/agent/agent-props';
export { AgentMesh } from './constructs/mesh/agent-mesh';
export { type AgentMeshProps } from './constructs/mesh/agent-mesh-props';
export { AmbientMigration, type AmbientMigrationOptions, type IMeshProgram } from './constructs/mesh/ambient-migration';
export { Backend } from './constructs/backend/backend';
export { type BackendProps } from './constructs/backend/backend-props';
export { CanaryRoute, type CanaryRouteOptions, type CanaryRouteProps } from './constructs/routing/canary-route';
export { ClusterLink, type ClusterLinkProps } from './constructs/mesh/cluster-link';
export { type GatewayInfrastructureProps } from './constructs/inference/gateway-infrastructure';
export { type IInferenceGateway } from './constructs/inference/gateway-facts';
export { type ExistingGatewayProps, type InferenceGatewayProps, type TlsSecretReference } from './constructs/inference/gateway-props';
export { InferenceGateway } from './constructs/inference/inference-gateway';
export { InferencePool } from './constructs/inference/inference-pool';
export { InferenceObjective, type InferenceObjectiveProps } from './constructs/inference/inference-objective';
export { InferenceTenant, type InferenceTenantProps } from './constructs/inference/inference-tenant';
export { InferenceModelRewrite, type InferenceModelRewriteProps, type ModelRewriteTarget } from './constructs/inference/inference-model-rewrite';
export { type PoolAutoscaling } from './constructs/inference/pool-autoscaling';
export { type PrefillServers, type RoutingSidecarOptions } from './constructs/inference/prefill-props';
export { type ExistingPoolProps, type IInferencePool, type InferencePoolOptions, type InferencePoolProps } from './constructs/inference/pool-props';
export { InferenceRoute, type InferenceRouteOptions, type InferenceRouteProps } from './constructs/inference/inference-route';
export { McpAccessPolicy, type McpAccessPolicyProps } from './constructs/mcp/mcp-access-policy';
export { McpToolBoundary } from './constructs/mcp/mcp-tool-boundary';
export { type McpProxyProps, type McpToolBoundaryProps } from './constructs/mcp/mcp-tool-boundary-props';
export { MeshEgress, type MeshEgressProps } from './constructs/mesh/mesh-egress';
export { type MeshMemberProps } from './constructs/membership/membership';
export { type CanarySplit } from './constructs/routing/canary-split';
export { type RouteMirror, type RouteCors, type RouteOptions, type RouteRetries } from './constructs/routing/route-options';
export { type ExistingWaypointProps, type IWaypoint, Waypoint, type WaypointProps } from './constructs/routing/waypoint';
export { GatewayProvider, type IstioGatewayOptions } from './providers/gateway-provider';
export { type AgentgatewayOptions, McpProvider } from './providers/mcp-provider';
export { type IstioAmbientOptions, type IstioSidecarOptions, type LinkerdOptions, MeshProvider } from './providers/mesh-provider';
export { AccessLogs } from './values/access-logs';
export { LinkerdAccessLog } from './values/linkerd-access-log';
export { Affinity, type AffinityOptions, type PodAffinityOptions } from './values/affinity';
export { type IAgent } from './values/agent';
export { type Call, type Decision, type ICallee } from './values/call';
export { type CircuitBreaker } from './values/circuit-breaker';
export { type ConnectionPool } from './values/connection-pool';
export { EndpointPickerConfig } from './values/endpoint-picker-config';
export { AvailabilityMode, ImagePullPolicy, type PickerPodOptions, type PickerTracing } from './values/picker-pod-options';
export { type DeployPickerOptions, EndpointPicker, type ExistingPickerOptions, ModelServer } from './values/endpoint-picker';
export { GatewayServiceType } from './values/gateway-service-type';
export { TlsTermination } from './values/tls-termination';
export { GatewayExposure } from './values/gateway-exposure';
export { FailureMode } from './values/failure-mode';
export { Fault, type FaultOptions } from './values/fault';
export { Cluster, type ClusterOptions } from './values/cluster';
export { ExternalHost, type ExternalHostAddressOptions, type ExternalHostOptions, ExternalHostProtocol } from './values/external-host';
export { Grant } from './values/grant';
export { type ICaller, Identity, IdentityGroup, type IdentityOptions } from './values/identity';
export { type ExternalAuthorizer } from './values/external-authorizer';
export { type GatewayJwtRequirement, type JwtRequirement } from './values/jwt';
export {
  GuardrailPhase, type McpGuardrail, McpIdentityProvider, type McpOAuth, McpPrefix, McpSessionRouting,
} from './values/mcp-proxy';
export { type ExternalMcpServerOptions, McpServer, type McpServerOptions, McpTransport } from './values/mcp-server';
export { MediaPort, TransportProtocol } from './values/media-port';
export { type MeshMetrics } from './values/mesh-metrics';
export { type MeshProblem } from './values/mesh-problem';
export {
  type CommonPodOptions, type HorizontalPodAutoscaler, type PodDisruptionBudget, type PodOptions, TaintEffect, type Toleration,
  type TopologySpreadConstraint, WhenUnsatisfiable, type WorkloadProbe,
} from './values/pod-options';
export {
  type AgentsOptions, type ApproximatePrefixOptions, type LoadOnlyOptions, type LoraAffinityOptions, type OptimizedBaselineOptions,
  type PayloadAgnosticOptions, type PrecisePrefixOptions, type PrefillDecodeOptions, type PrefixScorerWeights, type SessionAffinityOptions,
  type TieredCacheOptions,
} from './values/picker-config-options';
export { PickerFairness, type PickerPresetOptions, type PresetFlowControl, type PresetPriorityBand } from './values/picker-flow-control-options';
export {
  type CustomPickerConfigOptions, type PickerDataLayer, type PickerDataSource, type PickerFlowControl, type PickerPlugin, type PickerPriorityBand,
  type PickerProfile, type PickerProfilePlugin,
} from './values/picker-custom-options';
export { PodField } from './values/pod-field';
export { Port, PortProtocol } from './values/port';
export { type RateLimit } from './values/rate-limit';
export { MigrationStage } from './values/migration-stage';
export { GatewayApiChannel, IstioRelease, LinkerdRelease, PickerRelease } from './values/releases';
export { CalleeReference, CallerReference, RouteTargetReference } from './values/references';
export { type IRouteTarget } from './values/route-target';
export { TokenCaller, type TokenCallerOptions } from './values/token-caller';
export { type EmptyDirOptions, Volume, type VolumeOptions } from './values/volume';
export { UnauthenticatedPort, type UnauthenticatedPortOptions } from './values/unauthenticated-port';
export { type VllmKvEvents, type VllmKvTransfer, type VllmOptions } from './values/vllm-options';
export { Workload } from './values/workload';
export { type DeployedPodsOptions, type DeployWorkloadOptions } from './values/deploy-workload-options';
export {
  type CommonWorkloadOptions, type ConstructWorkloadOptions, type ExistingService, type ExistingWorkloadOptions, type SecretKeyReference,
  type WorkloadOptions,
} from './values/workload-options';
export { type ExternalNetwork, type WorkloadEgress } from './values/workload-egress';

provideClasses(() => module.exports as Record<string, unknown>); // the function is called later, when all exports are set
