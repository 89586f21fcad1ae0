import { poolSelector } from '../../model/disaggregation';
import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';
import { podLabelsOf } from '../../model/workload';

/** Reports pools with prefill servers whose selector also matches the pods of other workloads, to which gateways would then send requests. */
export function mixedRoles(model: MeshModel): CheckResult[] {
  return model.pools.flatMap((pool) => {
    const { prefill, servers, namespace, origin, name, existing } = pool;
    if (!prefill || existing) return [];
    const selector = poolSelector(pool);
    if (Object.keys(selector).length === 0) return []; // reported by the pool
    const isSelected = (labels: Readonly<Record<string, string>>) => Object.keys(selector).every((key) => labels[key] === selector[key]);
    return model.index.workloadsWith(namespace, selector)
      .filter((workload) => workload !== servers && workload !== prefill.servers && isSelected(podLabelsOf(workload)))
      .map((workload): CheckResult => ({
        path: origin.path,
        message: `the selector of pool ${name} also matches the pods of ${workload.title}, so gateways would send requests to them`,
        actual: selector,
        expected: 'a label that the decode pods and the prefill pods of the pool have, and no others',
        fix: `add such a label to \`labels\` of ${servers.title} and of ${prefill.servers.title}`,
      }));
  });
}
