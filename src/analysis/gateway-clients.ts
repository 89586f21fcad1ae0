import { GatewayNode } from '../model/gateway';
import { MeshModel } from '../model/mesh';
import { PoolNode } from '../model/pool';
import { TokenLimits, tokenText } from '../model/token';
import { WorkloadNode } from '../model/workload';

/** Returns a text about the clients of a gateway, or of a route with `callers`, with the credentials that they need. */
export function clientsOf(gateway: GatewayNode, callers?: readonly TokenLimits[]): string {
  const required = callers?.map(tokenText) ?? (gateway.jwt?.required ? [tokenText(gateway.jwt)] : []);
  return `${reachedBy(gateway)}${required.length > 0 ? `, with ${required.join(', or ')}` : ''}`;
}

/** Returns a text about the clients that can reach a gateway. A gateway does not authenticate the identity of clients. */
export function reachedBy({ existingServiceAccount, deniedNetworks, tls, plainText }: GatewayNode): string {
  if (existingServiceAccount !== undefined) return 'clients that the existing Gateway accepts, including pods of the cluster unless it denies them';
  if (plainText) return `${reaching(deniedNetworks)}, in PLAIN TEXT: a load balancer in front of the gateway terminates TLS, so the gateway sees no client certificates`;
  const shown = tls?.clientCaConfigMapName === undefined ? '' : `, with a client certificate from the CA in ConfigMap ${tls.clientCaConfigMapName}`;
  return `${reaching(deniedNetworks)}${shown}`;
}

function reaching(deniedNetworks: readonly string[]): string {
  return `anyone who can reach it, ${deniedNetworks.length > 0 ? `except from ${deniedNetworks.join(', ')}` : 'including pods of the cluster'}`;
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
