import { ICaller } from './identity';

/**
 * Access to metrics that the policies of the mesh deny by default. On Linkerd these are the `/metrics` of the proxy in every pod (port 4191),
 * and on meshes with inference pools the metrics of endpoint pickers that the library deploys (port 9090). It does not affect the proxies of
 * Istio.
 */
export interface MeshMetrics {
  /** Identity of the Prometheus that scrapes the metrics. Its pods must be enrolled in the same mesh to authenticate. */
  readonly scraper: ICaller;
}
