import { AgentNode } from './agent';
import { Callers } from './callers';
import { EgressNode } from './egress';
import { Lookup } from './lookup';
import { MeshRouteNode } from './mesh-route';
import { PoolNode } from './pool';
import { ServiceNode } from './service';
import { ToolServerNode } from './tool-server';
import { WaypointNode } from './waypoint';
import { podLabelsOf, WorkloadNode } from './workload';

/** The lists of a mesh that are searched. */
export interface MeshLists {
  readonly agents: readonly AgentNode[];
  readonly workloads: readonly WorkloadNode[];
  readonly pools: readonly PoolNode[];
  readonly toolServers: readonly ToolServerNode[];
  readonly waypoints: readonly WaypointNode[];
  readonly meshRoutes: readonly MeshRouteNode[];
  readonly egress: readonly EgressNode[];
}

/** Finds what a mesh is made of without going through all of it: checks and objects that ask for each workload stay linear. */
export class MeshIndex {
  private readonly agents: Lookup<string, AgentNode>;
  private readonly accounts: Lookup<string, WorkloadNode>;
  private readonly callees: Lookup<Callers, WorkloadNode>;
  private readonly naming: Lookup<string, WorkloadNode>;
  private readonly selecting: Lookup<string, WorkloadNode>;
  private readonly labelled: Lookup<string, WorkloadNode>;
  private readonly workloads: Lookup<string, WorkloadNode>;
  private readonly behind: Lookup<WaypointNode, WorkloadNode>;
  private readonly doors: Lookup<WorkloadNode, ToolServerNode>;
  private readonly doorsBehind: Lookup<WaypointNode, ToolServerNode>;
  private readonly judging: Lookup<ServiceNode, ToolServerNode>;
  private readonly picked: Lookup<WorkloadNode, PoolNode>;
  private readonly splitting: Lookup<WorkloadNode, MeshRouteNode>;
  private readonly split: Lookup<string, MeshRouteNode>;
  private readonly waypoints: Lookup<string, WaypointNode>;
  private readonly egress: Lookup<string, EgressNode>;
  private readonly hosts: Lookup<string, EgressNode>;

  public constructor({ agents, workloads, pools, toolServers, waypoints, meshRoutes, egress }: MeshLists) {
    this.agents = new Lookup(agents, ({ namespace, serviceAccount }) => [keyOf(namespace, serviceAccount)]);
    this.accounts = new Lookup(workloads, ({ namespace, serviceAccount }) => [keyOf(namespace, serviceAccount)]);
    this.callees = new Lookup(workloads, ({ callers }) => [callers]);
    this.naming = new Lookup(workloads, ({ namespace, egress: own }) => keysOf(namespace, own?.hostnames ?? []));
    this.selecting = new Lookup(workloads, firstPairOf);
    this.labelled = new Lookup(workloads, pairsOf);
    this.workloads = new Lookup(workloads, ({ namespace }) => [namespace]);
    this.behind = new Lookup(workloads, waypointsOf);
    this.doors = new Lookup(toolServers, ({ door }) => [door]);
    this.doorsBehind = new Lookup(toolServers, ({ door }) => waypointsOf(door));
    this.judging = new Lookup(toolServers, ({ front }) => new Set((front?.handling.guardrails ?? []).map(({ service }) => service)));
    this.picked = new Lookup(pools, ({ picker }) => [picker.workload]);
    this.splitting = new Lookup(meshRoutes, ({ stable }) => [stable]);
    this.split = new Lookup(meshRoutes, ({ service }) => [keyOf(service.namespace, service.name)]);
    this.waypoints = new Lookup(waypoints, ({ namespace }) => [namespace]);
    this.egress = new Lookup(egress, ({ namespace }) => [namespace]);
    this.hosts = new Lookup(egress, ({ namespace, hostnames }) => keysOf(namespace, hostnames));
  }

  /** Agents that have a ServiceAccount. */
  public agentsAs(namespace: string, serviceAccount: string): readonly AgentNode[] {
    return this.agents.of(keyOf(namespace, serviceAccount));
  }

  /** Workloads that have a ServiceAccount. */
  public workloadsAs(namespace: string, serviceAccount: string): readonly WorkloadNode[] {
    return this.accounts.of(keyOf(namespace, serviceAccount));
  }

  /** Workloads that callers were granted to call. */
  public workloadsCalledBy(callers: Callers): readonly WorkloadNode[] {
    return this.callees.of(callers);
  }

  /** Workloads of a namespace that name a host outside as one that they call. */
  public workloadsNaming(namespace: string, hostname: string): readonly WorkloadNode[] {
    return this.naming.of(keyOf(namespace, hostname));
  }

  /** Workloads of a namespace whose first label in order of the alphabet is this one: no others select pods that have it and nothing before. */
  public workloadsByFirstLabel(namespace: string, key: string, value: string): readonly WorkloadNode[] {
    return this.selecting.of(pairOf(namespace, key, value));
  }

  /** Workloads of a namespace whose pods may have labels: those that have the first of them; without labels, all. */
  public workloadsWith(namespace: string, labels: Readonly<Record<string, string>>): readonly WorkloadNode[] {
    const [first] = Object.entries(labels);
    return first ? this.labelled.of(pairOf(namespace, ...first)) : this.workloads.of(namespace);
  }

  /** Workloads, and what callers call of tool servers, that have or had a waypoint before them or their hosts outside. */
  public workloadsBehind(waypoint: WaypointNode): readonly WorkloadNode[] {
    return [...this.behind.of(waypoint), ...this.doorsBehind.of(waypoint).map(({ door }) => door)];
  }

  /** Boundaries of which a workload is what callers call. */
  public toolServersAt(door: WorkloadNode): readonly ToolServerNode[] {
    return this.doors.of(door);
  }

  /** Boundaries whose messages a Service judges. */
  public toolServersJudgedAt(service: ServiceNode): readonly ToolServerNode[] {
    return this.judging.of(service);
  }

  /** Pools whose picker a workload is. */
  public poolsPickedBy(picker: WorkloadNode): readonly PoolNode[] {
    return this.picked.of(picker);
  }

  /** Routes inside the mesh whose stable version a workload is. */
  public meshRoutesOf(stable: WorkloadNode): readonly MeshRouteNode[] {
    return this.splitting.of(stable);
  }

  /** Routes inside the mesh that split the calls of a Service. */
  public meshRoutesAt(namespace: string, service: string): readonly MeshRouteNode[] {
    return this.split.of(keyOf(namespace, service));
  }

  public waypointsIn(namespace: string): readonly WaypointNode[] {
    return this.waypoints.of(namespace);
  }

  /** Hosts that everybody in a namespace may call. */
  public egressIn(namespace: string): readonly EgressNode[] {
    return this.egress.of(namespace);
  }

  /** The same, where one of them is this host. */
  public egressTo(namespace: string, hostname: string): readonly EgressNode[] {
    return this.hosts.of(keyOf(namespace, hostname));
  }
}

function waypointsOf({ service, egress }: WorkloadNode): ReadonlySet<WaypointNode> {
  return new Set([service?.waypoint, egress?.waypoint].filter((waypoint) => waypoint !== undefined));
}

/** No name of Kubernetes has a "/". */
function keyOf(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}

function keysOf(namespace: string, names: readonly string[]): ReadonlySet<string> {
  return new Set(names.map((name) => keyOf(namespace, name)));
}

function pairsOf(workload: WorkloadNode): string[] {
  return Object.entries(podLabelsOf(workload)).map(([key, value]) => pairOf(workload.namespace, key, value));
}

function firstPairOf({ namespace, labels }: WorkloadNode): string[] {
  return Object.keys(labels).sort().slice(0, 1).map((key) => pairOf(namespace, key, labels[key]));
}

function pairOf(namespace: string, key: string, value: string): string {
  return `${namespace}\n${key}=${value}`;
}
