import { GatewayInfrastructureProps } from './gateway-infrastructure';
import { GatewayExposure } from '../../values/gateway-exposure';
import { GatewayJwtRequirement } from '../../values/jwt';
import { TlsTermination } from '../../values/tls-termination';
import { MeshMemberProps } from '../membership/membership';

/** TLS certificates in existing Secrets of type `kubernetes.io/tls`: one for all hosts, and others for single hosts. */
export interface TlsSecretReference {
  /** Name of the Secret. Its certificate is for all `hostnames` that `secretNames` does not list. */
  readonly secretName: string;
  /**
   * Names of the Secrets of single hosts, by hostname. The listener of such a host presents the certificate of its own Secret. The Secrets are
   * in `secretNamespace` too. Synth fails if a key is not one of the `hostnames`.
   *
   * @default - every host has the certificate of `secretName`
   */
  readonly secretNames?: { [hostname: string]: string };
  /**
   * Namespace of the Secret. If it is not the namespace of the gateway, the library emits a ReferenceGrant for these Secrets only.
   *
   * @default - the namespace of the gateway
   */
  readonly secretNamespace?: string;
  /**
   * Name of an existing ConfigMap in the namespace of the gateway, whose `ca.crt` verifies client certificates. Clients must then present a
   * certificate. Synth fails on Istio 1.30, and with GatewayProvider.istioAgentgateway.
   *
   * @default - none: client certificates are not required
   */
  readonly clientCaConfigMapName?: string;
}

/** Props of `InferenceGateway`. */
export interface InferenceGatewayProps extends MeshMemberProps, GatewayInfrastructureProps {
  /**
   * Which clients the gateway serves. With IN_MESH no Gateway for clients outside the mesh is emitted: pools can be added and granted
   * (`grantInfer`), but no routes, and synth fails for every other prop except `name` and `poolShards`.
   *
   * @default GatewayExposure.EXTERNAL
   */
  readonly exposure?: GatewayExposure;
  /**
   * Host names that the gateway serves: 1 to 16. Requests for other hosts are denied. Synth fails without it, unless `exposure` is IN_MESH.
   *
   * @default - no host
   */
  readonly hostnames?: string[];
  /**
   * TLS certificates of the hosts. Synth fails without it, unless `tlsTermination` is LOAD_BALANCER.
   *
   * @default - no certificate
   */
  readonly tls?: TlsSecretReference;
  /**
   * Which component terminates the TLS of clients. With LOAD_BALANCER the listeners on port 443 use plain HTTP (source: Gateway API v1.6,
   * Listener `protocol`), and the load balancer must terminate TLS and forward to port 443. Requests between the load balancer and the
   * gateway are not encrypted, and the gateway sees no client certificates. The gateway also serves clients that reach port 443 without the
   * load balancer.
   *
   * @default TlsTermination.GATEWAY
   */
  readonly tlsTermination?: TlsTermination;
  /**
   * Name of the Gateway object.
   *
   * @default - the construct id
   */
  readonly name?: string;
  /**
   * Namespace of the Gateway. Use a namespace without workloads: its pods could mount the Secret of the TLS certificate.
   *
   * @default - the namespace of the mesh with the suffix "-edge"
   */
  readonly namespace?: string;
  /**
   * Labels for the pods and the Service that istiod creates for the Gateway: at most 7, in addition to those that the library sets.
   *
   * @default - only the labels that the library sets
   */
  readonly infrastructureLabels?: { [key: string]: string };
  /**
   * Networks whose addresses may not connect to the gateway, as CIDRs, such as the pod networks of the cluster. Without it, every pod of
   * the cluster can call the targets of the gateway's routes without a grant. Emits a NetworkPolicy for the pods of the gateway.
   *
   * The NetworkPolicy compares source addresses as the gateway pods see them. With `externalTrafficPolicy: Cluster`, requests through the
   * load balancer have the address of a node. A pod that calls the load balancer is therefore allowed. To deny such a pod too, set
   * `externalTrafficPolicy: Local` on the Service, and list the node networks in addition to the pod networks.
   *
   * @default - none: every client that can reach the gateway may connect
   */
  readonly deniedCidrs?: string[];
  /**
   * Number of inner gateways in each namespace with pools of this gateway: 1 to 32. An inner gateway is the Gateway through which
   * requests reach pools, and it serves at most 64 of them (source: Gateway API v1.6, listeners of a Gateway). The name of a pool determines
   * its inner gateway, so a new pool moves no other pool. A change of the number moves pools to inner gateways that start at that moment:
   * requests of these pools fail until the new proxies are ready.
   *
   * @default 1
   */
  readonly poolShards?: number;
  /**
   * JWT validation of requests from clients at the gateway. The gateway answers requests without a token with 403, and requests with an
   * invalid token with 401. CORS preflights that the `cors` of a route answers need no token. Callers inside the mesh call agents and
   * pools by their own addresses, and need no token. `callers` of a route limits it to some tokens. Emits a RequestAuthentication. Synth fails with GatewayProvider.istioAgentgateway. An existing Gateway has
   * no `jwt`, because it would apply to all hosts of the Gateway: set `jwt` on the agents instead.
   *
   * @default - clients need no token
   */
  readonly jwt?: GatewayJwtRequirement;
}

/** Props of `InferenceGateway.fromGatewayName`. */
export interface ExistingGatewayProps extends MeshMemberProps {
  /**
   * Name of the existing Gateway. On Linkerd, its pods must have the Linkerd proxy, with the listener ports in the annotation
   * `config.linkerd.io/skip-inbound-ports`.
   */
  readonly gatewayName: string;
  /** Namespace of the existing Gateway. Its listeners must allow routes from the namespaces of the pools and agents. */
  readonly namespace: string;
  /** Host names for which routes are attached to the Gateway: 1 to 16. */
  readonly hostnames: string[];
  /**
   * Name of the listener to which the routes attach (source: Gateway API v1.6, ParentReference). Without it the routes attach to the
   * listeners of `listenerPort`, and not to a plain HTTP listener that redirects clients to HTTPS.
   *
   * @default - every listener of `listenerPort`
   */
  readonly listener?: string;
  /**
   * Port of the listeners to which the routes attach. Use the port of an HTTP listener only if a load balancer in front of the Gateway
   * terminates TLS. The Gateway then serves every client that reaches this port in plain text.
   *
   * @default - 443; if `listener` is set, the port of that listener
   */
  readonly listenerPort?: number;
  /**
   * Number of inner gateways in each namespace with pools of this gateway: 1 to 32. An inner gateway is the Gateway through which
   * requests reach pools, and it serves at most 64 of them (source: Gateway API v1.6, listeners of a Gateway). The name of a pool determines
   * its inner gateway, so a new pool moves no other pool. A change of the number moves pools to inner gateways that start at that moment:
   * requests of these pools fail until the new proxies are ready.
   *
   * @default 1
   */
  readonly poolShards?: number;
  /**
   * Name of the ServiceAccount of the gateway's pods.
   *
   * @default - the name that istiod gives it: `<gateway name>-<GatewayClass>`, or for GatewayProvider.istioAgentgateway the name of the
   * Gateway
   */
  readonly serviceAccount?: string;
}
