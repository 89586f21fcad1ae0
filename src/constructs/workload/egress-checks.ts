import { checkPort } from './deployment-checks';
import { hostName, hostText, isExternalPattern, isWildcard } from '../../model/external-host';
import { isSubdomain, nameProblem } from '../../model/names';
import { networkOf } from '../../model/networks';
import { HostFacts, NetworkFacts, WorkloadEgressFacts, WorkloadNode } from '../../model/workload';
import { EgressDescription } from '../../values/workload';
import { networkProblem } from '../input/network-checks';
import { Membership } from '../membership/membership';

/** Minimum prefix lengths of `kubernetesApiCidrs`. A shorter prefix would contain more than the API servers of a cluster. */
const LEAST_PREFIX = { 4: 24, 6: 64 };

/** Minimum prefix lengths of networks outside the mesh. A shorter prefix would contain a large part of the internet. */
const LEAST_OUTSIDE = { 4: 8, 6: 16 };

/** Returns the egress of a workload. External hosts that the mesh cannot restrict for a single workload are reported and left out. */
export function enforcedEgress(member: Membership, title: string, egress: EgressDescription | undefined): WorkloadEgressFacts | undefined {
  if (!egress) return undefined;
  const where = `the \`egress\` of ${title}`;
  const { hosts, networks } = egress;
  const areNetworksRefused = networks.length > 0 && member.refuse('external-networks', `a network in ${where}`, networks.map(({ cidr }) => cidr));
  const areHostsRefused = hosts.length > 0 && member.refuse('named-hosts', `egress to named hosts of the single workload ${title}`, namesOf(hosts));
  const enforced = enforcedHosts(member, where, hosts);
  return { ...egress, networks: areNetworksRefused ? [] : networks, hosts: areHostsRefused ? [] : enforced };
}

/** Returns the hosts that the mesh can restrict by name. Other hosts are reported and left out. */
export function enforcedHosts(member: Membership, where: string, hosts: readonly HostFacts[]): HostFacts[] {
  const kinds = [
    { feature: 'tcp-hosts', what: 'a host of `ExternalHost.tcp`', is: ({ protocol }: HostFacts) => protocol === 'TCP' },
    { feature: 'wildcard-hosts', what: 'a host name with "*."', is: ({ hostname }: HostFacts) => isWildcard(hostname) },
    { feature: 'private-hosts', what: 'a host with private `cidrs`', is: ({ cidrs }: HostFacts) => cidrs.some(isPrivateText) },
  ] as const;
  return kinds.reduce((left, { feature, what, is }) => {
    const found = left.filter(is);
    if (found.length === 0 || !member.refuse(feature, `${what} in ${where}`, namesOf(found))) return left;
    return left.filter((host) => !is(host));
  }, [...hosts]);
}

function isPrivateText(cidr: string): boolean {
  const network = networkOf(cidr);
  return network !== undefined && (network.isPrivate || network.includesPrivate);
}

function namesOf(hosts: readonly HostFacts[]): string[] {
  return hosts.map(hostText);
}

/** Reports invalid egress of a workload. */
export function checkEgress(member: Membership, node: WorkloadNode, { hosts, networks, namespaces, kubernetesNetworks }: WorkloadEgressFacts): void {
  const { title, namespace, deployment } = node;
  const isNamed = (hostname: string) => isExternalPattern(hostname) && isSubdomain(hostName({ hostname, namespace }));
  for (const host of new Set(hosts.filter(({ hostname }) => !isNamed(hostname)).map(({ hostname }) => hostname))) {
    member.report({ message: `\`egress\` of ${title} has a hostname that is not an external DNS name`, actual: host, expected: 'lower case DNS names with a dot, and not in the cluster\'s domain', fix: 'write it as in "api.example.com"' });
  }
  checkHosts(member, `\`egress\` of ${title}`, hosts);
  for (const network of networks) checkExternalNetwork(member, title, network);
  for (const name of namespaces) member.report(nameProblem(`a namespace in the egress of ${title}`, name));
  for (const network of new Set(kubernetesNetworks)) checkNetwork(member, network);
  if (deployment && !deployment.mountToken && kubernetesNetworks.length > 0) member.report({ message: `${title} may connect to the Kubernetes API, but its pods have no ServiceAccount token for it`, actual: kubernetesNetworks, expected: '`kubernetesApiCidrs` together with `mountToken`', fix: 'set `mountToken`, or remove `kubernetesApiCidrs`' });
  if (deployment?.mountToken && kubernetesNetworks.length === 0) {
    member.report({ message: `the pods of ${title} have a ServiceAccount token for the Kubernetes API, but \`egress\` does not allow them to connect to the API`, actual: { mountToken: true }, expected: '`kubernetesApiCidrs` in its `egress`', fix: 'set `kubernetesApiCidrs` to the addresses of the API server, as `kubectl get endpointslices -l kubernetes.io/service-name=kubernetes` lists them' });
  }
}

/** Reports invalid ports and networks of hosts, and TCP hosts with "*.", because proxies see no hostname over TCP. */
export function checkHosts(member: Membership, where: string, hosts: readonly HostFacts[]): void {
  for (const { hostname, port, protocol, cidrs } of hosts) {
    checkPort(member, 'the port of an external host', port);
    for (const cidr of cidrs) member.report(networkProblem('an entry of `cidrs` of an external host is not a CIDR', cidr, 'cidrs'));
    if (protocol === 'TCP' && isWildcard(hostname)) {
      member.report({ message: `${where} has an \`ExternalHost.tcp\` with "*.", but without TLS the proxies of the mesh do not see which name is called`, actual: `${hostname}:${port}`, expected: 'an exact host name', fix: 'list each host with its exact name, or use `ExternalHost.tls`' });
    }
  }
}

/** Reports invalid networks outside the mesh. */
function checkExternalNetwork(member: Membership, title: string, { cidr, ports }: NetworkFacts): void {
  member.report(networkProblem('`cidr` of an ExternalNetwork is not a CIDR', cidr, 'networks'));
  const network = networkOf(cidr);
  if (network && network.prefix < LEAST_OUTSIDE[network.version]) {
    member.report({ message: `a network in the \`egress\` of ${title} is so large that it restricts nothing`, actual: cidr, expected: `CIDRs with a prefix of at least /${LEAST_OUTSIDE[4]}, for IPv6 at least /${LEAST_OUTSIDE[6]}`, fix: 'list the networks that the workload calls, or remove its `egress`' });
  }
  if (ports.length === 0) member.report({ message: `a network in the \`egress\` of ${title} has no ports`, actual: cidr, expected: 'one port or more', fix: 'list the TCP ports that the workload calls' });
  for (const port of ports) checkPort(member, 'a port of a network', port);
}

function checkNetwork(member: Membership, text: string): void {
  member.report(networkProblem('an entry of `kubernetesApiCidrs` is not a CIDR', text, 'kubernetesApiCidrs'));
  const network = networkOf(text);
  if (network && network.prefix < LEAST_PREFIX[network.version]) {
    member.report({ message: 'an entry of `kubernetesApiCidrs` is larger than the network of an API server', actual: text, expected: `CIDRs with a prefix of at least /${LEAST_PREFIX[4]}, for IPv6 at least /${LEAST_PREFIX[6]}`, fix: 'list the addresses of the API server, as `kubectl get endpointslices -l kubernetes.io/service-name=kubernetes` lists them' });
  }
}
