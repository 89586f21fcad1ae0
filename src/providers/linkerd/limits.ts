import { identityOf, LinkerdFacts } from './facts';
import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';

/** Maximum number of hosts in a TLSRoute (Gateway API v1.6, TLSRoute v1alpha2). */
const MOST_HOSTS = 1024;

/** Maximum number of identity characters in one object. etcd accepts 1.5 MiB in total. */
const MOST_CHARACTERS = 1_000_000;

/** Reports lists that do not fit into one object of a kind that Linkerd uses. */
export function overfullObjects(model: MeshModel, facts: LinkerdFacts): CheckResult[] {
  return [...tooManyHosts(model), ...tooManyCallers(model, facts)];
}

function tooManyHosts({ egress }: MeshModel): CheckResult[] {
  return egress.filter(({ hostnames }) => hostnames.length > MOST_HOSTS).map(({ origin, name, hostnames }) => ({
    path: origin.path, message: `the hosts of ${name} do not fit into one TLSRoute`, actual: `${hostnames.length} hosts`, expected: `at most ${MOST_HOSTS}`, fix: 'divide the hosts between two MeshEgress',
  }));
}

/** Reports too many callers. A MeshTLSAuthentication lists every caller, and its kind states no maximum. */
function tooManyCallers({ workloads }: MeshModel, facts: LinkerdFacts): CheckResult[] {
  return workloads.flatMap(({ origin, title, callers }) => {
    const characters = callers.principals.reduce((sum, principal) => sum + identityOf(facts, principal).length, 0);
    return characters <= MOST_CHARACTERS ? [] : [{
      path: origin.path, message: `the callers of ${title} do not fit into one MeshTLSAuthentication`, actual: `${characters} characters`, expected: `at most ${MOST_CHARACTERS}`,
      fix: 'give this callee fewer callers: replace it by two agents or McpToolBoundaries, each for a part of the callers',
    }];
  });
}
