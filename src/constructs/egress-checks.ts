import { Membership } from './membership';
import { networkProblem } from './network-checks';
import { hostName, isExternal } from '../model/external-host';
import { isSubdomain, nameProblem } from '../model/names';
import { networkOf } from '../model/networks';
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
  for (const host of new Set(hostnames.filter((name) => !isExternal(name) || !isSubdomain(hostName({ hostname: name, namespace }))))) {
    member.report({ message: `a host that ${title} calls is no exact DNS name of a host outside`, actual: host, expected: 'lower case DNS names with a dot, without "*.", and none of the cluster\'s own', fix: 'write it as in "api.example.com"' });
  }
  for (const name of namespaces) member.report(nameProblem(`a namespace that ${title} calls`, name));
  for (const network of new Set(kubernetesNetworks)) checkNetwork(member, network);
  if (deployment && !deployment.mountToken && kubernetesNetworks.length > 0) member.report({ message: `${title} has no token for the Kubernetes API, and is let call it`, actual: kubernetesNetworks, expected: '`kubernetesApiCidrs` beside `mountToken`', fix: 'drop one, or state `mountToken`' });
  if (deployment?.mountToken && kubernetesNetworks.length === 0) {
    member.report({ message: `${title} has a token for the Kubernetes API, and may not call it`, actual: { mountToken: true }, expected: '`kubernetesApiCidrs` of its `egress`', fix: 'name the networks of the API server, as `kubectl get endpoints kubernetes` tells them' });
  }
}

function checkNetwork(member: Membership, text: string): void {
  member.report(networkProblem('a network of the Kubernetes API is none', text, 'kubernetesApiCidrs'));
  const network = networkOf(text);
  if (network && network.prefix < LEAST_PREFIX[network.version]) {
    member.report({ message: 'a network of the Kubernetes API is wider than that of an API server', actual: text, expected: `prefixes of ${LEAST_PREFIX[4]} bits or more, ${LEAST_PREFIX[6]} of IPv6`, fix: 'name the addresses of the API server' });
  }
}
