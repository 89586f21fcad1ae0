import { titleIn } from './audit-only';
import { MeshModel } from '../model/mesh';
import { eventPorts, PoolNode, scrapedPorts } from '../model/pool';
import { grantedPorts } from '../model/port-rules';
import { listed } from '../model/problem';
import { serviceUrl } from '../model/service';
import { TenantNode } from '../model/tenant';

/** Returns a line for each use that the picker of a pool makes of the pods. */
export function pickerReport(pool: PoolNode): string[] {
  const { title } = pool.picker.workload;
  const uses = [[scrapedPorts(pool), 'for metrics'], [eventPorts(pool), 'for KV cache events']] as const;
  return uses.filter(([ports]) => ports.length > 0).map(([ports, what]) => `${title}: port ${ports.join(', ')}, ${what}`);
}

/** Returns a text about the models that requests at a pool may name. */
export function namedModels({ allowedModels }: PoolNode): string {
  return allowedModels ? `, for requests that name ${listed(allowedModels)}` : '';
}

/** Returns lines about the callers of a tenant. */
export function tenantCallers({ fairnessId, objective, entry, callers }: TenantNode): string[] {
  const as = `as tenant ${fairnessId}${objective ? `, with objective ${objective.name} (priority ${objective.priority})` : ''}`;
  return callers.all.map(({ title }) => `${title}: ${serviceUrl(entry, '')}, ${as}, selected by the picker`);
}

/** Returns the title of the prefill servers of a pool with their callers, if the pool has such servers. */
export function prefillReport(model: MeshModel, pool: PoolNode): readonly (readonly [title: string, callers: readonly string[]])[] {
  if (!pool.prefill) return [];
  const { servers, transferPorts } = pool.prefill;
  const { title } = pool.servers;
  const readers = grantedPorts(servers).flatMap(({ port, callers }) => callers.all.map((reader) => `${reader.title}: port ${port}`));
  return [[titleIn(model, servers.namespace, `${servers.title}, which process its prompts`), [
    `${title}: port ${pool.targetPorts.join(', ')}, with prompts`,
    `${title}: port ${transferPorts.join(', ')}, for KV cache transfer: RDMA is NOT CHECKED and NOT ENCRYPTED`,
    ...pickerReport(pool), ...readers,
  ]]];
}
