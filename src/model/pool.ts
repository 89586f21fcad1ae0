import { Callers } from './callers';
import { GatewayNode } from './gateway';
import { completeSettings, eventPortsOf, PickerConfiguration, PickerSettings, scrapesMetrics, withModelParsers } from './picker/config';
import { PickerPodSettings } from './picker-pod-settings';
import { Located } from './problem';
import { ServiceNode } from './service';
import { WorkloadNode } from './workload';

/** An inference pool: model-serving pods and the endpoint picker that selects among them. */
export interface PoolNode {
  readonly origin: Located;
  readonly name: string;
  readonly namespace: string;
  /** The model servers; with prefill servers, those that decode. */
  readonly servers: WorkloadNode;
  /** Servers that only process prompts, if there are any. */
  readonly prefill?: PrefillNode;
  readonly targetPorts: readonly number[];
  /** Whether the target ports speak gRPC. */
  readonly speaksGrpc?: boolean;
  readonly metricsPort: number;
  readonly picker: PickerNode;
  /** Names of the models that requests may name. Every name if undefined. */
  readonly allowedModels?: readonly string[];
  /** Whether requests are forwarded without a pick while the endpoint picker is unavailable. */
  readonly failOpen: boolean;
  /** Whether the InferencePool exists already. The library then emits only its policies and routes. */
  readonly existing: boolean;
  readonly gateway: GatewayNode;
  /** Port of the pool at the inner gateway, for providers that need one between gateway and pool. */
  readonly innerPort: number;
  /** Callers inside the mesh that may send requests to the pool. Its picker selects the pod for each request. */
  readonly callers: Callers;
  /** Service through which these callers reach the pool. */
  readonly entry: ServiceNode;
}

/** Prefill servers of a pool, and how its decode servers reach them. */
export interface PrefillNode {
  readonly servers: WorkloadNode;
  /** Ports of the prefill pods from which decode pods read KV cache: that of the NIXL handshake, and those of the transfer over TCP. */
  readonly transferPorts: readonly number[];
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
  readonly config: PickerConfiguration;
  readonly cpuMillis: number;
  readonly memoryMebibytes: number;
  readonly settings: PickerPodSettings;
}

/** Returns the pod ports where the picker scrapes metrics: every target port, or the separate metrics port; none if it scrapes no metrics. */
export function scrapedPorts({ targetPorts, metricsPort, picker: { deployment } }: PoolNode): readonly number[] {
  if (deployment && !scrapesMetrics(deployment.config.settings)) return [];
  return targetPorts.includes(metricsPort) ? targetPorts : [metricsPort];
}

/** Returns the pod ports where the picker subscribes to KV cache events, one for each target port. */
export function eventPorts({ targetPorts, picker: { deployment } }: PoolNode): readonly number[] {
  const subscriptions = deployment ? eventPortsOf(deployment.config.settings) : [];
  const starts = subscriptions.flatMap(({ first, replay }) => (replay === undefined ? [first] : [first, replay]));
  return [...new Set(starts.flatMap((start) => targetPorts.map((_, rank) => start + rank)))];
}

/** Returns all pod ports to which the picker connects. */
export function pickerPorts(pool: PoolNode): readonly number[] {
  return [...new Set([...scrapedPorts(pool), ...eventPorts(pool)])];
}

/** Returns the settings of a picker that the library deploys, complete with what the pool knows. */
export function pickerSettings(
  { targetPorts, metricsPort, allowedModels }: Pick<PoolNode, 'targetPorts' | 'metricsPort' | 'allowedModels'>, { engine, config }: PickerDeployment,
): PickerSettings {
  const settings = completeSettings(config.settings, { engine, port: targetPorts.includes(metricsPort) ? undefined : metricsPort });
  return allowedModels ? withModelParsers(settings) : settings;
}

/** Suffix of the picker objects of a pool. */
export const PICKER_SUFFIX = '-epp';

/** Suffix of the Service through which a picker scrapes the pods of a pool, on meshes that need it. */
export const PODS_SUFFIX = '-pods';

/** Suffix of the Service through which callers inside the mesh reach a pool. */
const ENTRY_SUFFIX = '-inference';

/** The longest of these suffixes, so that a pool name that is valid on one mesh is valid on all. */
export const LONGEST_POOL_SUFFIX = ENTRY_SUFFIX;

/** Returns the Service through which callers inside the mesh reach a pool: port 80 leads to the port of the pool at the inner gateway. */
export function poolEntry({ name, namespace, innerPort }: Pick<PoolNode, 'name' | 'namespace' | 'innerPort'>): ServiceNode {
  return { name: `${name}${ENTRY_SUFFIX}`, namespace, port: 80, targetPort: innerPort };
}

/** Ports of the endpoint picker that the library deploys (llm-d-router v0.10, pkg/epp/server/options.go). */
export const PICKER_PORTS = { extProc: 9002, health: 9003, metrics: 9090 } as const;
