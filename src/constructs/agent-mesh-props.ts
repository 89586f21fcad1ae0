import { GatewayProvider } from '../providers/gateway-provider';
import { MeshProvider } from '../providers/mesh-provider';
import { MeshMetrics } from '../values/mesh-metrics';
import { GatewayApiChannel } from '../values/releases';

/** Props of `AgentMesh`. */
export interface AgentMeshProps {
  /** Who proves identity and guards connections. */
  readonly provider: MeshProvider;
  /** Who reads the requests. */
  readonly gateway: GatewayProvider;
  /**
   * Home of what is defined under the mesh and names no namespace.
   *
   * @default - the namespace of the chart
   */
  readonly namespace?: string;
  /**
   * Namespaces that the team has made. The library emits the policies in them and not the Namespaces themselves: the
   * team states by naming them here that they are enrolled: by the label `istio.io/dataplane-mode: ambient` or
   * `istio-injection: enabled`, or on Linkerd by the annotations `linkerd.io/inject: enabled` and
   * `config.linkerd.io/default-inbound-policy: deny`, without which ports that no workload of the mesh names stay open.
   *
   * @default - none: each namespace that the mesh uses is made by the library
   */
  readonly existingNamespaces?: string[];
  /**
   * SPIFFE trust domain of the identities, as Istio was installed with.
   *
   * @default 'cluster.local'
   */
  readonly trustDomain?: string;
  /**
   * Other trust domains whose identities the mesh can verify and may grant something to.
   *
   * @default - none
   */
  readonly trustedDomains?: string[];
  /**
   * Who reads the metrics of the mesh's proxies and endpoint pickers, where the mesh decides that.
   *
   * @default - nobody: on Linkerd no Prometheus reads those of proxies, and on no mesh those of the pickers that the library deploys
   */
  readonly metrics?: MeshMetrics;
  /**
   * Channel of the Gateway API CRDs on the cluster; what it lacks is refused.
   *
   * @default GatewayApiChannel.STANDARD
   */
  readonly gatewayApiChannel?: GatewayApiChannel;
  /**
   * Name of the cluster that the mesh is applied to, in an app that has a chart for each cluster: meshes of two clusters may have the same
   * namespaces and names, and grant each other nothing.
   *
   * @default - one cluster for all meshes of the app that name none
   */
  readonly clusterName?: string;
}
