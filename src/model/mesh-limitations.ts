import { WorkloadNode } from './workload';

/** Traffic that a mesh cannot restrict, also without a grant. */
export interface MeshLimitations {
  /** Sources that may send health probes (`healthPath`) without a grant. Undefined if the mesh identifies the kubelet. */
  readonly probers?: ProbersOf;
  /** Admin port of the mesh proxy in every pod. Undefined if no policy of the mesh applies to it. */
  readonly proxyPort?: (isScraped: boolean) => ProxyPort;
  /** Whether the proxies of callers deny calls of Services that the caller was not granted. */
  readonly showsOnlyGranted?: true;
  /** Returns the ports of the mesh proxy in the pods of a namespace to which no policy applies. */
  readonly uncapturedPorts?: (namespace: string) => readonly number[];
  /** Returns whether pods of a namespace without `egress` reach external hosts that nothing in the program names for them. */
  readonly allowsUnnamedHosts: (namespace: string) => boolean;
  /** Whether an external host that is allowed for one workload is allowed for every pod of its namespace. */
  readonly hostsAreShared?: boolean;
  /** Text for networks that every pod reaches although it reaches no external host, such as "private networks". */
  readonly openNetworks?: string;
  /** Text about the restriction of calls to external hosts. */
  readonly outbound: string;
  /** Texts about traffic that reaches every pod without a grant. */
  readonly unchecked: readonly string[];
}

/** Limitation of every mesh: no mesh captures UDP. */
export const UDP = 'UDP to any port, declared or not: NOT CHECKED';
export type ProbersOf = (workload: WorkloadNode) => Probers | undefined;

/** Sources that may send health probes to a workload without a grant. */
export interface Probers {
  /** Text that names the sources, such as "anyone who can reach the pods from 10.0.0.0/24". */
  readonly who: string;
  /** Port that receives the probes: a port of the workload, or a port of the mesh proxy that callers never use. */
  readonly at: 'workload' | 'proxy';
  /** CIDRs that the probes may come from. All networks if undefined. */
  readonly networks?: readonly string[];
}

/** Admin port of a mesh proxy, which answers GET requests. */
export interface ProxyPort {
  readonly port: number;
  /** Path of the metrics, for the scraper of the mesh only. */
  readonly metricsPath: string;
  /** Paths of the health endpoints, for the kubelet and sources that the mesh cannot distinguish from it. */
  readonly healthPaths: readonly string[];
  readonly probers: Probers;
}

/** The port at which the mesh delivers traffic to pods, and the reason as text. */
export interface CarryingPort {
  readonly port: number;
  readonly by: string;
}
