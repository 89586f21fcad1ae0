import { AgentNode } from './agent';
import { Caller, Callers } from './callers';
import { CheckId } from './check-id';
import { ClusterLinkNode } from './cluster-link';
import { EgressNode } from './egress';
import { GatewayNode } from './gateway';
import { append, Lookup } from './lookup';
import { MeshIndex } from './mesh-index';
import { MeshRouteNode } from './mesh-route';
import { ModelRewriteNode, ObjectiveNode } from './objective';
import { PoolNode } from './pool';
import { PortCallers } from './port-callers';
import { grantedIdentities, namespacePrincipal, Principal, principalOf } from './principal';
import { Located, Problem, ProblemLog } from './problem';
import { RouteNode, targetsOf } from './route';
import { ServiceNode } from './service';
import { TenantNode } from './tenant';
import { ToolServerNode } from './tool-server';
import { WaypointNode } from './waypoint';
import { WorkloadNode } from './workload';

/** A namespace of the mesh. */
export interface NamespaceNode {
  readonly name: string;
  /** Whether the Namespace exists already. The library then emits neither the Namespace nor its labels. */
  readonly existing: boolean;
  /** Waypoint that the whole namespace is bound to. */
  waypoint?: WaypointNode;
}

export interface MeshFacts {
  readonly origin: Located;
  readonly namespace: string;
  readonly trustDomain: string;
  readonly trustedDomains: readonly string[];
  /** Whether pods of namespaces outside the mesh are denied the external hosts that workloads list. */
  readonly closesExternalHosts: boolean;
  /** Namespaces in which policies are reported and not enforced. */
  readonly auditOnlyNamespaces: readonly string[];
  /** Whether workloads see no Service that they were not granted, where their own namespace enforces. */
  readonly showsOnlyGranted: boolean;
  /** Name of the cluster of the mesh. Meshes without a cluster name share one cluster. */
  readonly clusterName?: string;
  /** Returns the display name of the data plane of a namespace. */
  readonly dataPlaneIn: (namespace: string) => string;
  /** Namespaces of the cluster itself and of every known mesh. A deny-all policy there would break the cluster. */
  readonly systemNamespaces: readonly string[];
  /** Returns whether a port is used by the gateway proxies themselves. */
  readonly isProxyPort: (port: number) => boolean;
  /** All meshes of the app on this cluster. */
  readonly cluster: ClusterModel;
}

/** All meshes of an app on one cluster. */
export class ClusterModel {
  public readonly meshes: MeshModel[] = [];
  private readonly byNamespace = new Map<string, MeshModel>();
  private readonly granting = new Map<string, Set<MeshModel>>();

  public addNamespace(namespace: string, mesh: MeshModel): void {
    if (!this.byNamespace.has(namespace)) this.byNamespace.set(namespace, mesh);
  }

  /** Returns the mesh that includes a namespace. Two meshes never share a namespace. */
  public meshOf(namespace: string): MeshModel | undefined {
    return this.byNamespace.get(namespace);
  }

  /** Records that a mesh has a grant for an identity of any mesh. */
  public addGrant({ identity }: Principal, mesh: MeshModel): void {
    const known = this.granting.get(identity);
    if (known) known.add(mesh);
    else this.granting.set(identity, new Set([mesh]));
  }

  /** Returns the meshes that have a grant for an identity, or for every identity. */
  public meshesGranting(caller: Principal): readonly MeshModel[] {
    return [...new Set(grantedIdentities(caller).flatMap((identity) => [...this.granting.get(identity) ?? []]))];
  }

  /** Returns the data planes of two namespaces if they belong to two meshes with different data planes. */
  public gapBetween(caller: string, callee: string): { readonly caller: string; readonly callee: string } | undefined {
    const [from, to] = [caller, callee].map((namespace) => this.meshOf(namespace)?.facts.dataPlaneIn(namespace));
    // Within one mesh the provider checks how two data planes interoperate.
    if (this.meshOf(caller) === this.meshOf(callee) || from === undefined || to === undefined || from === to) return undefined;
    return { caller: from, callee: to };
  }
}

/** An acknowledged check: the finding is intended. */
export interface Acknowledgement {
  readonly id: CheckId;
  readonly reason: string;
  /** Path of the construct for which the acknowledgement applies, with its children. The whole mesh if undefined. */
  readonly path?: string;
}

/** The model of one mesh: everything that the program declares, independent of how providers enforce it. */
export class MeshModel {
  public readonly problems = new ProblemLog();
  public readonly namespaces = new Map<string, NamespaceNode>();
  public readonly agents: AgentNode[] = [];
  public readonly workloads: WorkloadNode[] = [];
  public readonly gateways: GatewayNode[] = [];
  public readonly pools: PoolNode[] = [];
  public readonly objectives: ObjectiveNode[] = [];
  public readonly modelRewrites: ModelRewriteNode[] = [];
  public readonly tenants: TenantNode[] = [];
  public readonly routes: RouteNode[] = [];
  public readonly toolServers: ToolServerNode[] = [];
  public readonly waypoints: WaypointNode[] = [];
  public readonly meshRoutes: MeshRouteNode[] = [];
  public readonly egress: EgressNode[] = [];
  public readonly clusterLinks: ClusterLinkNode[] = [];
  public readonly acknowledgements: Acknowledgement[] = [];
  /** Checks of single constructs that must see every grant of the program. */
  public readonly checksAtSynth: (() => readonly Problem[])[] = [];
  /** Scraper of the metrics of mesh proxies and endpoint pickers. Nobody may read these metrics if undefined. */
  public scraper?: Caller;
  /** Index of the lists above. */
  public readonly index: MeshIndex = new MeshIndex(this);
  private readonly poolsByNode = new Map<WorkloadNode | GatewayNode, PoolNode[]>();
  private readonly routesByNode = new Map<WorkloadNode | GatewayNode, RouteNode[]>();

  private readonly meshRoutesByTarget = new Map<WorkloadNode, MeshRouteNode[]>();
  private readonly grantsToMembers: ((caller: Caller) => void)[] = [];
  private readonly grantsToPools = new Map<GatewayNode, ((pool: PoolNode) => void)[]>();
  private readonly grants: { readonly identity: string; readonly holder: Callers | PortCallers }[] = [];
  private readonly granted = new Lookup(this.grants, ({ identity }) => [identity]);

  public constructor(public readonly facts: MeshFacts) {
    facts.cluster.meshes.push(this);
  }

  public addNamespace(namespace: NamespaceNode): void {
    this.namespaces.set(namespace.name, namespace);
    this.facts.cluster.addNamespace(namespace.name, this);
    for (const grantTo of this.grantsToMembers) grantTo(this.namespaceCaller(namespace.name));
  }

  /** Grants something to every namespace of the mesh, also to namespaces that are added later. */
  public grantToMembers(grantTo: (caller: Caller) => void): void {
    this.grantsToMembers.push(grantTo);
    for (const name of this.namespaces.keys()) grantTo(this.namespaceCaller(name));
  }

  /** Returns every ServiceAccount of a namespace as a caller. */
  public namespaceCaller(namespace: string): Caller {
    return { title: `every ServiceAccount of namespace ${namespace}`, principal: namespacePrincipal(this.facts.trustDomain, namespace) };
  }

  /** Adds a caller. `holder` is the object by which the index finds the workloads: their callers, or their callers of single ports. */
  public grant(callers: Callers, caller: Caller, holder: Callers | PortCallers = callers): void {
    if (callers.add(caller)) this.grants.push({ identity: caller.principal.identity, holder });
    this.facts.cluster.addGrant(caller.principal, this);
  }

  /** Returns whether a Service is a guardrail of an MCP proxy. */
  public isGuardrailService(service: ServiceNode): boolean {
    return this.index.toolServersGuardedAt(service).length > 0;
  }

  /** Returns the Services of the workloads and pools that an identity has a grant for. */
  public servicesGrantedTo(caller: Principal): ServiceNode[] {
    const holders = [...new Set(grantedIdentities(caller).flatMap((identity) => this.granted.of(identity)).map(({ holder }) => holder))];
    const ofWorkloads = holders.flatMap((holder) => this.index.workloadsCalledBy(holder)).flatMap(({ service }) => service ?? []);
    const ofPools = holders.flatMap((holder) => this.index.entriesCalledBy(holder)).map(({ entry }) => entry);
    return [...new Set([...ofWorkloads, ...ofPools])];
  }

  /** Grants something at every pool of a gateway, also at pools that are added later. */
  public grantToPools(gateway: GatewayNode, grantAt: (pool: PoolNode) => void): void {
    append(this.grantsToPools, gateway, grantAt);
    for (const pool of this.poolsOf(gateway)) grantAt(pool);
  }

  /** Applies the grants for every pool of its gateway to a new pool. */
  public applyGrantsToPools(pool: PoolNode): void {
    for (const grantAt of this.grantsToPools.get(pool.gateway) ?? []) grantAt(pool);
  }

  public addPool(pool: PoolNode): void {
    this.pools.push(pool);
    append(this.poolsByNode, pool.servers, pool);
    append(this.poolsByNode, pool.gateway, pool);
  }

  public addRoute(route: RouteNode): void {
    this.routes.push(route);
    append(this.routesByNode, route.gateway, route);
    for (const target of targetsOf(route)) {
      if (target.kind === 'service') append(this.routesByNode, target.workload, route);
    }
  }

  public addMeshRoute(route: MeshRouteNode): void {
    this.meshRoutes.push(route);
    for (const target of targetsOf(route)) {
      if (target.kind === 'service') append(this.meshRoutesByTarget, target.workload, route);
    }
  }

  /** Returns the mesh routes with the Service of a workload as a target whose responses callers get. */
  public meshRoutesServedBy(workload: WorkloadNode): readonly MeshRouteNode[] {
    return this.meshRoutesTo(workload).filter(({ mirror }) => mirror?.target.workload !== workload);
  }

  /** Returns the mesh routes with the Service of a workload as a target, or as the target of copies. */
  public meshRoutesTo(workload: WorkloadNode): readonly MeshRouteNode[] {
    return this.meshRoutesByTarget.get(workload) ?? [];
  }

  /** Returns the pools of a gateway, or the pools that a workload serves. */
  public poolsOf(node: WorkloadNode | GatewayNode): readonly PoolNode[] {
    return this.poolsByNode.get(node) ?? [];
  }

  /** Returns the namespaces that use a waypoint, for their Services or for calls to external hosts. */
  public namespacesServedBy(waypoint: WaypointNode): string[] {
    const isServed = ({ service, egress }: WorkloadNode) => service?.waypoint === waypoint || egress?.waypoint === waypoint;
    const services = this.index.workloadsBehind(waypoint).filter(isServed).map(({ namespace }) => namespace);
    const bound = [...this.namespaces.values()].filter((namespace) => namespace.waypoint === waypoint).map(({ name }) => name);
    return [...services, ...bound];
  }

  /** Returns the routes of a gateway, or the gateway routes with the Service of a workload as a target. */
  public routesOf(node: WorkloadNode | GatewayNode): readonly RouteNode[] {
    return this.routesByNode.get(node) ?? [];
  }

  /** Returns whether the mesh accepts identities of a trust domain. */
  public trusts(trustDomain: string): boolean {
    return trustDomain === this.facts.trustDomain || this.facts.trustedDomains.includes(trustDomain);
  }

  /** Returns whether nothing is enforced in a namespace: proxies only report what its policies would deny. */
  public isAuditOnly(namespace: string): boolean {
    return this.facts.auditOnlyNamespaces.includes(namespace);
  }

  /** Returns the principal of a ServiceAccount in the trust domain of this mesh. */
  public principal(namespace: string, serviceAccount: string): Principal {
    return principalOf(this.facts.trustDomain, namespace, serviceAccount);
  }
}

/** Returns whether a Service receives gRPC: its port speaks gRPC, or it is a guardrail of an MCP proxy. */
export function isGrpc(model: MeshModel, service: ServiceNode): boolean {
  return service.protocol === 'grpc' || model.isGuardrailService(service);
}
