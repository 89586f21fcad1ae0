import { AgentNode } from './agent';
import { Callers } from './callers';
import { EgressNode } from './egress';
import { Lookup } from './lookup';
import { PoolNode } from './pool';
import { PortCallers } from './port-callers';
import { ServiceNode } from './service';
import { TenantNode } from './tenant';
import { ToolServerNode } from './tool-server';
import { WaypointNode } from './waypoint';
import { hostnamesOf, podLabelsOf, WorkloadNode } from './workload';

/** Lists of a mesh that are indexed. */
export interface MeshLists {
  readonly agents: readonly AgentNode[];
  readonly workloads: readonly WorkloadNode[];
  readonly pools: readonly PoolNode[];
  readonly tenants: readonly TenantNode[];
  readonly toolServers: readonly ToolServerNode[];
  readonly waypoints: readonly WaypointNode[];
  readonly egress: readonly EgressNode[];
}

/** Indexes the nodes of a mesh, so that checks and policies that look up each workload stay linear. */
export class MeshIndex {
  private readonly agents: Lookup<string, AgentNode>;
  private readonly accounts: Lookup<string, WorkloadNode>;
  private readonly callees: Lookup<Callers | PortCallers, WorkloadNode>;
  private readonly naming: Lookup<string, WorkloadNode>;
  private readonly calling: Lookup<string, WorkloadNode>;
  private readonly selecting: Lookup<string, WorkloadNode>;
  private readonly labelled: Lookup<string, WorkloadNode>;
  private readonly workloads: Lookup<string, WorkloadNode>;
  private readonly behind: Lookup<WaypointNode, WorkloadNode>;
  private readonly endpoints: Lookup<WorkloadNode, ToolServerNode>;
  private readonly endpointsBehind: Lookup<WaypointNode, ToolServerNode>;
  private readonly judging: Lookup<ServiceNode, ToolServerNode>;
  private readonly picked: Lookup<WorkloadNode, PoolNode>;
  private readonly prefilled: Lookup<WorkloadNode, PoolNode>;
  private readonly inferred: Lookup<Callers | PortCallers, PoolNode>;
  private readonly tenanted: Lookup<Callers | PortCallers, TenantNode>;
  private readonly waypoints: Lookup<string, WaypointNode>;
  private readonly egress: Lookup<string, EgressNode>;
  private readonly hosts: Lookup<string, EgressNode>;

  public constructor({ agents, workloads, pools, tenants, toolServers, waypoints, egress }: MeshLists) {
    this.agents = new Lookup(agents, ({ namespace, serviceAccount }) => [keyOf(namespace, serviceAccount)]);
    this.accounts = new Lookup(workloads, ({ namespace, serviceAccount }) => [keyOf(namespace, serviceAccount)]);
    this.callees = new Lookup(workloads, holdersOf);
    this.naming = new Lookup(workloads, (workload) => keysOf(workload.namespace, hostnamesOf(workload)));
    this.calling = new Lookup(workloads, hostnamesOf);
    this.selecting = new Lookup(workloads, firstPairOf);
    this.labelled = new Lookup(workloads, pairsOf);
    this.workloads = new Lookup(workloads, ({ namespace }) => [namespace]);
    this.behind = new Lookup(workloads, waypointsOf);
    this.endpoints = new Lookup(toolServers, ({ endpoint }) => [endpoint]);
    this.endpointsBehind = new Lookup(toolServers, ({ endpoint }) => waypointsOf(endpoint));
    this.judging = new Lookup(toolServers, ({ mcpProxy }) => new Set((mcpProxy?.handling.guardrails ?? []).map(({ service }) => service)));
    this.picked = new Lookup(pools, ({ picker }) => [picker.workload]);
    this.prefilled = new Lookup(pools, ({ prefill }) => (prefill ? [prefill.servers] : []));
    this.inferred = new Lookup(pools, ({ callers }) => [callers]);
    this.tenanted = new Lookup(tenants, ({ callers }) => [callers]);
    this.waypoints = new Lookup(waypoints, ({ namespace }) => [namespace]);
    this.egress = new Lookup(egress, ({ namespace }) => [namespace]);
    this.hosts = new Lookup(egress, ({ namespace, hostnames }) => keysOf(namespace, hostnames));
  }

  /** Returns the agents that use a ServiceAccount. */
  public agentsAs(namespace: string, serviceAccount: string): readonly AgentNode[] {
    return this.agents.of(keyOf(namespace, serviceAccount));
  }

  /** Returns the workloads that use a ServiceAccount. */
  public workloadsAs(namespace: string, serviceAccount: string): readonly WorkloadNode[] {
    return this.accounts.of(keyOf(namespace, serviceAccount));
  }

  /** Returns the workloads whose grants are held in `callers`. */
  public workloadsCalledBy(callers: Callers | PortCallers): readonly WorkloadNode[] {
    return this.callees.of(callers);
  }

  /** Returns the pools, and the tenants of pools, whose grants are held in `callers`. */
  public entriesCalledBy(callers: Callers | PortCallers): readonly (PoolNode | TenantNode)[] {
    return [...this.inferred.of(callers), ...this.tenanted.of(callers)];
  }

  /** Returns the workloads of a namespace that declare an external host in their `egress`. */
  public workloadsNaming(namespace: string, hostname: string): readonly WorkloadNode[] {
    return this.naming.of(keyOf(namespace, hostname));
  }

  /** Returns the workloads of any namespace that declare an external host in their `egress`. */
  public workloadsCalling(hostname: string): readonly WorkloadNode[] {
    return this.calling.of(hostname);
  }

  /** Returns the workloads of a namespace whose alphabetically first selector label is this one. */
  public workloadsByFirstLabel(namespace: string, key: string, value: string): readonly WorkloadNode[] {
    return this.selecting.of(pairOf(namespace, key, value));
  }

  /** Returns the workloads of a namespace that select pods with these labels. */
  public workloadsSelecting(namespace: string, labels: Readonly<Record<string, unknown>>): readonly WorkloadNode[] {
    const candidates = Object.entries(labels).flatMap(([key, value]) => this.workloadsByFirstLabel(namespace, key, String(value)));
    return candidates.filter((workload) => Object.entries(workload.labels).every(([key, value]) => labels[key] === value));
  }

  /** Workloads of a namespace whose pods have the first of the labels, or all workloads if there are no labels. */
  public workloadsWith(namespace: string, labels: Readonly<Record<string, string>>): readonly WorkloadNode[] {
    const [first] = Object.entries(labels);
    return first ? this.labelled.of(pairOf(namespace, ...first)) : this.workloads.of(namespace);
  }

  /** Returns the workloads and tool server endpoints whose Service or external hosts use, or once used, a waypoint. */
  public workloadsBehind(waypoint: WaypointNode): readonly WorkloadNode[] {
    return [...this.behind.of(waypoint), ...this.endpointsBehind.of(waypoint).map(({ endpoint }) => endpoint)];
  }

  /** Returns the boundaries whose endpoint is a workload. */
  public toolServersAt(endpoint: WorkloadNode): readonly ToolServerNode[] {
    return this.endpoints.of(endpoint);
  }

  /** Returns the boundaries that use a Service as guardrail. */
  public toolServersGuardedAt(service: ServiceNode): readonly ToolServerNode[] {
    return this.judging.of(service);
  }

  /** Returns the pools whose endpoint picker is a workload. */
  public poolsPickedBy(picker: WorkloadNode): readonly PoolNode[] {
    return this.picked.of(picker);
  }

  /** Returns the pools whose prefill servers are a workload. */
  public poolsPrefilledBy(servers: WorkloadNode): readonly PoolNode[] {
    return this.prefilled.of(servers);
  }

  public workloadsIn(namespace: string): readonly WorkloadNode[] {
    return this.workloads.of(namespace);
  }

  public waypointsIn(namespace: string): readonly WaypointNode[] {
    return this.waypoints.of(namespace);
  }

  /** Returns the external hosts that all workloads of a namespace may call. */
  public egressIn(namespace: string): readonly EgressNode[] {
    return this.egress.of(namespace);
  }

  /** Returns the egress of a namespace that includes an external host. */
  public egressTo(namespace: string, hostname: string): readonly EgressNode[] {
    return this.hosts.of(keyOf(namespace, hostname));
  }
}

function waypointsOf({ service, egress }: WorkloadNode): ReadonlySet<WaypointNode> {
  return new Set([service?.waypoint, egress?.waypoint].filter((waypoint) => waypoint !== undefined));
}

/** Joins with "/", which no Kubernetes name contains. */
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

/** Returns the objects that hold the grants for a workload. */
function holdersOf({ callers, portCallers, metrics }: WorkloadNode): (Callers | PortCallers)[] {
  return [callers, ...portCallers ? [portCallers] : [], ...metrics ? [metrics.callers] : []];
}
