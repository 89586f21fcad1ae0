import { GatewayProvider } from '../../providers/gateway-provider';
import { McpProvider } from '../../providers/mcp-provider';
import { MeshProvider } from '../../providers/mesh-provider';
import { Cluster } from '../../values/cluster';
import { MeshMetrics } from '../../values/mesh-metrics';

/** Props of `AgentMesh`. */
export interface AgentMeshProps {
  /** Mesh data plane: it proves identity and authorizes connections. */
  readonly mesh: MeshProvider;
  /**
   * Implementation of the gateways for clients outside the mesh (`InferenceGateway`).
   *
   * @default - GatewayProvider.istio(); on Linkerd, which does not inject its pods, GatewayProvider.istioAgentgateway()
   */
  readonly gateway?: GatewayProvider;
  /**
   * Implementation of the proxies that inspect MCP messages in front of tool servers (`McpToolBoundary`).
   *
   * @default - none: the mesh enforces what it can, and features that need such a proxy are refused
   */
  readonly mcp?: McpProvider;
  /**
   * Cluster that the mesh is applied to: its releases, the channel of its Gateway API CRDs, its trust domain.
   *
   * @default Cluster.of()
   */
  readonly cluster?: Cluster;
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
}
