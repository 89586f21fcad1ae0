import { ConnectionRule } from './connection-rule';
import { MeshModel } from './mesh';
import { pickerPorts, PoolNode } from './pool';
import { podLabelsOf, WorkloadNode } from './workload';

/** Prefill servers of a pool, and how its decode servers reach them. */
export interface PrefillNode {
  readonly servers: WorkloadNode;
  /** Ports of the prefill pods from which decode pods read KV cache: that of the NIXL handshake, and those of the transfer over TCP. */
  readonly transferPorts: readonly number[];
}

/** The part of a pod in prefill/decode disaggregation, for pods that the library deploys. */
export interface DisaggregatedPod {
  readonly role: 'prefill' | 'decode';
  /** Name of the pool whose selector selects the pods of both roles. */
  readonly pool: string;
  /** Port of the NIXL handshake (side channel). */
  readonly sideChannelPort: number;
  /** The first and the last port of KV cache transfer over TCP. Undefined if UCX chooses. */
  readonly transferRange?: readonly [first: number, last: number];
  /** The routing sidecar of decode pods. */
  readonly sidecar?: RoutingSidecarFacts;
}

/** The sidecar of decode pods, which sends the prompt to the prefill pod that the endpoint picker chose. */
export interface RoutingSidecarFacts {
  readonly image: string;
  /** Port of the InferencePool at which it listens. */
  readonly port: number;
  /** Port of the pod at which the model server listens. */
  readonly modelServerPort: number;
  readonly cpuMillis: number;
  readonly memoryMebibytes: number;
}

/** Label with the role of a pod (llm-d-router v0.10, scheduling/filter/bylabel). */
export const ROLE_LABEL = 'llm-d.ai/role';

/** Label that the pods of both roles of a pool have. */
const POOL_LABEL = 'cdk8s-agent-mesh/pool';

/** Returns the labels of the pods of one role, beside those of their Deployment. */
export function roleLabels({ role, pool }: Pick<DisaggregatedPod, 'role' | 'pool'>): Readonly<Record<string, string>> {
  return { [POOL_LABEL]: pool, [ROLE_LABEL]: role };
}

/** Returns the labels that select the pods of a pool: those that the pods of both roles have. */
export function poolSelector({ servers, prefill }: Pick<PoolNode, 'servers' | 'prefill'>): Readonly<Record<string, string>> {
  if (!prefill) return servers.labels;
  const [decode, other] = [podLabelsOf(servers), podLabelsOf(prefill.servers)];
  const shared = Object.keys(decode).filter((key) => decode[key] === other[key]);
  return Object.fromEntries((shared.includes(POOL_LABEL) ? [POOL_LABEL] : shared).map((key) => [key, decode[key]]));
}

/** Returns the ports of the prefill pods to which decode pods connect. */
export function prefillPorts({ targetPorts, prefill }: Pick<PoolNode, 'targetPorts' | 'prefill'>): readonly number[] {
  return prefill ? [...new Set([...targetPorts, ...prefill.transferPorts])] : [];
}

/** Returns the connection rules of prefill pods: decode pods, and the endpoint picker, but no gateway. */
export function prefillRules(model: MeshModel, workload: WorkloadNode): readonly ConnectionRule[] {
  const pools = model.index.poolsPrefilledBy(workload);
  if (pools.length === 0) return NONE;
  const of = ({ namespace, serviceAccount }: WorkloadNode) => [model.principal(namespace, serviceAccount)];
  return pools.flatMap((pool) => [
    { principals: of(pool.servers), ports: prefillPorts(pool) },
    { principals: of(pool.picker.workload), ports: pickerPorts(pool) },
  ]).filter(({ ports }) => ports.length > 0);
}

/** Shared empty result, because most workloads are no prefill servers. */
const NONE: readonly never[] = [];
