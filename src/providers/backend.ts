import { Construct } from 'constructs';
import { ExternalHosts, ExternalNetworks, NamespaceEgress } from './backend-egress';
import { UnauthenticatedPorts } from './backend-ports';
import { ForeignObjects } from './foreign/tree-object';
import { Caller } from '../model/callers';
import { ClusterLinkNode } from '../model/cluster-link';
import { ConnectionRule } from '../model/connection-rule';
import { Feature, Refusal } from '../model/feature';
import { GatewayNode } from '../model/gateway';
import { McpHandling, McpProxyNode } from '../model/mcp-proxy';
import { MeshModel, NamespaceNode } from '../model/mesh';
import { CarryingPort, MeshLimitations } from '../model/mesh-limitations';
import { MeshRouteNode } from '../model/mesh-route';
import { PoolNode } from '../model/pool';
import { Principal } from '../model/principal';
import { Problem } from '../model/problem';
import { ProxyMetrics } from '../model/proxy-metrics';
import { RequestRule } from '../model/request-rule';
import { RouteNode } from '../model/route';
import { ServiceNode } from '../model/service';
import { TenantNode } from '../model/tenant';
import { ToolServerNode } from '../model/tool-server';
import { WaypointNode } from '../model/waypoint';
import { WorkloadEgressFacts, WorkloadNode } from '../model/workload';

export type { ExternalHosts, ExternalNetworks, NamespaceEgress } from './backend-egress';
export type { UnauthenticatedPorts } from './backend-ports';

/** Declares which features a provider supports. */
export interface FeatureSupport {
  /** Name of the factory, such as "MeshProvider.istioAmbient". */
  readonly label: string;
  /** Returns why the feature is not supported, or nothing if it is supported. */
  refuses(feature: Feature): Refusal | undefined;
}

/** Contract of a mesh data plane: identity and authorization of connections. Methods with a scope emit under it. */
export interface MeshBackend extends FeatureSupport {
  /** Ports, user ids and container names of the mesh proxy in a pod. */
  readonly proxy: ProxyFacts;
  /** How gateway pods join the mesh. */
  readonly gateways: GatewayMembership;
  /** How MCP proxies join the mesh and get the identity of callers. If absent, MCP proxies are refused. */
  readonly mcpProxies?: McpProxyMembership;
  /** Reason for which MCP proxies are refused. By default, the reason is that they cannot get the identity of callers. */
  readonly mcpProxiesRefusal?: Refusal;
  /** Why HTTP probes (`healthPath`) must not be combined with a rate limit. Absent if probes bypass the mesh. */
  readonly countedProbes?: string;
  /** Waypoints. If absent, the feature `waypoint` is refused. */
  readonly waypoints?: WaypointBackend;
  /** Traffic splits, copies, timeouts, retries and faults inside the mesh. Without it the features `mesh-canary`, `mesh-mirror`, `mesh-timeouts`, `mesh-retries` and `fault-injection` are refused. */
  readonly routes?: MeshRoutes;
  /** External hosts that single workloads may call. Without it the feature `named-hosts` is refused. */
  readonly externalHosts?: ExternalHosts;
  /** Networks outside the mesh that single workloads may call. Absent if proxies forward traffic to addresses that belong to no known host. */
  readonly externalNetworks?: ExternalNetworks;
  /** External hosts that whole namespaces may call. Without it the feature `egress` is refused. */
  readonly namespaceEgress?: NamespaceEgress;
  /** Ports for callers without an identity. Without it the feature `unauthenticated-ports` is refused. */
  readonly unauthenticatedPorts?: UnauthenticatedPorts;
  /** Links to other clusters. Without it the feature `federation` is refused. */
  readonly clusterLinks?: ClusterLinks;
  /** How the mesh keeps the `Authorization` header of callers from tool servers: it denies the request, or strips the header. */
  readonly credentials: 'refused' | 'stripped';
  /** Limitations of this kind of mesh, for the access report. */
  readonly limitations: MeshLimitations;
  /** Returns the metrics of proxies that policies of the mesh do not cover, or of its waypoints. */
  proxyMetrics?(model: MeshModel): readonly ProxyMetrics[];
  /** Returns the name of the data plane of a namespace, such as "Istio ambient". Workloads on two data planes cannot call each other. */
  dataPlaneIn(namespace: string): string;
  /** Enrolls a namespace, denies all calls in it by default, and enables access logs and metrics. */
  enroll(scope: Construct, model: MeshModel, namespace: NamespaceNode): void;
  /** Returns the labels and annotations that enroll the pods of a workload. */
  podMetadata(workload: WorkloadNode, model: MeshModel): PodMetadata;
  /** Emits the Service of a workload; its id is `service`. */
  createService(scope: Construct, model: MeshModel, workload: WorkloadNode, service: ServiceNode): void;
  /** Emits the workload policy, which allows only the connection rules. Its id is `workload-policy`. The rules are computed at synth. */
  authorizePods(scope: Construct, model: MeshModel, workload: WorkloadNode, connectionRules: () => readonly ConnectionRule[]): void;
  /** Returns the rules for connections to the pods of a workload: they allow the granted callers, or the waypoint in front of the pods. */
  connectionRules(model: MeshModel, workload: WorkloadNode): readonly ConnectionRule[];
  /** Denies pods all egress outside the mesh that `egress` does not allow. The id of the NetworkPolicy is `outbound`. */
  restrictEgress(scope: Construct, workload: WorkloadNode, egress: WorkloadEgressFacts): void;
  /** Returns the port at which the mesh delivers traffic to the pods of a namespace. Undefined if it uses the ports of the pods. */
  carryingPortIn?(namespace: string): CarryingPort | undefined;
  /** Returns, as text, the protocol that proxies expect at a port of an existing Service, if the workload has another one. */
  misreadPort?(workload: WorkloadNode, port: ServicePort, annotations: Readonly<Record<string, unknown>>): string | undefined;
  /** Reports what this provider cannot enforce. `isOwn` returns whether the provider manages a namespace. */
  check(model: MeshModel, isOwn: (namespace: string) => boolean): Problem[];
  /** Reports user-managed objects that contradict the mesh. `proxies` are the identities of gateways and waypoints. */
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

/** Ports and user ids of the mesh proxy in a pod, which no workload may use, and containers that the mesh mistakes for the proxy. */
export interface ProxyFacts {
  readonly ports: readonly number[];
  readonly userIds: readonly number[];
  /** Containers that the injector mistakes for a proxy, so that it does not inject the pod. Absent if the mesh skips no pods. */
  readonly skipped?: SkippedContainers;
}

/** Containers, by name or by the prefix of their image. */
export interface SkippedContainers {
  /** Component that skips the pods, such as "Linkerd's injector". */
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
  /** Whether the mesh injects no proxy into pods without an API token. The token is then mounted, but hidden from the container of the workload. */
  readonly needToken?: boolean;
}

/** Routes inside the mesh. */
export interface MeshRoutes {
  /** Emits the route of a Service with its faults. The id is `route`, or `fault-route` if there are faults. */
  split(scope: Construct, route: MeshRouteNode): void;
  /** Emits the limits of an existing Service; its id is `traffic`. Absent where `connection-pool` is refused. */
  limit?(scope: Construct, service: ServiceNode): void;
}

/** Links to other clusters. */
export interface ClusterLinks {
  /** Emits a link to a cluster whose exported Services can be called here. The id is `link`. */
  link(scope: Construct, link: ClusterLinkNode): void;
}

/** Waypoints: proxies inside the mesh that authorize requests to Services. */
export interface WaypointBackend {
  /** Returns whether callers of the Service of a workload reach its pods through a waypoint. */
  isBehind(workload: WorkloadNode): boolean;
  /** Emits a waypoint that denies all requests until a policy allows some; the id of its Gateway is `gateway`. */
  createWaypoint(scope: Construct, model: MeshModel, waypoint: WaypointNode, namespaces: () => readonly string[]): void;
  /** Returns whether the waypoint of a namespace intercepts its Services by default, so that a Service must opt out. */
  mayIntercept(namespace: NamespaceNode | undefined): boolean;
  /** Returns the ServiceAccount of a waypoint's proxies. */
  serviceAccount(name: string): string;
  /** Registers an external host behind a waypoint, which calls the host over TLS. The ids are `host` and `tls`. */
  registerExternalService(scope: Construct, model: MeshModel, service: ServiceNode): void;
  /** Emits the policy of a Service at its waypoint, with the id `request-policy`. The rules are computed when the object is written. */
  authorizeRequests(
    scope: Construct, service: ServiceNode, model: MeshModel, workload: WorkloadNode, rules: () => readonly RequestRule[],
  ): void;
}

/** How gateway pods join a mesh. */
export interface GatewayMembership {
  /** Labels and annotations of the pods of an edge gateway. */
  readonly edge: PodMetadata;
  /** Health and metrics ports of the mesh proxy in gateway pods. */
  readonly statusPorts: readonly number[];
  /** Transports that pods accept from the gateway proxy itself. Empty if the mesh proxy in the gateway pod sends the traffic. */
  readonly acceptedTransports: readonly PodTransport[];
  /** Returns how the inner gateway of a namespace joins the mesh, or nothing if InferencePools are not supported there. */
  innerIn(namespace: string): InnerMembership | undefined;
}

/** Transport of Istio's mutual TLS: a tunnel to ztunnel (HBONE), or direct to a sidecar. */
export type PodTransport = 'hbone' | 'mutual-tls';

/**
 * How an inner gateway joins the mesh. `captured`: the mesh encrypts the traffic, and the gateway does not see the identity of the caller.
 * `mutual-tls`: the gateway itself uses a certificate of the mesh, and sees the identity of the caller.
 */
export type InnerMembership =
  | { readonly kind: 'captured'; readonly labels: Readonly<Record<string, string>>; readonly environment: Readonly<Record<string, string>> }
  | { readonly kind: 'mutual-tls' };

/** How an MCP proxy joins a mesh. */
export interface McpProxyMembership {
  /** Labels and annotations of the pods of the MCP proxy. */
  readonly podMetadata: PodMetadata;
  /** Whether the proxy speaks Istio's mutual TLS (HBONE) itself, with certificates of this trust domain. */
  readonly speaksHbone: boolean;
  /** Whether the mesh authorizes connections to the pods of the MCP proxy, so that they need a workload policy. */
  readonly needsWorkloadPolicy: boolean;
  /** Returns the match by which the MCP proxy identifies a caller. */
  readonly matchOf: CallerMatcher;
  /** Whether the mesh restricts egress of the pods of the MCP proxy, so that external servers must be allowed by name. */
  readonly needsNamedHosts: boolean;
}

export type CallerMatcher = (principal: Principal) => CallerMatch;

/** How an MCP proxy identifies a caller: by peer certificate, or by a header that only the mesh sets. Any identity matches without a value. */
export type CallerMatch =
  | { readonly kind: 'peer'; readonly principal?: Principal }
  | { readonly kind: 'header'; readonly name: string; readonly value?: string };

/** Contract of an MCP proxy implementation, which inspects MCP messages in front of the servers of each boundary. */
export interface McpBackend extends FeatureSupport {
  /** The MCP proxies. Absent if they cannot get the identity of callers from this mesh. Every feature of the provider is then refused. */
  readonly proxies?: McpProxies;
  /** Returns the identities of all proxies of a mesh. */
  callers(model: MeshModel): readonly Caller[];
  /** Returns the metrics of these proxies. */
  proxyMetrics(model: MeshModel): readonly ProxyMetrics[];
  /** Reports what this provider could not enforce. */
  check(model: MeshModel): Problem[];
}

/** MCP proxies. Methods with a scope emit under it. */
export interface McpProxies {
  /** Returns the proxy of a boundary, which has the name of the boundary, and its configuration. */
  mcpProxyOf(place: Pick<McpProxyNode, 'name' | 'namespace' | 'port'>, handling: McpHandling): McpProxyNode;
  /** Emits the proxy and its policies, with the ids `parameters`, `mcp-proxy`, `backend`, `route`, `callers`, `request-policy`, and others. */
  createMcpProxy(scope: Construct, model: MeshModel, server: ToolServerNode): void;
}

/** Contract of a gateway implementation: hosts, routes, pools. Methods with a scope emit under it. */
export interface GatewayBackend extends FeatureSupport {
  /** Longest suffix that the library or the controller appends to the name of a gateway. */
  readonly nameSuffix: string;
  /** Returns whether a port is used by the gateway proxies themselves. */
  isProxyPort(port: number): boolean;
  /** Returns the ServiceAccount of a gateway's proxies. */
  serviceAccount(gatewayName: string): string;
  /** Emits the Gateway, with the id `gateway`, and the policy that allows only requests for its hosts. */
  createGateway(scope: Construct, model: MeshModel, gateway: GatewayNode): void;
  /** Allows requests for the hosts of an existing Gateway in a namespace that denies by default. */
  allowHosts(scope: Construct, model: MeshModel, gateway: GatewayNode): void;
  /** Emits a pool (id `pool`), its endpoint picker, and the path from the gateway to it. Objects that pools share are under the gateway. */
  createPool(scope: Construct, gatewayScope: Construct, model: MeshModel, pool: PoolNode): void;
  /** Emits the Service of a pool for callers inside the mesh (id `service`), and what allows the callers with a grant to use it. */
  openPool(scope: Construct, model: MeshModel, pool: PoolNode): void;
  /** Emits the Service of a tenant of a pool (id `service`), and what tells the endpoint picker the tenant. Objects that tenants share are under the gateway. */
  createTenant(scope: Construct, gatewayScope: Construct, model: MeshModel, tenant: TenantNode): void;
  /** Emits a route with the id `route`. */
  createRoute(scope: Construct, route: RouteNode): void;
  /** Returns the rules for connections to the pods of a workload that pools and routes need. */
  connectionRules(model: MeshModel, workload: WorkloadNode): readonly ConnectionRule[];
  /** Returns the identities of all gateway proxies of a mesh. */
  proxies(model: MeshModel): readonly Caller[];
  /** Returns the metrics of the proxies of gateways that are created here. */
  proxyMetrics(model: MeshModel): readonly ProxyMetrics[];
  /** Returns the mesh identity of the proxies of a gateway. */
  caller(model: MeshModel, gateway: GatewayNode): Caller;
  /** Reports what this provider cannot enforce. */
  check(model: MeshModel): Problem[];
  /** Reports user-managed objects that contradict the gateways and their routes. */
  checkForeign(model: MeshModel, foreign: ForeignObjects): Problem[];
  /** Returns the identity that calls the endpoint picker of a pool and the pods that it picks. */
  server(model: MeshModel, pool: PoolNode): Caller;
}
