import { ConnectionRule } from './connection-rule';
import { POOL_LABEL } from './disaggregated-pod';
import { MeshModel } from './mesh';
import { pickerPorts, PoolNode } from './pool';
import { ServiceNode } from './service';
import { podLabelsOf, WorkloadNode } from './workload';

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

/** Suffix of the Service through which the sidecars of decode pods know the prefill pods of their pool. */
const SUFFIX = '-prefill';

/** Returns the headless Service through which decode pods connect to the prefill pods of their pool, if it has any. */
export function prefillService(pool: PoolNode): ServiceNode | undefined {
  const [port] = prefillPorts(pool);
  return port === undefined ? undefined : { name: `${pool.name}${SUFFIX}`, namespace: pool.namespace, port, targetPort: port };
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
