import { GatewayNode } from '../model/gateway';
import { MeshModel } from '../model/mesh';
import { WorkloadNode } from '../model/workload';

/** Returns text that names the clients of a gateway and its route targets. A gateway does not authenticate the identity of clients. */
export function clientsOf({ existingServiceAccount, deniedNetworks }: GatewayNode): string {
  if (existingServiceAccount !== undefined) return 'clients that the existing Gateway accepts, including pods of the cluster unless it denies them';
  if (deniedNetworks.length > 0) return `anyone who can reach it, except from ${deniedNetworks.join(', ')}`;
  return 'anyone who can reach it, including pods of the cluster';
}

/** Returns the gateways that expose a workload to their clients, directly or through its pools. */
export function gatewaysBefore(model: MeshModel, workload: WorkloadNode): GatewayNode[] {
  const pooled = model.poolsOf(workload).filter((pool) => model.routesOf(pool.gateway).some(({ rules }) =>
    rules.some(({ split }) => split.some(({ target, weight }) => weight > 0 && target.kind === 'pool' && target.pool === pool))));
  return [...new Set([...model.routesOf(workload), ...pooled].map(({ gateway }) => gateway))];
}
