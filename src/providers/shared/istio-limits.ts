import { MOST_SERVICE_ACCOUNTS } from './istio-authorization';
import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';
import { RequestRule } from '../../model/request-rule';
import { requestRules, WorkloadNode } from '../../model/workload';

/** As many as an AuthorizationPolicy takes (Istio 1.30, AuthorizationPolicySpec): rules, and sources of a rule. */
const MOST_RULES = 512;
const MOST_SOURCES = 512;

/** Characters of what one object names; etcd takes 1.5 MiB in all. */
const MOST_CHARACTERS = 1_000_000;

/** What does not fit into one AuthorizationPolicy; where it is not admitted, what was granted before stays in force. */
export function overfullPolicies(model: MeshModel): CheckResult[] {
  const outside = model.toolServers.filter(({ door: { service } }) => service?.hostname !== undefined).map(({ door }) => door);
  return [...model.workloads, ...outside].flatMap((workload) => {
    const rules = requestRules(workload);
    return [...tooManyRules(workload, rules), ...tooManyCallers(model, workload, rules)];
  });
}

/** Grants that are each another's would be a rule each. */
function tooManyRules(workload: WorkloadNode, rules: readonly RequestRule[]): CheckResult[] {
  return rules.length <= MOST_RULES ? [] : [{
    path: workload.origin.path, what: `the grants of ${workload.title} do not fit into one AuthorizationPolicy`, got: `${rules.length} rules`, allowed: `at most ${MOST_RULES}`,
    next: 'grant tools together to the same callers, or spread them over two boundaries',
  }];
}

/** Callers are named one by one; gateways that are led to a workload, and what serves its pools, stand beside them. */
function tooManyCallers(model: MeshModel, workload: WorkloadNode, rules: readonly RequestRule[]): CheckResult[] {
  const beside = model.routesOf(workload).length + 2 * model.poolsOf(workload).length;
  const most = model.facts.trustedDomains.length > 0 ? Infinity : MOST_SOURCES * MOST_SERVICE_ACCOUNTS;
  const largest = Math.max(0, ...rules.map(({ principals }) => principals.length)) + beside;
  const characters = rules.reduce((sum, { principals }) => principals.reduce((all, { identity }) => all + identity.length, sum), 0);
  return largest <= most && characters <= MOST_CHARACTERS ? [] : [{
    path: workload.origin.path, what: `the callers of ${workload.title} do not fit into one AuthorizationPolicy`, got: largest > most ? `${largest} callers` : `${characters} characters`,
    allowed: largest > most ? `at most ${most}` : `at most ${MOST_CHARACTERS}`, next: 'have callers share an identity, or spread them over two agents or boundaries',
  }];
}
