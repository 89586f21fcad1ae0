import { GatewayProvider } from '../../providers/gateway-provider';
import { McpProvider } from '../../providers/mcp-provider';
import { MeshProvider } from '../../providers/mesh-provider';
import { Cluster } from '../../values/cluster';
import { MeshMetrics } from '../../values/mesh-metrics';

/** Props of `AgentMesh`. */
export interface AgentMeshProps {
  /** Mesh data plane, such as `MeshProvider.istioAmbient()`. It authenticates workloads by mutual TLS and authorizes their connections. */
  readonly mesh: MeshProvider;
  /**
   * Gateway implementation for clients outside the mesh (`InferenceGateway`).
   *
   * @default - GatewayProvider.istio(). On Linkerd, GatewayProvider.istioAgentgateway(), because Linkerd does not inject Istio's own
   * gateway pods
   */
  readonly gateway?: GatewayProvider;
  /**
   * Implementation of the MCP proxies in front of tool servers (`McpToolBoundary`), which parse MCP messages.
   *
   * @default - none: the mesh itself authorizes requests to tool servers, and synth fails for features that only an MCP proxy supports
   */
  readonly mcp?: McpProvider;
  /**
   * Cluster on which the mesh runs: its releases, the channel of its Gateway API CRDs, and its trust domain.
   *
   * @default Cluster.of()
   */
  readonly cluster?: Cluster;
  /**
   * Namespace of the mesh. Constructs under the mesh use it too, unless they set a namespace.
   *
   * @default - the namespace of the chart
   */
  readonly namespace?: string;
  /**
   * Existing namespaces of the mesh. The library emits policies in them, but no Namespace objects, so you must have enrolled them: with the
   * label `istio.io/dataplane-mode: ambient` or `istio-injection: enabled`, or on Linkerd with the annotations `linkerd.io/inject: enabled`
   * and `config.linkerd.io/default-inbound-policy: deny`, or `audit` for a namespace of `auditOnlyNamespaces`. If the namespace lacks the
   * last annotation, pod ports that no workload of the mesh lists stay open.
   *
   * @default - none: the library creates each namespace that the mesh uses
   */
  readonly existingNamespaces?: string[];
  /**
   * Namespaces of the mesh in which nothing is enforced yet: the first stage of adoption. Their policies are written as they will be, and
   * proxies report what these policies would deny: Envoy by a dry run, Linkerd by the access policy `audit`. Every caller is allowed, also
   * without mutual TLS. What can only be enforced is not written: NetworkPolicies, egress, token verification, external authorizers, rate
   * limits. ztunnel reports nothing unless istiod has `AMBIENT_ENABLE_DRY_RUN_AUTHORIZATION_POLICY` (Istio 1.30, authorization policies of
   * ambient). Remove a namespace from the list to enforce. Grants to and rules of other namespaces are not affected.
   *
   * An error for a namespace that the mesh does not have; for a new edge gateway, an MCP proxy or an external tool server in such a
   * namespace; for an existing gateway there with targets in a namespace that enforces; for a waypoint that serves both kinds of
   * namespaces; and during a migration (`AmbientMigration`). A finding (AM404) for each namespace of the list, and (AM405) for pods of the
   * app that have the address of a callee there and no grant.
   *
   * @default - none: every namespace enforces
   */
  readonly auditOnlyNamespaces?: string[];
  /**
   * Other SPIFFE trust domains whose certificates the mesh can verify. Identities of these domains can receive grants.
   *
   * @default - none
   */
  readonly trustedDomains?: string[];
  /**
   * Whether pods of namespaces outside the mesh are denied the external hosts that workloads of the mesh list in `egress`. In ambient mode,
   * every ambient pod of the cluster reaches these hosts by name through a waypoint. By default the waypoint allows ambient pods of
   * namespaces outside the mesh. If true, the waypoint denies them. Pods that are not in ambient mode do not use the waypoint and are not
   * affected. Synth fails on sidecars and Linkerd, where external hosts do not affect other namespaces.
   *
   * @default false
   */
  readonly closesExternalHosts?: boolean;
  /**
   * Prometheus that may scrape the `metricsPort` of workloads, the endpoint pickers that the library deploys, and proxies. `MeshMetrics`
   * states which proxies check the identity of the Prometheus, and who may read the metrics of the other proxies.
   *
   * @default - none: nobody can read metrics that the policies of the mesh deny, and no NetworkPolicy limits those of other proxies
   */
  readonly metrics?: MeshMetrics;
}
