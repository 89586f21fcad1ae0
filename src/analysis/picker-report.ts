import { titleIn } from './audit-only';
import { leadsTo } from './gateway-clients';
import { MeshModel } from '../model/mesh';
import { eventPorts, PoolNode, scrapedPorts } from '../model/pool';
import { grantedPorts } from '../model/port-rules';
import { listed } from '../model/problem';
import { serviceUrl } from '../model/service';
import { TenantNode } from '../model/tenant';
import { WorkloadNode } from '../model/workload';

/** Returns a line for each use that the picker of a pool makes of the pods. */
function pickerReport(pool: PoolNode): string[] {
  const { title } = pool.picker.workload;
  const uses = [[scrapedPorts(pool), 'for metrics'], [eventPorts(pool), 'for KV cache events']] as const;
  return uses.filter(([ports]) => ports.length > 0).map(([ports, what]) => `${title}: port ${ports.join(', ')}, ${what}`);
}

/** Returns a text about the models that requests at a pool may name. */
export function namedModels({ allowedModels }: PoolNode): string {
  return allowedModels ? `, for requests that name ${listed(allowedModels)}` : '';
}

/** Returns a line about the priorities of requests from clients of the gateway of a pool, if a claim of their token selects one. */
export function clientPriorities(model: MeshModel, pool: PoolNode): string[] {
  const { gateway } = pool;
  const own = model.objectives.filter((objective) => objective.pool === pool).sort((a, b) => b.priority - a.priority);
  const claim = own.at(0)?.claim;
  if (claim === undefined || !leadsTo(model, pool)) return [];
  const values = [...own.map(({ name, priority }) => `${name} ${priority}`), 'otherwise 0'];
  return [`priority of clients of gateway ${gateway.name}, by claim ${claim}: ${values.join(', ')}`];
}

/** Returns lines about the callers of a tenant. */
export function tenantCallers({ fairnessId, objective, entry, callers }: TenantNode): string[] {
  const as = `as tenant ${fairnessId}${objective ? `, with objective ${objective.name} (priority ${objective.priority})` : ''}`;
  return callers.all.map(({ title }) => `${title}: ${serviceUrl(entry, '')}, ${as}, selected by the picker`);
}

/** Returns a line for each caller of a granted port of a workload. */
export function portLines(workload: WorkloadNode): string[] {
  return grantedPorts(workload).flatMap(({ port, callers }) => callers.all.map(({ title }) => `${title}: port ${port}`));
}

/** Returns lines about what connects to a workload because of the pools that it serves. */
export function servingLines(model: MeshModel, workload: WorkloadNode): string[] {
  return model.poolsOf(workload).flatMap((pool) => [
    `gateway ${pool.gateway.name}: port ${pool.targetPorts.join(', ')}, selected by the picker of pool ${pool.name}`,
    ...pickerReport(pool),
  ]);
}

type Block = readonly [title: string, callers: readonly string[]];

/**
 * Returns the callers of the servers and prefill servers of a pool. Servers of several pools are returned for the first one only, and those
 * that an agent has are not returned, because the agent has a block.
 */
export function serversReport(model: MeshModel, pool: PoolNode): readonly Block[] {
  const { servers, prefill } = pool;
  const agents = model.index.agentsAs(servers.namespace, servers.serviceAccount);
  const isOfAgent = agents.some(({ versions }) => versions.some(({ workload }) => workload === servers));
  const isFirst = model.poolsOf(servers)[0] === pool && !isOfAgent;
  return [
    ...isFirst ? [[titleIn(model, servers.namespace, servers.title), [...portLines(servers), ...servingLines(model, servers)]] as const] : [],
    ...prefill && model.index.poolsPrefilledBy(prefill.servers)[0] === pool ? [prefillReport(model, prefill.servers)] : [],
  ];
}

function prefillReport(model: MeshModel, servers: WorkloadNode): Block {
  const lines = model.index.poolsPrefilledBy(servers).flatMap((pool) => [
    `${pool.servers.title}: port ${pool.targetPorts.join(', ')}, with prompts`,
    `${pool.servers.title}: port ${pool.prefill!.transferPorts.join(', ')}, for KV cache transfer: RDMA is NOT CHECKED and NOT ENCRYPTED`,
    ...pickerReport(pool),
  ]);
  // Pools of the same servers have the same decode servers.
  return [titleIn(model, servers.namespace, `${servers.title}, which process prompts`), [...new Set([...lines, ...portLines(servers)])]];
}
