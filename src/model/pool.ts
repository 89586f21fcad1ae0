import { GatewayNode } from './gateway';
import { Located } from './problem';
import { WorkloadNode } from './workload';

/** An inference pool: model-serving pods and the endpoint picker that selects among them. */
export interface PoolNode {
  readonly origin: Located;
  readonly name: string;
  readonly namespace: string;
  readonly servers: WorkloadNode;
  readonly targetPorts: readonly number[];
  readonly metricsPort: number;
  readonly picker: PickerNode;
  /** Whether requests are forwarded without a pick while the endpoint picker is unavailable. */
  readonly failOpen: boolean;
  /** Whether the InferencePool exists already. The library then emits only its policies and routes. */
  readonly existing: boolean;
  readonly gateway: GatewayNode;
  /** Port of the pool at the inner gateway, for providers that need one between gateway and pool. */
  readonly innerPort: number;
}

/** The endpoint picker of a pool. */
export interface PickerNode {
  readonly workload: WorkloadNode;
  readonly serviceName: string;
  /** Port of the Service. */
  readonly port: number;
  /** Whether the picker serves TLS with a self-signed certificate, as the llm-d picker does. */
  readonly selfSignedTls: boolean;
  readonly deployment?: PickerDeployment;
}

/** Settings of an endpoint picker that the library deploys. */
export interface PickerDeployment {
  readonly image: string;
  readonly replicas: number;
  readonly engine: string;
  readonly weights: ScorerWeights;
  readonly cpuMillis: number;
  readonly memoryMebibytes: number;
}

/** Weights of the scorers of the endpoint picker. */
export interface ScorerWeights {
  readonly prefixCache: number;
  readonly kvCache: number;
  readonly queueDepth: number;
}

/** Returns the pod ports where the picker scrapes metrics: every target port, or the separate metrics port. */
export function scrapedPorts(pool: PoolNode): readonly number[] {
  return pool.targetPorts.includes(pool.metricsPort) ? pool.targetPorts : [pool.metricsPort];
}

/** Suffix of the picker objects of a pool. */
export const PICKER_SUFFIX = '-epp';

/** Suffix of the Service through which a picker scrapes the pods of a pool, on meshes that need it. */
export const PODS_SUFFIX = '-pods';

/** The longer of the two suffixes, so that a pool name that is valid on one mesh is valid on all. */
export const LONGEST_POOL_SUFFIX = PODS_SUFFIX;

/** Ports of the endpoint picker that the library deploys (llm-d-router v0.10, pkg/epp/server/options.go). */
export const PICKER_PORTS = { extProc: 9002, health: 9003, metrics: 9090 } as const;
