import { GatewayNode } from './gateway';
import { Located } from './problem';
import { WorkloadNode } from './workload';

/** Model-serving pods and the endpoint picker that chooses among them. */
export interface PoolNode {
  readonly origin: Located;
  readonly name: string;
  readonly namespace: string;
  readonly servers: WorkloadNode;
  readonly targetPorts: readonly number[];
  readonly metricsPort: number;
  readonly picker: PickerNode;
  /** Whether requests go on unpicked while the picker is away. */
  readonly failOpen: boolean;
  /** The team's own: only what protects and reaches it is emitted. */
  readonly existing: boolean;
  readonly gateway: GatewayNode;
  /** The port that stands for this pool where a provider needs one between gateway and pool. */
  readonly innerPort: number;
}

/** The endpoint picker of a pool. */
export interface PickerNode {
  readonly workload: WorkloadNode;
  readonly serviceName: string;
  /** The Service's port. */
  readonly port: number;
  /** Whether it speaks TLS with a certificate that nobody can verify, as the llm-d picker does. */
  readonly selfSignedTls: boolean;
  readonly deployment?: PickerDeployment;
}

/** How a picker is deployed here. */
export interface PickerDeployment {
  readonly image: string;
  readonly replicas: number;
  readonly engine: string;
  readonly weights: ScorerWeights;
  readonly cpuMillis: number;
  readonly memoryMebibytes: number;
}

/** How much each signal counts when the picker scores pods. */
export interface ScorerWeights {
  readonly prefixCache: number;
  readonly kvCache: number;
  readonly queueDepth: number;
}

/** Where the picker reads metrics: at every endpoint, or at the one port that is stated for all. */
export function scrapedPorts(pool: PoolNode): readonly number[] {
  return pool.targetPorts.includes(pool.metricsPort) ? pool.targetPorts : [pool.metricsPort];
}

/** What is appended to a pool's name for its picker. */
export const PICKER_SUFFIX = '-epp';

/** What is appended to a pool's name for its pods as a picker reads them, on a mesh that needs a Service for it. */
export const PODS_SUFFIX = '-pods';

/** The longer of the two: a name that fits one mesh fits all. */
export const LONGEST_POOL_SUFFIX = PODS_SUFFIX;

/** Ports of the picker that is deployed here (llm-d-router v0.10, pkg/epp/server/options.go). */
export const PICKER_PORTS = { extProc: 9002, health: 9003, metrics: 9090 } as const;
