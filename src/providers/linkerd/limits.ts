import { identityOf, LinkerdFacts } from './facts';
import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';

/** Hosts of a TLSRoute (Gateway API v1.6, TLSRoute v1alpha2). */
const MOST_HOSTS = 1024;

/** Characters of what one object names; etcd takes 1.5 MiB in all. */
const MOST_CHARACTERS = 1_000_000;

/** What does not fit into one object of a kind that Linkerd reads. */
export function overfullObjects(model: MeshModel, facts: LinkerdFacts): CheckResult[] {
  return [...tooManyHosts(model), ...tooManyCallers(model, facts)];
}

function tooManyHosts({ egress }: MeshModel): CheckResult[] {
  return egress.filter(({ hostnames }) => hostnames.length > MOST_HOSTS).map(({ origin, name, hostnames }) => ({
    path: origin.path, message: `the hosts of ${name} do not fit into one TLSRoute`, actual: `${hostnames.length} hosts`, expected: `at most ${MOST_HOSTS}`, fix: 'spread them over two MeshEgress',
  }));
}

/** A MeshTLSAuthentication names every caller; how many, its kind does not say. */
function tooManyCallers({ workloads }: MeshModel, facts: LinkerdFacts): CheckResult[] {
  return workloads.flatMap(({ origin, title, callers }) => {
    const characters = callers.principals.reduce((sum, principal) => sum + identityOf(facts, principal).length, 0);
    return characters <= MOST_CHARACTERS ? [] : [{
      path: origin.path, message: `the callers of ${title} do not fit into one MeshTLSAuthentication`, actual: `${characters} characters`, expected: `at most ${MOST_CHARACTERS}`,
      fix: 'have callers share an identity, or spread them over two agents or boundaries',
    }];
  });
}
