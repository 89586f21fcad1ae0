import { Call, Decision } from './call';
import { GatewayIdentities, poolRules } from './decision';
import { clientsOf, leadsTo } from './gateway-clients';
import { MeshModel } from '../model/mesh';
import { PoolNode } from '../model/pool';

/** Decides whether a caller reaches the pods of a pool as members of the pool: only the gateway and the endpoint picker do. */
export function decideAtPool(
  model: MeshModel, pool: PoolNode, { caller, port }: Pick<Call, 'caller' | 'port'>, gateways: GatewayIdentities,
): Decision {
  const { gateway } = pool;
  const own = poolRules(model, pool, gateways).filter(({ principal }) => principal.identity === caller?.identity);
  const rule = own.find(({ ports }) => ports.includes(port));
  if (rule) return { allowed: true, reason: rule.because };
  if (own.length > 0) return { allowed: false, reason: `${own[0].title} may call pool ${pool.name} on port ${own[0].ports.join(', ')}, not on ${port}` };
  const way = leadsTo(model, pool) ? `gateway ${gateway.name} leads to it, for ${clientsOf(gateway)}` : `no route of gateway ${gateway.name} leads to it`;
  return { allowed: false, reason: `only the proxies of gateway ${gateway.name} send requests to pool ${pool.name}; ${way}` };
}
