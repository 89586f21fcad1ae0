import { WorkloadNode } from './workload';

/** Traffic that a mesh cannot restrict, whatever the grants say. */
export interface MeshLimitations {
  /** Sources that may send health probes (`healthPath`) without a grant. Undefined if the mesh identifies the kubelet. */
  readonly probers?: ProbersOf;
  /** Admin port of the mesh proxy in every pod. Undefined if no policy of the mesh applies to it. */
  readonly proxyPort?: (isScraped: boolean) => ProxyPort;
  /** Text that says how far calls to external hosts are restricted. */
  readonly outbound: string;
  /** Texts that name traffic which reaches every pod whatever the grants say. */
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
