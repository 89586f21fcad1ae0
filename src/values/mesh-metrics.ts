import { ICaller } from './identity';

/**
 * The Prometheus that may scrape metrics of the mesh. Only this Prometheus may scrape the `metricsPort` of workloads, the endpoint pickers
 * that the library deploys (port 9090), inner gateways on ambient (port 15020), and on Linkerd `/metrics` of the proxy in every pod (port
 * 4191) and MCP proxies (port 15020). Policies deny these metrics to all other callers.
 *
 * All other proxies serve metrics without a check of the caller's identity. At waypoints, at MCP proxies on ambient and at gateways with
 * `deniedCidrs`, a NetworkPolicy allows only pods of the namespace of the Prometheus to read them. At other gateways and at sidecars, any
 * client that reaches the pods may read them. `describeAccess` lists the readers of each proxy.
 */
export interface MeshMetrics {
  /** Identity of the Prometheus that scrapes the metrics. Its pods must be enrolled in the same mesh, so that mutual TLS can authenticate it. */
  readonly scraper: ICaller;
}
