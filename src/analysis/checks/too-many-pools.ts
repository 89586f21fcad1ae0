import { GatewayNode } from '../../model/gateway';
import { shardOf } from '../../model/inner-port';
import { MeshModel } from '../../model/mesh';
import { PoolNode } from '../../model/pool';
import { CheckResult } from '../../model/problem';

/** Largest number of listeners of a Gateway (Gateway API v1.6). Each pool needs one at its inner gateway, and each tenant one before it. */
const MOST_LISTENERS = 64;

/** Reports gateways of pools, or of tenants, that would need more listeners than a Gateway can have. */
export function tooManyPools(model: MeshModel): CheckResult[] {
  const gateways = [...new Set(model.pools.map(({ gateway }) => gateway))];
  return gateways.flatMap((gateway) => [...ofPools(model, gateway), ...ofTenants(model, gateway)]);
}

function ofPools(model: MeshModel, gateway: GatewayNode): CheckResult[] {
  const { poolShards: shards = 1 } = gateway;
  return [...countsOf(model.poolsOf(gateway), shards)].filter(([, counts]) => Math.max(...counts) > MOST_LISTENERS).map(([namespace, counts]) => ({
    path: gateway.origin.path,
    message: `gateway ${gateway.name} has more pools in namespace ${namespace} than its inner gateways can have listeners`,
    actual: counts,
    expected: `at most ${MOST_LISTENERS} pools for each inner gateway`,
    fix: `set a higher \`poolShards\` on the gateway, such as ${Math.ceil(counts.reduce((sum, count) => sum + count) / (MOST_LISTENERS / 2))}`,
  }));
}

function ofTenants(model: MeshModel, gateway: GatewayNode): CheckResult[] {
  const pools = model.tenants.filter(({ pool }) => pool.gateway === gateway).map(({ pool }) => pool);
  return [...countsOf(pools, gateway.poolShards ?? 1)].filter(([, counts]) => Math.max(...counts) > MOST_LISTENERS).map(([namespace, counts]) => ({
    path: gateway.origin.path,
    message: `gateway ${gateway.name} has more tenants in namespace ${namespace} than the gateway before an inner gateway can have listeners`,
    actual: counts,
    expected: `at most ${MOST_LISTENERS} tenants for each inner gateway`,
    fix: 'let callers share a tenant; tenants of several pools also spread with `poolShards` of the gateway',
  }));
}

/** Returns the number of pools at each inner gateway, by namespace. A pool that is listed twice counts twice. */
function countsOf(pools: readonly PoolNode[], shards: number): Map<string, number[]> {
  const counts = new Map<string, number[]>();
  for (const { name, namespace } of pools) {
    const ofShards = counts.get(namespace) ?? Array.from({ length: shards }, () => 0);
    counts.set(namespace, ofShards);
    ofShards[shardOf(name, shards)]++;
  }
  return counts;
}
