import { MOST_SERVICE_ACCOUNTS } from './istio-authorization';
import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';
import { RequestRule } from '../../model/request-rule';
import { requestRules, WorkloadNode } from '../../model/workload';

/** Maximum number of rules, and of sources in one rule (Istio 1.30, AuthorizationPolicySpec). */
const MOST_RULES = 512;
const MOST_SOURCES = 512;

/** Maximum number of identity characters in one object. etcd accepts 1.5 MiB in total. */
const MOST_CHARACTERS = 1_000_000;

/**
 * Reports workloads whose rules or callers do not fit into one AuthorizationPolicy. When the API server rejects an object, the previous
 * grants stay in force.
 */
export function overfullPolicies(model: MeshModel): CheckResult[] {
  const external = model.toolServers.filter(({ endpoint: { service } }) => service?.hostname !== undefined).map(({ endpoint }) => endpoint);
  return [...model.workloads, ...external].flatMap((workload) => {
    const rules = requestRules(workload);
    return [...tooManyRules(workload, rules), ...tooManyCallers(model, workload, rules)];
  });
}

/** Reports grants that need too many rules. Grants to different callers each become a rule. */
function tooManyRules(workload: WorkloadNode, rules: readonly RequestRule[]): CheckResult[] {
  return rules.length <= MOST_RULES ? [] : [{
    path: workload.origin.path, message: `the grants of ${workload.title} do not fit into one AuthorizationPolicy`, actual: `${rules.length} rules`, expected: `at most ${MOST_RULES}`,
    fix: 'grant the tools to the same callers, or divide the tools between two McpToolBoundaries',
  }];
}

/**
 * Reports too many callers. A policy lists each caller. The gateways routed to the workload and the gateways and pickers of its pools
 * count too.
 */
function tooManyCallers(model: MeshModel, workload: WorkloadNode, rules: readonly RequestRule[]): CheckResult[] {
  const beside = model.routesOf(workload).length + 2 * model.poolsOf(workload).length;
  const most = model.facts.trustedDomains.length > 0 ? Infinity : MOST_SOURCES * MOST_SERVICE_ACCOUNTS;
  const largest = Math.max(0, ...rules.map(({ principals }) => principals.length)) + beside;
  const characters = rules.reduce((sum, { principals }) => principals.reduce((all, { identity }) => all + identity.length, sum), 0);
  return largest <= most && characters <= MOST_CHARACTERS ? [] : [{
    path: workload.origin.path, message: `the callers of ${workload.title} do not fit into one AuthorizationPolicy`, actual: largest > most ? `${largest} callers` : `${characters} characters`,
    expected: largest > most ? `at most ${most}` : `at most ${MOST_CHARACTERS}`, fix: 'give this callee fewer callers: replace it by two agents or McpToolBoundaries, each for a part of the callers',
  }];
}
