import { GatewayNode } from '../model/gateway';
import { MeshModel } from '../model/mesh';
import { PoolNode } from '../model/pool';
import { WorkloadNode } from '../model/workload';

/** Returns text that names the clients of a gateway and its route targets. A gateway does not authenticate the identity of clients. */
export function clientsOf({ existingServiceAccount, deniedNetworks, tls }: GatewayNode): string {
  if (existingServiceAccount !== undefined) return 'clients that the existing Gateway accepts, including pods of the cluster unless it denies them';
  const shown = tls?.clientCaConfigMapName === undefined ? '' : `, with a client certificate that ConfigMap ${tls.clientCaConfigMapName} verifies`;
  if (deniedNetworks.length > 0) return `anyone who can reach it, except from ${deniedNetworks.join(', ')}${shown}`;
  return `anyone who can reach it, including pods of the cluster${shown}`;
}

/** Returns whether a route of its gateway sends requests to a pool. */
export function leadsTo(model: MeshModel, pool: PoolNode): boolean {
  return model.routesOf(pool.gateway).some(({ rules }) =>
    rules.some(({ split }) => split.some(({ target, weight }) => weight > 0 && target.kind === 'pool' && target.pool === pool)));
}

/** Returns the gateways that expose a workload to their clients, directly or through its pools. */
export function gatewaysBefore(model: MeshModel, workload: WorkloadNode): GatewayNode[] {
  const pooled = model.poolsOf(workload).filter((pool) => leadsTo(model, pool));
  return [...new Set([...model.routesOf(workload), ...pooled].map(({ gateway }) => gateway))];
}
