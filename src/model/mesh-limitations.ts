import { WorkloadNode } from './workload';

/** What a mesh leaves open whatever is granted. */
export interface MeshLimitations {
  /** Who may ask a workload for its health (`healthPath`); none where the mesh tells the kubelet from others. */
  readonly probers?: ProbersOf;
  /** The port at which the mesh's proxy beside every pod tells of itself; none where no policy of the mesh holds there. */
  readonly proxyPort?: (isScraped: boolean) => ProxyPort;
  /** How far calls out of the cluster are limited, in words. */
  readonly outbound: string;
  /** What reaches every pod whatever is granted. */
  readonly unchecked: readonly string[];
}

/** No mesh captures it. */
export const UDP = 'UDP, at ports that nobody declared too: NOT CHECKED';
export type ProbersOf = (workload: WorkloadNode) => Probers | undefined;

/** Who may ask a workload for its health without a grant. */
export interface Probers {
  /** In words: "whoever reaches the pods from 10.0.0.0/24". */
  readonly who: string;
  /** Where they ask: at the workload's own port, or at one of the mesh's proxy, which no call of the workload is made to. */
  readonly at: 'workload' | 'proxy';
  /** The only networks that they ask from; none where no network is left out. */
  readonly networks?: readonly string[];
}

/** Where a proxy tells of itself, by GET. */
export interface ProxyPort {
  readonly port: number;
  /** For who reads the metrics of the mesh, and for nobody else. */
  readonly metricsPath: string;
  /** For the kubelet, and whom the mesh does not tell from it. */
  readonly healthPaths: readonly string[];
  readonly probers: Probers;
}

/** The port at which pods get what the mesh carries to them, and why, in words. */
export interface CarryingPort {
  readonly port: number;
  readonly by: string;
}
