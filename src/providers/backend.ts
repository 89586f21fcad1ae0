import { Construct } from 'constructs';
import { ForeignObjects } from './foreign/tree-object';
import { Caller } from '../model/callers';
import { ClusterLinkNode } from '../model/cluster-link';
import { ConnectionRule } from '../model/connection-rule';
import { EgressNode } from '../model/egress';
import { ExternalHostNode } from '../model/external-host';
import { Feature, Refusal } from '../model/feature';
import { GatewayNode } from '../model/gateway';
import { McpHandling, McpProxyNode } from '../model/mcp-proxy';
import { MeshModel, NamespaceNode } from '../model/mesh';
import { CarryingPort, MeshLimitations } from '../model/mesh-limitations';
import { MeshRouteNode } from '../model/mesh-route';
import { PoolNode } from '../model/pool';
import { Principal } from '../model/principal';
import { Problem } from '../model/problem';
import { RequestRule } from '../model/request-rule';
import { RouteNode } from '../model/route';
import { ServiceNode } from '../model/service';
import { ToolServerNode } from '../model/tool-server';
import { WaypointNode } from '../model/waypoint';
import { WorkloadEgressFacts, WorkloadNode } from '../model/workload';

/** Answers why a provider does not support a feature. */
export interface FeatureSupport {
  /** As in a program: "MeshProvider.istioAmbient". */
  readonly label: string;
  /** Returns why the feature is not supported, or nothing where it is. */
  refuses(feature: Feature): Refusal | undefined;
}

/** Contract of a mesh data plane: identity and authorization of connections. Methods with a scope emit under it. */
export interface MeshBackend extends FeatureSupport {
  /** Ports, users and container names that the mesh's own proxy in a pod uses. */
  readonly proxy: ProxyFacts;
  /** How gateway pods join the mesh. */
  readonly gateways: GatewayMembership;
  /** How MCP proxies join the mesh and learn the identity of callers. Without it MCP proxies are refused. */
  readonly mcpProxies?: McpProxyMembership;
  /** Why MCP proxies are refused, if the reason is not that they cannot learn the identity of callers. */
  readonly mcpProxiesRefusal?: Refusal;
  /** Why HTTP probes (`healthPath`) must not be combined with a rate limit. Absent if probes bypass the mesh. */
  readonly countedProbes?: string;
  /** Proxies of their own that authorize requests. Without them the feature `waypoint` is refused. */
  readonly waypoints?: WaypointBackend;
  /** Traffic splits, timeouts and retries inside the mesh. Without it the features `mesh-canary`, `mesh-timeouts` and `mesh-retries` are refused. */
  readonly routes?: MeshRoutes;
  /** External hosts that single workloads may call. Without it the feature `named-hosts` is refused. */
  readonly externalHosts?: ExternalHosts;
  /** External hosts that whole namespaces may call. Without it the feature `egress` is refused. */
  readonly namespaceEgress?: NamespaceEgress;
  /** Links to other clusters. Without it the feature `federation` is refused. */
  readonly clusterLinks?: ClusterLinks;
  /** How the mesh withholds callers' credentials from tool servers: it refuses the request, or strips the header. */
  readonly credentials: 'refused' | 'stripped';
  /** Limitations of this kind of mesh, for the access report. */
  readonly limitations: MeshLimitations;
  /** Returns the name of the data plane of a namespace: "Istio ambient". Two data planes are not connected. */
  dataPlaneIn(namespace: string): string;
  /** Enrols a namespace, denies all calls in it by default, and enables access logs and metrics. */
  enroll(scope: Construct, model: MeshModel, namespace: NamespaceNode): void;
  /** Returns the labels and annotations that enrol the pods of a deployed workload. */
  podMetadata(workload: WorkloadNode): PodMetadata;
  /** Emits the Service of a workload; its id is `service`. */
  createService(scope: Construct, model: MeshModel, workload: WorkloadNode, service: ServiceNode): void;
  /**
   * Emits the workload policy: only callers of the connection rules may connect to the pods; its id is `workload-policy`. The rules are read
   * when the object is written.
   */
  authorizePods(scope: Construct, model: MeshModel, workload: WorkloadNode, connectionRules: () => readonly ConnectionRule[]): void;
  /** Returns who may connect to the pods of a workload: granted callers, or the waypoint in front of it. */
  connectionRules(model: MeshModel, workload: WorkloadNode): readonly ConnectionRule[];
  /** Denies pods all calls that leave the cluster, except to hosts that `externalHosts` allows; its id is `outbound`. */
  restrictEgress(scope: Construct, workload: WorkloadNode, egress: WorkloadEgressFacts): void;
  /** Returns the port at which the mesh delivers traffic to the pods of a namespace. None where pods get it at their own ports. */
  carryingPortIn?(namespace: string): CarryingPort | undefined;
  /**
   * Returns how proxies read requests at a port of an existing Service, in words, where the description of its workload differs. None where
   * proxies read no requests.
   */
  misreadPort?(workload: WorkloadNode, port: ServicePort, annotations: Readonly<Record<string, unknown>>): string | undefined;
  /** Reports what this provider cannot enforce, in the namespaces that are its own. */
  check(model: MeshModel, isOwn: (namespace: string) => boolean): Problem[];
  /** Reports user-managed objects that contradict the mesh, in the namespaces that are its own; `proxies` are the identities of gateways and waypoints. */
  checkForeign(model: MeshModel, foreign: ForeignObjects, isOwn: (namespace: string) => boolean, proxies: readonly Caller[]): Problem[];
}

/** A port of a Service in a manifest. */
export interface ServicePort {
  readonly name?: string;
  readonly port?: number;
  readonly protocol?: string;
  readonly appProtocol?: string;
  readonly targetPort?: number | string;
}

/** Ports and users of the mesh's own proxy in a pod, which no workload may use, and containers that the mesh mistakes for it. */
export interface ProxyFacts {
  readonly ports: readonly number[];
  readonly userIds: readonly number[];
  /** Containers that make the mesh skip a pod, because it takes them for a proxy. Absent if the mesh skips no pod. */
  readonly skipped?: SkippedContainers;
}

/** Containers, by name or by the prefix of their image. */
export interface SkippedContainers {
  /** Component that skips the pods: "Linkerd's injector". */
  readonly by: string;
  readonly names: readonly string[];
  readonly images: readonly string[];
  /** Names of init containers. */
  readonly initNames: readonly string[];
  readonly initImages: readonly string[];
}

/** Labels and annotations that enrol pods in the mesh. */
export interface PodMetadata {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Whether pods without an API token get no proxy. The token is then mounted where the workload does not see it. */
  readonly needToken?: boolean;
}

/** Routes inside the mesh. */
export interface MeshRoutes {
  /** Emits the traffic split of a Service; ids `route`, and `rest` if other requests need an object of their own. */
  split(scope: Construct, route: MeshRouteNode): void;
}

/** External hosts, by workload. */
export interface ExternalHosts {
  /** Allows a host for the workloads of a namespace that name it; ids as in `NamespaceEgress`, or `host` and `callers`. */
  allow(scope: Construct, model: MeshModel, host: ExternalHostNode): void;
}

/** External hosts, by namespace. */
export interface NamespaceEgress {
  /** Allows hosts for every pod of a namespace; its id is `host`. */
  allow(scope: Construct, egress: EgressNode): void;
}

/** Links to other clusters. */
export interface ClusterLinks {
  /** Emits a link to a cluster whose exported Services are used here; its id is `link`. */
  link(scope: Construct, link: ClusterLinkNode): void;
}

/** Waypoints: proxies of their own inside the mesh that authorize requests. */
export interface WaypointBackend {
  /** Whether callers of the Service of a workload reach its pods through a waypoint. */
  isBehind(workload: WorkloadNode): boolean;
  /** Emits a waypoint that denies all requests until a policy allows some; the id of its Gateway is `gateway`. */
  createWaypoint(scope: Construct, waypoint: WaypointNode, namespaces: () => readonly string[]): void;
  /** Returns whether the waypoint of a namespace intercepts its Services by default, so that a Service must opt out. */
  mayIntercept(namespace: NamespaceNode | undefined): boolean;
  /** Returns the ServiceAccount of a waypoint's proxies. */
  serviceAccount(name: string): string;
  /** Registers an external host behind a waypoint, which calls it over TLS; ids `host` and `tls`. */
  registerExternalService(scope: Construct, service: ServiceNode): void;
  /** Emits the policy of a Service at its waypoint; its id is `request-policy`. The rules are read when the object is written. */
  authorizeRequests(
    scope: Construct, service: ServiceNode, model: MeshModel, workload: WorkloadNode, rules: () => readonly RequestRule[],
  ): void;
}

/** How gateway pods join a mesh. */
export interface GatewayMembership {
  /** Labels and annotations of the pods of an edge gateway. */
  readonly edge: PodMetadata;
  /** Ports for health and metrics of the mesh's proxy in gateway pods. */
  readonly statusPorts: readonly number[];
  /** Transports that pods accept from a gateway's own proxy. Empty if the mesh's proxy in the gateway pod sends the traffic. */
  readonly acceptedTransports: readonly PodTransport[];
  /** Returns how the inner gateway of a namespace joins the mesh; nothing if InferencePools are not supported there. */
  innerIn(namespace: string): InnerMembership | undefined;
}

/** Transport of Istio's mutual TLS: a tunnel to ztunnel (HBONE), or direct to a sidecar. */
export type PodTransport = 'hbone' | 'mutual-tls';

/**
 * How an inner gateway joins the mesh. Captured: the mesh encrypts and decrypts its traffic; the proxy does not see the caller's identity.
 * Mutual TLS: the proxy does so itself, with a certificate of the mesh, and sees the caller's identity.
 */
export type InnerMembership =
  | { readonly kind: 'captured'; readonly labels: Readonly<Record<string, string>>; readonly environment: Readonly<Record<string, string>> }
  | { readonly kind: 'mutual-tls' };

/** How an MCP proxy joins a mesh. */
export interface McpProxyMembership {
  /** Labels and annotations of its pods. */
  readonly podMetadata: PodMetadata;
  /** Whether the proxy speaks Istio's mutual TLS (HBONE) itself, with certificates of this trust domain. */
  readonly speaksHbone: boolean;
  /** Whether the mesh authorizes connections to its pods, so that they need a workload policy. */
  readonly needsWorkloadPolicy: boolean;
  /** Returns what the proxy must match to recognize a caller. */
  readonly matchOf: CallerMatcher;
  /** Whether the mesh restricts egress of its pods, so that external servers must be allowed by name. */
  readonly needsNamedHosts: boolean;
}

export type CallerMatcher = (principal: Principal) => CallerMatch;

/** A peer with a verified certificate, or a header that only the mesh can set. Without a principal or value: any caller with an identity. */
export type CallerMatch =
  | { readonly kind: 'peer'; readonly principal?: Principal }
  | { readonly kind: 'header'; readonly name: string; readonly value?: string };

/** The role that inspects MCP messages: a proxy in front of the servers of each boundary. */
export interface McpBackend extends FeatureSupport {
  /** The proxies; none where this mesh cannot tell them who calls, so that every feature of the role is refused. */
  readonly proxies?: McpProxies;
  /** Returns the identities of all proxies of a mesh. */
  callers(model: MeshModel): readonly Caller[];
  /** Reports what this provider could not enforce. */
  check(model: MeshModel): Problem[];
}

/** Proxies that inspect MCP messages. Every method emits under the scope that it is given. */
export interface McpProxies {
  /** Returns the proxy of a boundary, which has the name of the boundary, and its configuration. */
  mcpProxyOf(place: Pick<McpProxyNode, 'name' | 'namespace' | 'port'>, handling: McpHandling): McpProxyNode;
  /** Emits the proxy and its policies; ids `parameters`, `mcp-proxy`, `backend`, `route`, `callers`, `request-policy`, and one for each option. */
  createMcpProxy(scope: Construct, model: MeshModel, server: ToolServerNode): void;
}

/** Contract of a gateway implementation: hosts, routes, pools. Methods with a scope emit under it. */
export interface GatewayBackend extends FeatureSupport {
  /** Longest suffix that is appended to a gateway's name, here or by its controller. */
  readonly nameSuffix: string;
  /** Returns whether the proxies of a gateway listen on a port themselves. */
  isProxyPort(port: number): boolean;
  /** Returns the ServiceAccount of a gateway's proxies. */
  serviceAccount(gatewayName: string): string;
  /** Emits the Gateway and what allows requests for its hosts only; the id of the Gateway is `gateway`. */
  createGateway(scope: Construct, model: MeshModel, gateway: GatewayNode): void;
  /** Allows requests for the hosts of an existing Gateway in a namespace that denies by default. */
  allowHosts(scope: Construct, gateway: GatewayNode): void;
  /** Emits a pool (id `pool`), its endpoint picker, and the path from the gateway to it. Objects that pools share are found or made under the gateway. */
  createPool(scope: Construct, gatewayScope: Construct, model: MeshModel, pool: PoolNode): void;
  /** Emits a route; its id is `route`. */
  createRoute(scope: Construct, route: RouteNode): void;
  /** Returns who may connect to the pods of a workload because of pools and routes. */
  connectionRules(model: MeshModel, workload: WorkloadNode): readonly ConnectionRule[];
  /** Returns the identities of all gateway proxies of a mesh. */
  proxies(model: MeshModel): readonly Caller[];
  /** Returns the identity with which the proxies of a gateway call. */
  caller(model: MeshModel, gateway: GatewayNode): Caller;
  /** Reports what this provider cannot enforce. */
  check(model: MeshModel): Problem[];
  /** Reports user-managed objects that contradict the gateways and their routes. */
  checkForeign(model: MeshModel, foreign: ForeignObjects): Problem[];
  /** Returns the identity that calls the endpoint picker of a pool and the pods that it picks. */
  server(model: MeshModel, pool: PoolNode): Caller;
}
