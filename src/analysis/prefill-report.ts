import { titleIn } from './audit-only';
import { AllowRule } from './decision';
import { pickerReport } from './picker-report';
import { prefillPorts } from '../model/disaggregation';
import { MeshModel } from '../model/mesh';
import { pickerPorts, PoolNode } from '../model/pool';
import { grantedPorts } from '../model/port-rules';
import { WorkloadNode } from '../model/workload';

/** Returns the rules for prefill servers: the decode servers of their pools, and the endpoint pickers. */
export function prefillRulesOf(model: MeshModel, callee: WorkloadNode): AllowRule[] {
  return model.index.poolsPrefilledBy(callee).flatMap((pool): AllowRule[] => {
    const { servers, picker: { workload: picker } } = pool;
    const rule = ({ title, namespace, serviceAccount }: WorkloadNode, ports: readonly number[], what: string): AllowRule[] =>
      (ports.length === 0 ? [] : [{ title, principal: model.principal(namespace, serviceAccount), ports, because: `${title} ${what} ${callee.title}` }]);
    return [...rule(servers, prefillPorts(pool), 'send prompts to and read the KV cache of'), ...rule(picker, pickerPorts(pool), 'scrapes the metrics or reads the KV cache events of')];
  });
}

/** Returns the callers of the prefill servers of a pool, with its title and as lines. */
export function prefillReport(model: MeshModel, pool: PoolNode): { readonly title: string; readonly callers: string[] } | undefined {
  if (!pool.prefill) return undefined;
  const { servers, transferPorts } = pool.prefill;
  const scraped = grantedPorts(servers).flatMap(({ port, callers }) => callers.all.map(({ title }) => `${title}: port ${port}`));
  return {
    title: titleIn(model, servers.namespace, `${servers.title}, for pool ${pool.name}`),
    callers: [
      `${pool.servers.title}: port ${pool.targetPorts.join(', ')}, to process prompts`, `${pool.servers.title}: port ${transferPorts.join(', ')}, for KV cache transfer; RDMA is NOT CHECKED`,
      ...pickerReport(pool), ...scraped,
    ],
  };
}
