import { Construct } from 'constructs';
import { ForeignObjects } from './foreign/tree-object';
import { Caller } from '../model/callers';
import { ClusterLinkNode } from '../model/cluster-link';
import { ConnectionRule } from '../model/connection-rule';
import { EgressNode } from '../model/egress';
import { ExternalHost } from '../model/external-host';
import { Feature, Refusal } from '../model/feature';
import { GatewayNode } from '../model/gateway';
import { McpHandling, McpProxyNode } from '../model/mcp-proxy';
import { MeshModel, NamespaceNode } from '../model/mesh';
import { MeshLimitations } from '../model/mesh-limitations';
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

/** Who proves identity and guards connections. Every method emits under the scope that it is given. */
export interface MeshBackend extends FeatureSupport {
  /** What the mesh's own proxy in a pod takes for itself. */
  readonly proxy: ProxyFacts;
  /** How the proxies of gateways belong to the mesh. */
  readonly gateways: GatewayMembership;
  /** How a proxy that reads MCP inside the mesh is told who calls; none where it cannot be. */
  readonly mcpProxies?: McpProxyMembership;
  /** Why no such proxy may stand in this mesh for now, whatever it were told. */
  readonly mcpProxiesRefusal?: Refusal;
  /** Why probes by HTTP (`healthPath`) do harm beside a limit of requests, in words; none where they go past the mesh. */
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
  /** How it keeps callers' credentials from tool servers. */
  readonly credentials: 'refused' | 'stripped';
  /** What the access report has to say of every mesh of this kind. */
  readonly limitations: MeshLimitations;
  /** What carries the connections of a namespace, in words: "Istio ambient". Between two different ones nothing is carried. */
  dataPlaneIn(namespace: string): string;
  /** Enrols a namespace and closes it, so that nobody may call anybody there, and has its proxies log and count. */
  enroll(scope: Construct, model: MeshModel, namespace: NamespaceNode): void;
  /** What the pod template of a workload that is deployed here carries, so that the pods are members. */
  podMetadata(workload: WorkloadNode): PodMetadata;
  /** The Service of a workload; its id is `service`. */
  createService(scope: Construct, model: MeshModel, workload: WorkloadNode, service: ServiceNode): void;
  /** The floor: the only ones who may connect to the pods, read when the object is written. */
  authorizePods(scope: Construct, id: string, model: MeshModel, workload: WorkloadNode, connectionRules: () => readonly ConnectionRule[]): void;
  /** Who the grants of a workload, and what reads requests before it, let connect to its pods. */
  connectionRules(model: MeshModel, workload: WorkloadNode): readonly ConnectionRule[];
  /** Lets pods call nobody outside the cluster but through what lets hosts out; its id is `outbound`. */
  restrictEgress(scope: Construct, workload: WorkloadNode, egress: WorkloadEgressFacts): void;
  /** What of the mesh this provider could not enforce, in the namespaces that are its own. */
  check(model: MeshModel, isOwn: (namespace: string) => boolean): Problem[];
  /** What the team's own objects contradict, in the namespaces that are its own; `proxies` are the identities of gateways and waypoints. */
  checkForeign(model: MeshModel, foreign: ForeignObjects, isOwn: (namespace: string) => boolean, proxies: readonly Caller[]): Problem[];
}

/** What the mesh's own proxy in a pod takes for itself: nothing else may listen there, run as its user, or be a container that passes for it. */
export interface ProxyFacts {
  readonly ports: readonly number[];
  readonly userIds: readonly number[];
  /** Containers by which the mesh takes a pod for one that has a proxy: it skips the pod, which then is no member. None where it looks at none. */
  readonly skipped?: SkippedContainers;
}

/** Containers by their name, or by the beginning of their image. */
export interface SkippedContainers {
  /** Who skips their pods, in words: "Linkerd's injector". */
  readonly by: string;
  readonly names: readonly string[];
  readonly images: readonly string[];
  /** The same of init containers alone. */
  readonly initNames: readonly string[];
  readonly initImages: readonly string[];
}

/** Labels and annotations of pods, by which they are members. */
export interface PodMetadata {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Whether pods without an API token are left without a proxy: then the token stands where the workload does not see it. */
  readonly needToken?: boolean;
}

/** Routes inside the mesh. */
export interface MeshRoutes {
  /** Emits how calls of a Service are split; ids `Resource`, and `rest` where other requests need an object of their own. */
  split(scope: Construct, route: MeshRouteNode): void;
}

/** External hosts, by workload. */
export interface ExternalHosts {
  /** Lets those workloads of a namespace call a host that name it; ids as `NamespaceEgress` has them, or `host` and `callers`. */
  allow(scope: Construct, model: MeshModel, host: ExternalHost): void;
}

/** External hosts, by namespace. */
export interface NamespaceEgress {
  /** Lets every pod of a namespace call hosts. */
  allow(scope: Construct, egress: EgressNode): void;
}

/** Links to other clusters. */
export interface ClusterLinks {
  /** Emits a link to a cluster whose exported Services are used here; its id is `Resource`. */
  link(scope: Construct, link: ClusterLinkNode): void;
}

/** A proxy of its own inside the mesh that reads requests, and lets through what a policy names. */
export interface WaypointBackend {
  /** Whether callers of the Service of a workload reach its pods through a waypoint. */
  isBehind(workload: WorkloadNode): boolean;
  /** The proxy, closed. */
  createWaypoint(scope: Construct, waypoint: WaypointNode, namespaces: () => readonly string[]): void;
  /** Whether a Service of a namespace must say that no waypoint reads its requests. */
  mayIntercept(namespace: NamespaceNode | undefined): boolean;
  /** The ServiceAccount of a waypoint's proxies. */
  serviceAccount(name: string): string;
  /** Has a waypoint stand for a host outside the cluster, which it calls over TLS; ids `host` and `tls`. */
  registerExternalService(scope: Construct, service: ServiceNode): void;
  /** The only requests that a Service takes, read where its waypoint is and when the object is written. */
  authorizeRequests(
    scope: Construct, id: string, service: ServiceNode, model: MeshModel, workload: WorkloadNode, rules: () => readonly RequestRule[],
  ): void;
}

/** How the proxies of gateways belong to a mesh. */
export interface GatewayMembership {
  /** What the pods of a gateway for outside clients carry. */
  readonly edge: PodMetadata;
  /** Ports at which the mesh's proxy beside a gateway's is asked for its health and metrics. */
  readonly statusPorts: readonly number[];
  /** What pods take of what a gateway's own proxy sends; everything where the mesh's proxy beside it carries it. */
  readonly acceptedTransports: readonly PodTransport[];
  /** How a gateway between the edge and the pools of a namespace is a member; none where no pool can be served. */
  innerIn(namespace: string): InnerMembership | undefined;
}

/** How mutual TLS of Istio comes to a pod: in a tunnel, for ztunnel, or plainly, for a sidecar. */
export type PodTransport = 'hbone' | 'mutual-tls';

/**
 * Captured: the mesh, not the proxy, encrypts what it sends and opens what it receives; the proxy sees no peer.
 * Mutual TLS: the proxy does both itself, with a certificate of the mesh, and sees who calls.
 */
export type InnerMembership =
  | { readonly kind: 'captured'; readonly labels: Readonly<Record<string, string>>; readonly environment: Readonly<Record<string, string>> }
  | { readonly kind: 'mutual-tls' };

/** How a proxy before tool servers belongs to a mesh. */
export interface McpProxyMembership {
  /** What its pods carry. */
  readonly podMetadata: PodMetadata;
  /** Whether it takes part in Istio's mutual TLS itself, by certificates of this trust domain. */
  readonly speaksHbone: boolean;
  /** Whether the mesh guards its pods, so that they need a floor. */
  readonly needsWorkloadPolicy: boolean;
  /** How the proxy sees who calls. */
  readonly matchOf: CallerMatcher;
  /** Whether the mesh lets its pods call only hosts outside that are named, so that those of its servers must be. */
  readonly needsNamedHosts: boolean;
}

export type CallerMatcher = (principal: Principal) => CallerMatch;

/** A peer whose certificate the proxy has verified, or a header that the mesh sets and no caller can; of anyone, whatever it is. */
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
  /** Emits the proxy and its policies; ids `parameters`, `mcp-proxy`, `server`, `route`, `callers`, `Resource`, and one for each option. */
  createMcpProxy(scope: Construct, model: MeshModel, server: ToolServerNode): void;
}

/** Who reads the requests of clients: hosts, routes, pools. Every method emits under the scope that it is given. */
export interface GatewayBackend extends FeatureSupport {
  /** The longest that is appended to a gateway's name, here or by its controller. */
  readonly nameSuffix: string;
  /** The ServiceAccount of a gateway's proxies. */
  serviceAccount(gatewayName: string): string;
  /** The door itself, open for its hosts and for nothing else. */
  createGateway(scope: Construct, model: MeshModel, gateway: GatewayNode): void;
  /** Opens a door of the team for its hosts, where the mesh has closed its namespace. */
  allowHosts(scope: Construct, gateway: GatewayNode): void;
  /** A pool, its picker, and the way from the gateway to it; what pools share is found or made under the gateway. */
  createPool(scope: Construct, gatewayScope: Construct, model: MeshModel, pool: PoolNode): void;
  /** How requests are shared out. */
  createRoute(scope: Construct, route: RouteNode): void;
  /** Who pools and routes let connect to the pods of a workload. */
  connectionRules(model: MeshModel, workload: WorkloadNode): readonly ConnectionRule[];
  /** Every proxy of the gateways of a mesh, as who calls. */
  proxies(model: MeshModel): readonly Caller[];
  /** What the proxies of a gateway prove to be when they call. */
  caller(model: MeshModel, gateway: GatewayNode): Caller;
  /** What of the mesh this provider could not enforce. */
  check(model: MeshModel): Problem[];
  /** Who asks the picker of a pool, and calls the pods that it names. */
  server(model: MeshModel, pool: PoolNode): Caller;
}
