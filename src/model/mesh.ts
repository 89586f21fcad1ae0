import { AgentNode } from './agent';
import { Caller, Callers } from './callers';
import { CheckId } from './check-id';
import { ClusterLinkNode } from './cluster-link';
import { EgressNode } from './egress';
import { GatewayNode } from './gateway';
import { append, Lookup } from './lookup';
import { MeshIndex } from './mesh-index';
import { MeshRouteNode } from './mesh-route';
import { PoolNode } from './pool';
import { ANY_IDENTITY, Principal, principalOf } from './principal';
import { Located, ProblemLog } from './problem';
import { RouteNode, targetsOf } from './route';
import { ServiceNode } from './service';
import { ToolServerNode } from './tool-server';
import { WaypointNode } from './waypoint';
import { WorkloadNode } from './workload';

/** A namespace of the mesh. */
export interface NamespaceNode {
  readonly name: string;
  /** The team's own: its labels are the team's too. */
  readonly existing: boolean;
  /** The waypoint that it is bound to as a whole. */
  waypoint?: WaypointNode;
}

export interface MeshFacts {
  readonly origin: Located;
  readonly namespace: string;
  readonly trustDomain: string;
  readonly trustedDomains: readonly string[];
  /** The cluster that the mesh is applied to; meshes that name none share one. */
  readonly clusterName?: string;
  /** What carries the connections of a namespace, in words: "Istio ambient". */
  readonly dataPlaneIn: (namespace: string) => string;
  /** What the app puts on this cluster. */
  readonly cluster: ClusterModel;
}

/** The meshes of an app on one cluster. */
export class ClusterModel {
  public readonly meshes: MeshModel[] = [];
  private readonly byNamespace = new Map<string, MeshModel>();
  private readonly granting = new Map<string, Set<MeshModel>>();

  public addNamespace(namespace: string, mesh: MeshModel): void {
    if (!this.byNamespace.has(namespace)) this.byNamespace.set(namespace, mesh);
  }

  /** The mesh that has a namespace; two meshes never share one. */
  public meshOf(namespace: string): MeshModel | undefined {
    return this.byNamespace.get(namespace);
  }

  /** Records that a mesh granted something to an identity, whosever it is. */
  public addGrant({ identity }: Principal, mesh: MeshModel): void {
    const known = this.granting.get(identity);
    if (known) known.add(mesh);
    else this.granting.set(identity, new Set([mesh]));
  }

  /** Every mesh that granted something to an identity, or to every identity. */
  public meshesGranting({ identity }: Principal): readonly MeshModel[] {
    return [...new Set([...this.granting.get(identity) ?? [], ...this.granting.get(ANY_IDENTITY) ?? []])];
  }

  /** The data planes of two namespaces, where each is of a mesh and nothing connects the two. */
  public gapBetween(caller: string, callee: string): { readonly caller: string; readonly callee: string } | undefined {
    const [from, to] = [caller, callee].map((namespace) => this.meshOf(namespace)?.facts.dataPlaneIn(namespace));
    // Within one mesh its provider knows what two data planes do to each other.
    if (this.meshOf(caller) === this.meshOf(callee) || from === undefined || to === undefined || from === to) return undefined;
    return { caller: from, callee: to };
  }
}

/** A check that a team acknowledged: it means what the check found. */
export interface Acknowledgement {
  readonly id: CheckId;
  readonly reason: string;
  /** The construct that it holds for, and what is below it; without one, the whole mesh. */
  readonly path?: string;
}

/** What one mesh is made of: everything that was said, nothing of how it is enforced. */
export class MeshModel {
  public readonly problems = new ProblemLog();
  public readonly namespaces = new Map<string, NamespaceNode>();
  public readonly agents: AgentNode[] = [];
  public readonly workloads: WorkloadNode[] = [];
  public readonly gateways: GatewayNode[] = [];
  public readonly pools: PoolNode[] = [];
  public readonly routes: RouteNode[] = [];
  public readonly toolServers: ToolServerNode[] = [];
  public readonly waypoints: WaypointNode[] = [];
  public readonly meshRoutes: MeshRouteNode[] = [];
  public readonly egress: EgressNode[] = [];
  public readonly clusterLinks: ClusterLinkNode[] = [];
  public readonly acknowledgements: Acknowledgement[] = [];
  /** Who reads the metrics of the mesh's own proxies and of pickers; nobody where none is stated. */
  public scraper?: Caller;
  /** Finds what is in these lists. */
  public readonly index: MeshIndex = new MeshIndex(this);
  private readonly poolsByNode = new Map<WorkloadNode | GatewayNode, PoolNode[]>();
  private readonly innerPorts = new Set<string>();
  private readonly routesByNode = new Map<WorkloadNode | GatewayNode, RouteNode[]>();

  private readonly meshRoutesByTarget = new Map<WorkloadNode, MeshRouteNode[]>();
  private readonly grants: { readonly identity: string; readonly callers: Callers }[] = [];
  private readonly granted = new Lookup(this.grants, ({ identity }) => [identity]);

  public constructor(public readonly facts: MeshFacts) {
    facts.cluster.meshes.push(this);
  }

  public addNamespace(namespace: NamespaceNode): void {
    this.namespaces.set(namespace.name, namespace);
    this.facts.cluster.addNamespace(namespace.name, this);
  }

  public grant(callers: Callers, caller: Caller): void {
    if (callers.add(caller)) this.grants.push({ identity: caller.principal.identity, callers });
    this.facts.cluster.addGrant(caller.principal, this);
  }

  /** Whether proxies ask it, to judge the messages that they read. */
  public isJudge(service: ServiceNode): boolean {
    return this.index.toolServersJudgedAt(service).length > 0;
  }

  /** The workloads that an identity was granted to call. */
  public calleesOf({ identity }: Principal): WorkloadNode[] {
    const granted = new Set([...this.granted.of(identity), ...this.granted.of(ANY_IDENTITY)].map(({ callers }) => callers));
    return [...granted].flatMap((callers) => this.index.workloadsCalledBy(callers));
  }

  public addPool(pool: PoolNode): void {
    this.pools.push(pool);
    append(this.poolsByNode, pool.servers, pool);
    append(this.poolsByNode, pool.gateway, pool);
    this.innerPorts.add(`${pool.namespace}:${pool.innerPort}`);
  }

  /** Whether a pool of a namespace has a port at its inner gateway already. */
  public hasInnerPort(namespace: string, port: number): boolean {
    return this.innerPorts.has(`${namespace}:${port}`);
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

  /** Routes inside the mesh that lead to a workload's Service. */
  public meshRoutesTo(workload: WorkloadNode): readonly MeshRouteNode[] {
    return this.meshRoutesByTarget.get(workload) ?? [];
  }

  /** Pools of a gateway, or pools whose pods a workload is. */
  public poolsOf(node: WorkloadNode | GatewayNode): readonly PoolNode[] {
    return this.poolsByNode.get(node) ?? [];
  }

  /** Routes of a gateway, or routes that lead to a workload's Service. */
  public routesOf(node: WorkloadNode | GatewayNode): readonly RouteNode[] {
    return this.routesByNode.get(node) ?? [];
  }

  /** Whether identities of a trust domain can be told apart from others here. */
  public trusts(trustDomain: string): boolean {
    return trustDomain === this.facts.trustDomain || this.facts.trustedDomains.includes(trustDomain);
  }

  /** What the pods of a ServiceAccount of this mesh prove to be. */
  public principal(namespace: string, serviceAccount: string): Principal {
    return principalOf(this.facts.trustDomain, namespace, serviceAccount);
  }
}

/** Whether requests come to a Service by gRPC: its pods speak it, or proxies ask them to judge messages. */
export function isGrpc(model: MeshModel, service: ServiceNode): boolean {
  return service.protocol === 'grpc' || model.isJudge(service);
}
