import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';

/** Largest number of listeners of a Gateway (Gateway API v1.6). Each pool needs one. */
const MOST_LISTENERS = 64;

/** Reports gateways whose inner gateway would need more listeners than a Gateway can have. */
export function tooManyPools(model: MeshModel): CheckResult[] {
  return model.gateways.flatMap((gateway) => {
    const counts = new Map<string, number>();
    for (const { namespace } of model.poolsOf(gateway)) counts.set(namespace, (counts.get(namespace) ?? 0) + 1);
    return [...counts].filter(([, count]) => count > MOST_LISTENERS).map(([namespace, count]) => ({
      path: gateway.origin.path,
      message: `gateway ${gateway.name} has more pools in namespace ${namespace} than a Gateway can have listeners`,
      actual: count,
      expected: `at most ${MOST_LISTENERS}`,
      fix: 'distribute the pools over two gateways or namespaces',
    }));
  });
}
