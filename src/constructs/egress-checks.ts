import { Membership } from './membership';
import { hostnameProblem } from '../model/names';
import { isNetwork } from '../model/networks';
import { isInside, OUTSIDE_PORT } from '../model/outside-host';
import { WorkloadEgressFacts, WorkloadNode } from '../model/workload';

/** What may be wrong with what pods are let call outside the cluster. */
export function checkEgress(
  member: Membership, { title, namespace, deployment }: WorkloadNode, { hostnames, kubernetesNetworks }: WorkloadEgressFacts,
): void {
  if (hostnames.length > 0 && member.refuse('named-hosts', `a way out of the cluster for ${title} alone`, hostnames)) return;
  for (const host of new Set(hostnames.filter((name) => hostnameProblem(name) || name.startsWith('*') || isInside(name)))) {
    member.report({ what: `a host that ${title} calls is no exact DNS name of a host outside`, got: host, allowed: 'lower case DNS names with a dot, without "*.", and none of the cluster\'s own', next: 'write it as in "api.example.com"' });
  }
  const known = member.model.egress.find((egress) => egress.namespace === namespace && egress.port === OUTSIDE_PORT
    && egress.hostnames.some((host) => hostnames.includes(host)));
  if (known) {
    member.report({ what: `a host that ${title} calls is let out of the namespace for everybody there already`, got: known.hostnames, allowed: '`egress` of a workload, or a MeshEgress', next: `drop it from one of the two (${known.name})` });
  }
  const bad = kubernetesNetworks.find((network) => !isNetwork(network));
  if (bad !== undefined) member.report({ what: 'a network of the Kubernetes API is none', got: bad, allowed: 'CIDRs such as "10.0.0.1/32"', next: 'correct `kubernetesApiCidrs`' });
  if (deployment?.mountToken && kubernetesNetworks.length === 0) {
    member.report({ what: `${title} has a token for the Kubernetes API, and may not call it`, got: { mountToken: true }, allowed: '`kubernetesApiCidrs` of its `egress`', next: 'name the networks of the API server, as `kubectl get endpoints kubernetes` tells them' });
  }
}
