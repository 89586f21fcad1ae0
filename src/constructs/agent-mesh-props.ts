import { GatewayProvider } from '../providers/gateway-provider';
import { MeshProvider } from '../providers/mesh-provider';
import { MeshMetrics } from '../values/mesh-metrics';
import { GatewayApiChannel } from '../values/releases';

/** Props of `AgentMesh`. */
export interface AgentMeshProps {
  /** The mesh data plane: proves workload identity and authorizes connections. */
  readonly provider: MeshProvider;
  /** The gateway implementation: inspects and routes requests. */
  readonly gateway: GatewayProvider;
  /**
   * Namespace of everything that is defined under the mesh without a namespace.
   *
   * @default - the namespace of the chart
   */
  readonly namespace?: string;
  /**
   * Namespaces that already exist. The library emits their policies but not the Namespace objects. By naming a namespace here you state
   * that it is enrolled: by the label `istio.io/dataplane-mode: ambient` or `istio-injection: enabled`, or on Linkerd by the annotations
   * `linkerd.io/inject: enabled` and `config.linkerd.io/default-inbound-policy: deny`. Without the second annotation, ports that no
   * workload of the mesh names stay open.
   *
   * @default - none: the library creates every namespace that the mesh uses
   */
  readonly existingNamespaces?: string[];
  /**
   * SPIFFE trust domain of the identities, as configured when the mesh was installed.
   *
   * @default 'cluster.local'
   */
  readonly trustDomain?: string;
  /**
   * Other trust domains whose identities the mesh can verify, so that they can be granted access.
   *
   * @default - none
   */
  readonly trustedDomains?: string[];
  /**
   * The caller that may scrape the metrics of the mesh's proxies and endpoint pickers, on a mesh that controls who may scrape them.
   *
   * @default - none: on Linkerd no Prometheus can scrape the proxies, and on no mesh can one scrape the pickers that the library deploys
   */
  readonly metrics?: MeshMetrics;
  /**
   * Channel of the Gateway API CRDs on the cluster. Synth fails if the program needs a field that the channel lacks.
   *
   * @default GatewayApiChannel.STANDARD
   */
  readonly gatewayApiChannel?: GatewayApiChannel;
  /**
   * Name of the cluster to which the mesh is applied, for an app with a chart for each cluster. Meshes of different clusters may use the
   * same namespaces and names, and cannot grant each other access.
   *
   * @default - meshes without a name share one cluster
   */
  readonly clusterName?: string;
}
