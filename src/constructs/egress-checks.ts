import { Membership } from './membership';
import { hostnameProblem } from '../model/names';
import { isNetwork } from '../model/networks';
import { isInside } from '../model/outside-host';
import { WorkloadEgressFacts, WorkloadNode } from '../model/workload';

/** What may be wrong with what pods are let call outside the cluster. */
export function checkEgress(
  member: Membership, { title, deployment }: WorkloadNode, { hostnames, kubernetesNetworks }: WorkloadEgressFacts,
): void {
  if (hostnames.length > 0 && member.refuse('named-hosts', `a way out of the cluster for ${title} alone`, hostnames)) return;
  for (const host of new Set(hostnames.filter((name) => hostnameProblem(name) || name.startsWith('*') || isInside(name)))) {
    member.report({ what: `a host that ${title} calls is no exact DNS name of a host outside`, got: host, allowed: 'lower case DNS names with a dot, without "*.", and none of the cluster\'s own', next: 'write it as in "api.example.com"' });
  }
  const bad = kubernetesNetworks.find((network) => !isNetwork(network));
  if (bad !== undefined) member.report({ what: 'a network of the Kubernetes API is none', got: bad, allowed: 'CIDRs such as "10.0.0.1/32"', next: 'correct `kubernetesApiCidrs`' });
  if (deployment?.mountToken && kubernetesNetworks.length === 0) {
    member.report({ what: `${title} has a token for the Kubernetes API, and may not call it`, got: { mountToken: true }, allowed: '`kubernetesApiCidrs` of its `egress`', next: 'name the networks of the API server, as `kubectl get endpoints kubernetes` tells them' });
  }
}
