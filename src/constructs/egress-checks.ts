import { Membership } from './membership';
import { networkProblem } from './network-checks';
import { isSubdomain, nameProblem } from '../model/names';
import { networkOf } from '../model/networks';
import { hostName, isOutside } from '../model/outside-host';
import { WorkloadEgressFacts, WorkloadNode } from '../model/workload';

/** Fewer bits would be more than a cluster's own API servers. */
const LEAST_PREFIX = { 4: 24, 6: 64 };

/** What pods may call outside the cluster, without hosts where nobody here tells them apart. */
export function enforcedEgress(member: Membership, title: string, egress: WorkloadEgressFacts | undefined): WorkloadEgressFacts | undefined {
  if (!egress || egress.hostnames.length === 0) return egress;
  return { ...egress, hostnames: member.enforced('named-hosts', `a way out of the cluster for ${title} alone`, egress.hostnames) ?? [] };
}

/** What may be wrong with what pods are let call outside the cluster. */
export function checkEgress(
  member: Membership, { title, namespace, deployment }: WorkloadNode, { hostnames, namespaces, kubernetesNetworks }: WorkloadEgressFacts,
): void {
  for (const host of new Set(hostnames.filter((name) => !isOutside(name) || !isSubdomain(hostName({ hostname: name, namespace }))))) {
    member.report({ what: `a host that ${title} calls is no exact DNS name of a host outside`, got: host, allowed: 'lower case DNS names with a dot, without "*.", and none of the cluster\'s own', next: 'write it as in "api.example.com"' });
  }
  for (const name of namespaces) member.report(nameProblem(`a namespace that ${title} calls`, name));
  for (const network of new Set(kubernetesNetworks)) checkNetwork(member, network);
  if (deployment && !deployment.mountToken && kubernetesNetworks.length > 0) member.report({ what: `${title} has no token for the Kubernetes API, and is let call it`, got: kubernetesNetworks, allowed: '`kubernetesApiCidrs` beside `mountToken`', next: 'drop one, or state `mountToken`' });
  if (deployment?.mountToken && kubernetesNetworks.length === 0) {
    member.report({ what: `${title} has a token for the Kubernetes API, and may not call it`, got: { mountToken: true }, allowed: '`kubernetesApiCidrs` of its `egress`', next: 'name the networks of the API server, as `kubectl get endpoints kubernetes` tells them' });
  }
}

function checkNetwork(member: Membership, text: string): void {
  member.report(networkProblem('a network of the Kubernetes API is none', text, 'kubernetesApiCidrs'));
  const network = networkOf(text);
  if (network && network.prefix < LEAST_PREFIX[network.version]) {
    member.report({ what: 'a network of the Kubernetes API is wider than that of an API server', got: text, allowed: `prefixes of ${LEAST_PREFIX[4]} bits or more, ${LEAST_PREFIX[6]} of IPv6`, next: 'name the addresses of the API server' });
  }
}
