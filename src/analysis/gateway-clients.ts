import { GatewayNode } from '../model/gateway';
import { MeshModel } from '../model/mesh';
import { WorkloadNode } from '../model/workload';

/** Who comes to a gateway and to all that its routes lead to: it asks nobody for a proven identity. */
export function clientsOf({ existingServiceAccount, deniedNetworks }: GatewayNode): string {
  if (existingServiceAccount !== undefined) return 'whom the team admits to its own Gateway, pods of the cluster too unless it refuses them';
  if (deniedNetworks.length > 0) return `anyone who reaches it from another address than those of ${deniedNetworks.join(', ')}`;
  return 'anyone who reaches it, pods of the cluster included';
}

/** Gateways through which a workload is called by whoever reaches them, its pools' among them. */
export function gatewaysBefore(model: MeshModel, workload: WorkloadNode): GatewayNode[] {
  const pooled = model.poolsOf(workload).filter((pool) => model.routesOf(pool.gateway).some(({ rules }) =>
    rules.some(({ split }) => split.some(({ target, weight }) => weight > 0 && target.kind === 'pool' && target.pool === pool))));
  return [...new Set([...model.routesOf(workload), ...pooled].map(({ gateway }) => gateway))];
}
