import { MeshModel } from '../../../model/mesh';
import { CheckResult } from '../../../model/problem';
import { WorkloadNode } from '../../../model/workload';

/** Trust domain that Envoy always treats as the domain of the mesh, also if the mesh has another trust domain. */
const OWN = 'cluster.local';

/**
 * Reports callers of other trust domains that Envoy cannot distinguish from callers of the mesh (Istio 1.31,
 * pilot/pkg/security/trustdomain/bundle.go).
 */
export function foreignCallers(model: MeshModel): CheckResult[] {
  return [...takenForOwn(model), ...behindWaypoints(model)];
}

function takenForOwn({ facts: { origin, trustDomain, trustedDomains } }: MeshModel): CheckResult[] {
  return trustDomain === OWN || !trustedDomains.includes(OWN) ? [] : [{
    path: origin.path,
    message: `Envoy treats the trust domain "cluster.local" as an alias of ${trustDomain}, the trust domain of the mesh, so it cannot distinguish the identities of the two domains`,
    actual: trustedDomains,
    expected: 'trusted domains other than "cluster.local"',
    fix: 'remove "cluster.local" from `trustedDomains`',
  }];
}

/**
 * Reports callees behind a waypoint in a mesh that trusts other domains. Envoy treats the trust domain of a mesh and its aliases as one:
 * at a waypoint, a grant also applies to the same ServiceAccount of every trusted domain. ztunnel compares the full identity, so it
 * distinguishes the domains at the pods.
 */
function behindWaypoints(model: MeshModel): CheckResult[] {
  const { trustDomain, trustedDomains } = model.facts;
  if (trustedDomains.length === 0) return [];
  const isCalled = (workload: WorkloadNode) => !workload.callers.isEmpty || model.routesOf(workload).length > 0;
  const called = [...new Set([...model.workloads, ...model.toolServers.map(({ endpoint }) => endpoint)])].filter(isCalled);
  const behind = [...called.filter(({ service }) => service?.waypoint), ...model.workloads.filter(({ egress }) => egress?.waypoint)];
  return behind.map(({ origin, title }) => ({
    path: origin.path,
    message: `${title} is behind a waypoint, and a waypoint cannot distinguish callers of trust domain ${trustedDomains.join(', ')} from callers of ${trustDomain} with the same namespace and ServiceAccount`,
    actual: { trustedDomains },
    expected: 'callees without a waypoint in a mesh that trusts other domains',
    fix: 'remove the waypoint, so that ztunnel authorizes the callers at the pods; or move the workload to a mesh that trusts no other domain',
  }));
}
