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
import { Located, Problem, ProblemLog } from './problem';
import { RouteNode, targetsOf } from './route';
import { ServiceNode } from './service';
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
  /** Cluster that the mesh is applied to. Meshes without a cluster name share one cluster. */
  readonly clusterName?: string;
  /** Returns the display name of the data plane of a namespace. */
  readonly dataPlaneIn: (namespace: string) => string;
  /** Namespaces of the cluster itself and of every known mesh. A deny-all policy there would break the cluster. */
  readonly systemNamespaces: readonly string[];
  /** Returns whether the proxies of gateways listen on a port themselves. */
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
  public meshesGranting({ identity }: Principal): readonly MeshModel[] {
    return [...new Set([...this.granting.get(identity) ?? [], ...this.granting.get(ANY_IDENTITY) ?? []])];
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

  /** Returns whether a Service is a guardrail of an MCP proxy. */
  public isGuardrailService(service: ServiceNode): boolean {
    return this.index.toolServersGuardedAt(service).length > 0;
  }

  /** Returns the workloads that an identity has a grant for. */
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

  /** Returns whether a pool of the namespace uses the inner gateway port already. */
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

  /** Returns the mesh routes with the Service of a workload as a target. */
  public meshRoutesTo(workload: WorkloadNode): readonly MeshRouteNode[] {
    return this.meshRoutesByTarget.get(workload) ?? [];
  }

  /** Returns the pools of a gateway, or the pools that a workload serves. */
  public poolsOf(node: WorkloadNode | GatewayNode): readonly PoolNode[] {
    return this.poolsByNode.get(node) ?? [];
  }

  /** Returns the routes of a gateway, or the gateway routes with the Service of a workload as a target. */
  public routesOf(node: WorkloadNode | GatewayNode): readonly RouteNode[] {
    return this.routesByNode.get(node) ?? [];
  }

  /** Returns whether the mesh accepts identities of a trust domain. */
  public trusts(trustDomain: string): boolean {
    return trustDomain === this.facts.trustDomain || this.facts.trustedDomains.includes(trustDomain);
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
