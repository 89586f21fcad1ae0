export { Agent, type AgentProps } from './constructs/agent';
export { type IAgent } from './constructs/agent-facts';
export { AgentMesh, type AgentMeshProps } from './constructs/agent-mesh';
export { CanaryRoute, type CanaryRouteOptions, type CanaryRouteProps } from './constructs/canary-route';
export { ClusterLink, type ClusterLinkProps } from './constructs/cluster-link';
export { type IInferenceGateway } from './constructs/gateway-facts';
export { type ExistingGatewayProps, InferenceGateway, type InferenceGatewayProps, type TlsSecretReference } from './constructs/inference-gateway';
export { type ExistingPoolProps, InferencePool, type InferencePoolOptions, type InferencePoolProps } from './constructs/inference-pool';
export { InferenceRoute, type InferenceRouteOptions, type InferenceRouteProps } from './constructs/inference-route';
export { McpToolBoundary, type McpToolBoundaryProps } from './constructs/mcp-tool-boundary';
export { MeshEgress, type MeshEgressProps } from './constructs/mesh-egress';
export { type MeshMemberProps } from './constructs/membership';
export { type RouteOptions, type RouteRetries } from './constructs/route-facts';
export { type ExistingWaypointProps, Waypoint, type WaypointProps } from './constructs/waypoint';
export { GatewayProvider, type IstioGatewayProviderOptions } from './providers/gateway-provider';
export { type IstioAmbientOptions, type IstioSidecarProviderOptions, type LinkerdOptions, MeshProvider } from './providers/mesh-provider';
export { type CircuitBreaker } from './values/circuit-breaker';
export { type DeployPickerOptions, EndpointPicker, type ExistingPickerOptions, FailureMode, ModelServer } from './values/endpoint-picker';
export { type ICaller, Identity, type IdentityOptions } from './values/identity';
export { MediaPort, TransportProtocol } from './values/media-port';
export { type RateLimit } from './values/rate-limit';
export { GatewayApiChannel, IstioRelease, LinkerdRelease } from './values/releases';
export { type IRouteTarget } from './values/route-target';
export { Workload } from './values/workload';
export {
  type DeployOptions, type ExistingServiceOptions, type ExistingWorkloadOptions, type SecretKeyReference, type WorkloadOptions,
} from './values/workload-options';
