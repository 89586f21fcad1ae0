import { MeshModel } from '../../../model/mesh';
import { CheckResult } from '../../../model/problem';
import { WorkloadNode } from '../../../model/workload';

/** To Envoy, what a policy calls "cluster.local" is the mesh's own trust domain, whatever its name. */
const OWN = 'cluster.local';

/** Callers of other trust domains whom Envoy takes for callers of the mesh's own (Istio 1.31, pilot/pkg/security/trustdomain/bundle.go). */
export function foreignCallers(model: MeshModel): CheckResult[] {
  return [...takenForOwn(model), ...behindWaypoints(model)];
}

function takenForOwn({ facts: { origin, trustDomain, trustedDomains } }: MeshModel): CheckResult[] {
  return trustDomain === OWN || !trustedDomains.includes(OWN) ? [] : [{
    path: origin.path,
    message: 'Envoy reads the trust domain "cluster.local" as the mesh\'s own: its identities could not be told apart from yours',
    actual: trustedDomains,
    expected: 'trusted domains of other names',
    fix: 'drop it',
  }];
}

/**
 * Envoy takes the trust domain of a mesh and its aliases for one domain: at a waypoint, whoever is granted something shares
 * the grant with its namesakes of every trusted domain. ztunnel compares the whole identity, so that at pods callers of
 * different domains are told apart.
 */
function behindWaypoints(model: MeshModel): CheckResult[] {
  const { trustDomain, trustedDomains } = model.facts;
  if (trustedDomains.length === 0) return [];
  const isCalled = (workload: WorkloadNode) => !workload.callers.isEmpty || model.routesOf(workload).length > 0;
  const called = [...new Set([...model.workloads, ...model.toolServers.map(({ endpoint }) => endpoint)])].filter(isCalled);
  const behind = [...called.filter(({ service }) => service?.waypoint), ...model.workloads.filter(({ egress }) => egress?.waypoint)];
  return behind.map(({ origin, title }) => ({
    path: origin.path,
    message: `a waypoint cannot tell callers of ${trustedDomains.join(', ')} from their namesakes of ${trustDomain}, and ${title} is behind one`,
    actual: { trustedDomains },
    expected: 'no waypoint before what is granted in a mesh that trusts other domains',
    fix: 'let its pods admit callers, without a waypoint; or put it into a mesh of its own that trusts no other domain',
  }));
}
