import { provideClasses } from './input/instances';

export { Agent } from './constructs/agent/agent';
export { type AgentProps } from './constructs/agent/agent-props';
export { AgentMesh } from './constructs/mesh/agent-mesh';
export { type AgentMeshProps } from './constructs/mesh/agent-mesh-props';
export { AmbientMigration, type AmbientMigrationOptions, type IMeshProgram } from './constructs/mesh/ambient-migration';
export { CanaryRoute, type CanaryRouteOptions, type CanaryRouteProps } from './constructs/routing/canary-route';
export { ClusterLink, type ClusterLinkProps } from './constructs/mesh/cluster-link';
export { type IInferenceGateway } from './constructs/inference/gateway-facts';
export { type ExistingGatewayProps, type InferenceGatewayProps, type TlsSecretReference } from './constructs/inference/gateway-props';
export { InferenceGateway } from './constructs/inference/inference-gateway';
export { InferencePool } from './constructs/inference/inference-pool';
export { type ExistingPoolProps, type IInferencePool, type InferencePoolOptions, type InferencePoolProps } from './constructs/inference/pool-props';
export { InferenceRoute, type InferenceRouteOptions, type InferenceRouteProps } from './constructs/inference/inference-route';
export { McpAccessPolicy, type McpAccessPolicyProps } from './constructs/mcp/mcp-access-policy';
export { McpToolBoundary } from './constructs/mcp/mcp-tool-boundary';
export { type McpProxyProps, type McpToolBoundaryProps } from './constructs/mcp/mcp-tool-boundary-props';
export { MeshEgress, type MeshEgressProps } from './constructs/mesh/mesh-egress';
export { type MeshMemberProps } from './constructs/membership/membership';
export { type RouteOptions, type RouteRetries } from './constructs/routing/route-facts';
export { type ExistingWaypointProps, type IWaypoint, Waypoint, type WaypointProps } from './constructs/routing/waypoint';
export { GatewayProvider, type IstioGatewayOptions } from './providers/gateway-provider';
export { type AgentgatewayOptions, McpProvider } from './providers/mcp-provider';
export { type IstioAmbientOptions, type IstioSidecarOptions, type LinkerdOptions, MeshProvider } from './providers/mesh-provider';
export { type IAgent } from './values/agent';
export { type Call, type Decision, type ICallee } from './values/call';
export { type CircuitBreaker } from './values/circuit-breaker';
export { type DeployPickerOptions, EndpointPicker, type ExistingPickerOptions, ModelServer } from './values/endpoint-picker';
export { FailureMode } from './values/failure-mode';
export { Cluster, type ClusterOptions } from './values/cluster';
export { ExternalHost, type ExternalHostOptions } from './values/external-host';
export { Grant } from './values/grant';
export { type ICaller, Identity, type IdentityOptions } from './values/identity';
export { type ExternalAuthorizer } from './values/external-authorizer';
export { type JwtRequirement } from './values/jwt';
export {
  GuardrailPhase, type McpGuardrail, McpIdentityProvider, type McpOAuth, McpPrefix, McpSessionRouting,
} from './values/mcp-proxy';
export { type ExternalMcpServerOptions, McpServer, type McpServerOptions, McpTransport } from './values/mcp-server';
export { MediaPort, TransportProtocol } from './values/media-port';
export { type MeshMetrics } from './values/mesh-metrics';
export { type MeshProblem } from './values/mesh-problem';
export { Port, PortProtocol } from './values/port';
export { type RateLimit } from './values/rate-limit';
export { MigrationStage } from './values/migration-stage';
export { GatewayApiChannel, IstioRelease, LinkerdRelease } from './values/releases';
export { CalleeReference, CallerReference, RouteTargetReference } from './values/references';
export { type IRouteTarget } from './values/route-target';
export { TokenCaller, type TokenCallerOptions } from './values/token-caller';
export { Workload } from './values/workload';
export {
  type DeployWorkloadOptions, type ExistingService, type ExistingWorkloadOptions, type SecretKeyReference, type WorkloadEgress, type WorkloadOptions,
} from './values/workload-options';

provideClasses(() => module.exports as Record<string, unknown>); // read when it is complete
