import { ICaller } from './identity';

/**
 * Who reads the metrics that the mesh's policies would deny to everybody: on Linkerd `/metrics` of the proxy beside every pod (port 4191), and
 * on the meshes with pools those of the endpoint pickers that the library deploys (port 9090). Of Istio's own proxies it changes nothing.
 */
export interface MeshMetrics {
  /** The identity of the Prometheus that scrapes: its pods must be able to prove it, so that Prometheus needs a proxy of the same mesh. */
  readonly scraper: ICaller;
}
