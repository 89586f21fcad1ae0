import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';
import { requestRules } from '../../model/workload';

/** As many as an AuthorizationPolicy takes (Istio 1.30, AuthorizationPolicySpec). */
const MOST_RULES = 512;

/** Grants that are each another's would be a rule each; a policy that is not admitted leaves in force what was granted before. */
export function tooManyRules({ workloads, toolServers }: MeshModel): CheckResult[] {
  const outside = toolServers.filter(({ door: { service } }) => service?.hostname !== undefined).map(({ door }) => door);
  return [...workloads, ...outside].flatMap((workload): CheckResult[] => {
    if (!workload.items && workload.callers.count <= MOST_RULES) return []; // each token is a rule at most
    const rules = requestRules(workload).length;
    return rules <= MOST_RULES ? [] : [{
      path: workload.origin.path, what: `the grants of ${workload.title} do not fit into one AuthorizationPolicy`, got: `${rules} rules`, allowed: `at most ${MOST_RULES}`,
      next: 'grant tools together to the same callers, or spread them over two boundaries',
    }];
  });
}
