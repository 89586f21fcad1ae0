import { shardOf } from '../../model/inner-port';
import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';

/** Largest number of listeners of a Gateway (Gateway API v1.6). Each pool needs one. */
const MOST_LISTENERS = 64;

/** Reports gateways with an inner gateway that would need more listeners than a Gateway can have. */
export function tooManyPools(model: MeshModel): CheckResult[] {
  const gateways = [...new Set(model.pools.map(({ gateway }) => gateway))];
  return gateways.flatMap((gateway) => {
    const { poolShards: shards = 1 } = gateway;
    const counts = new Map<string, number[]>();
    for (const { name, namespace } of model.poolsOf(gateway)) {
      const ofShards = counts.get(namespace) ?? Array.from({ length: shards }, () => 0);
      counts.set(namespace, ofShards);
      ofShards[shardOf(name, shards)]++;
    }
    return [...counts].filter(([, ofShards]) => Math.max(...ofShards) > MOST_LISTENERS).map(([namespace, ofShards]) => ({
      path: gateway.origin.path,
      message: `gateway ${gateway.name} has more pools in namespace ${namespace} than its inner gateways can have listeners`,
      actual: ofShards,
      expected: `at most ${MOST_LISTENERS} pools for each inner gateway`,
      fix: `set a higher \`poolShards\` on the gateway, such as ${Math.ceil(ofShards.reduce((sum, count) => sum + count) / (MOST_LISTENERS / 2))}`,
    }));
  });
}
