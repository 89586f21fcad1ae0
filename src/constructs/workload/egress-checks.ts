import { EXTERNAL_PORT, hostName, isExternal } from '../../model/external-host';
import { isSubdomain, nameProblem } from '../../model/names';
import { networkOf } from '../../model/networks';
import { WorkloadEgressFacts, WorkloadNode } from '../../model/workload';
import { EgressDescription } from '../../values/workload';
import { networkProblem } from '../input/network-checks';
import { Membership } from '../membership/membership';

/** Shortest prefix lengths. A shorter prefix would cover more than the API servers of a cluster. */
const LEAST_PREFIX = { 4: 24, 6: 64 };

/** Returns the egress of a workload, without host names if the mesh cannot enforce them for a single workload. */
export function enforcedEgress(member: Membership, title: string, egress: EgressDescription | undefined): WorkloadEgressFacts | undefined {
  if (!egress) return undefined;
  const { hosts, namespaces, kubernetesNetworks } = egress;
  const hostnames = hosts.map(({ hostname }) => hostname);
  if (hosts.length === 0) return { hostnames, namespaces, kubernetesNetworks };
  if (member.refuse('named-hosts', `egress to named hosts for ${title} alone`, hostnames)) return { hostnames: [], namespaces, kubernetesNetworks };
  checkHostPorts(member, title, egress);
  return { hostnames, namespaces, kubernetesNetworks };
}

/** Reports hosts at ports that stay closed. Neither the NetworkPolicy of a workload nor its mesh opens another port than that of HTTPS. */
function checkHostPorts(member: Membership, title: string, { hosts }: EgressDescription): void {
  const elsewhere = hosts.filter(({ port }) => port !== EXTERNAL_PORT);
  if (elsewhere.length === 0) return;
  member.report({
    message: `\`egress\` of ${title} has a host at a port other than ${EXTERNAL_PORT}, but the NetworkPolicy and the mesh open only port ${EXTERNAL_PORT} to a single workload`,
    actual: elsewhere.map(String), expected: `port ${EXTERNAL_PORT}, as in \`ExternalHost.https("api.example.com")\``,
    fix: `call the host at port ${EXTERNAL_PORT}; on sidecars and Linkerd you can instead remove \`egress\`, and allow the host to the whole namespace with MeshEgress`,
  });
}

/** Reports bad egress of a workload. */
export function checkEgress(
  member: Membership, { title, namespace, deployment }: WorkloadNode, { hostnames, namespaces, kubernetesNetworks }: WorkloadEgressFacts,
): void {
  for (const host of new Set(hostnames.filter((name) => !isExternal(name) || !isSubdomain(hostName({ hostname: name, namespace }))))) {
    member.report({ message: `\`egress\` of ${title} has a hostname that is not an external DNS name`, actual: host, expected: 'lower case DNS names with a dot, without "*.", and not in the cluster\'s domain', fix: 'write it as in "api.example.com"' });
  }
  for (const name of namespaces) member.report(nameProblem(`a namespace in the egress of ${title}`, name));
  for (const network of new Set(kubernetesNetworks)) checkNetwork(member, network);
  if (deployment && !deployment.mountToken && kubernetesNetworks.length > 0) member.report({ message: `${title} may call the Kubernetes API, but has no token for it`, actual: kubernetesNetworks, expected: '`kubernetesApiCidrs` together with `mountToken`', fix: 'set `mountToken`, or remove `kubernetesApiCidrs`' });
  if (deployment?.mountToken && kubernetesNetworks.length === 0) {
    member.report({ message: `${title} has a token for the Kubernetes API, but its \`egress\` does not allow calling it`, actual: { mountToken: true }, expected: '`kubernetesApiCidrs` in its `egress`', fix: 'set `kubernetesApiCidrs` to the addresses of the API server, as `kubectl get endpoints kubernetes` lists them' });
  }
}

function checkNetwork(member: Membership, text: string): void {
  member.report(networkProblem('an entry of `kubernetesApiCidrs` is not a network', text, 'kubernetesApiCidrs'));
  const network = networkOf(text);
  if (network && network.prefix < LEAST_PREFIX[network.version]) {
    member.report({ message: 'an entry of `kubernetesApiCidrs` is wider than the network of an API server', actual: text, expected: `prefixes of ${LEAST_PREFIX[4]} bits or more, for IPv6 ${LEAST_PREFIX[6]} or more`, fix: 'list the addresses of the API server' });
  }
}
