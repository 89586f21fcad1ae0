import { eventPorts, PoolNode, scrapedPorts } from '../model/pool';
import { listed } from '../model/problem';

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
