import { MeshMemberProps } from '../membership/membership';

/** A TLS certificate in an existing Secret of type `kubernetes.io/tls`. */
export interface TlsSecretReference {
  /** Name of the Secret. */
  readonly secretName: string;
  /**
   * Namespace of the Secret. If it is not the namespace of the gateway, a ReferenceGrant for this Secret alone is emitted.
   *
   * @default - the namespace of the gateway
   */
  readonly secretNamespace?: string;
  /**
   * Name of a ConfigMap in the gateway's namespace whose `ca.crt` verifies client certificates. Clients must then present a certificate.
   * Requires Istio 1.31 or later.
   *
   * @default - none: client certificates are not required
   */
  readonly clientCaConfigMapName?: string;
}

/** Props of `InferenceGateway`. */
export interface InferenceGatewayProps extends MeshMemberProps {
  /** Host names that the gateway serves: 1 to 16. Requests for other hosts are denied. */
  readonly hostnames: string[];
  /** TLS certificate of the hosts. */
  readonly tls: TlsSecretReference;
  /**
   * Name of the Gateway.
   *
   * @default - the construct id
   */
  readonly name?: string;
  /**
   * Namespace of the Gateway. Use a namespace that holds nothing else.
   *
   * @default - the namespace of the mesh with the suffix "-edge"
   */
  readonly namespace?: string;
  /**
   * Labels for the pods and the Service that istiod creates for the Gateway: at most 7.
   *
   * @default - none except the library's own
   */
  readonly infrastructureLabels?: { [key: string]: string };
  /**
   * Networks that may not connect to the gateway, as CIDRs, such as the pod networks of the cluster. Without them every pod of the
   * cluster can reach the gateway, and what its routes lead to, without a grant. Emits a NetworkPolicy for the pods of the gateway.
   *
   * Addresses count as the gateway pods see them. A load balancer with `externalTrafficPolicy: Cluster` rewrites client addresses to node
   * addresses. A pod that calls the address of such a load balancer then comes from a node address and is allowed. To deny that path too,
   * set `externalTrafficPolicy: Local` and list the node networks beside the pod networks.
   *
   * @default - none: everybody who can reach the gateway may connect
   */
  readonly deniedCidrs?: string[];
}

/** Props of `InferenceGateway.fromGatewayName`. */
export interface ExistingGatewayProps extends MeshMemberProps {
  /**
   * Name of the existing Gateway. On Linkerd its pods must be injected, and the ports of its listeners must be skipped
   * (`config.linkerd.io/skip-inbound-ports`).
   */
  readonly gatewayName: string;
  /** Namespace of the existing Gateway. Its listeners must allow routes from the namespaces of the pools and agents. */
  readonly namespace: string;
  /** Host names of the routes: 1 to 16. */
  readonly hostnames: string[];
  /**
   * Name of the listener to which the routes attach (Gateway API v1.6, ParentReference `sectionName`). Without it the routes attach to
   * the listeners of `listenerPort`, so a redirect at an existing plain HTTP listener keeps working.
   *
   * @default - every listener of `listenerPort`
   */
  readonly listener?: string;
  /**
   * Port of the listeners to which the routes attach. Use the port of an HTTP listener only if TLS ends before the Gateway, at a load
   * balancer, because everybody who reaches that port is served.
   *
   * @default - 443; if `listener` is set, the port of that listener
   */
  readonly listenerPort?: number;
  /**
   * ServiceAccount of the gateway's proxies.
   *
   * @default - the name that istiod gives it for the provider's class: the Gateway's name, "-" and the class; for istio-agentgateway the
   * Gateway's name alone
   */
  readonly serviceAccount?: string;
}
