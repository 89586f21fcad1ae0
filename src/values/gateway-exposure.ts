/** The clients that an InferenceGateway serves. */
export enum GatewayExposure {
  /** Clients outside the mesh, at the hosts of the gateway. Callers inside the mesh with a grant reach its pools too (`grantInfer`). */
  EXTERNAL = 'EXTERNAL',
  /** Only callers inside the mesh with a grant (`grantInfer`). The gateway has no hosts, no certificate and no load balancer. */
  IN_MESH = 'IN_MESH',
}
