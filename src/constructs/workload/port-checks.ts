import { isPath, isPort, pathFix } from '../../model/names';
import { listed } from '../../model/problem';
import { MediaPortFacts, protocolAt, UnauthenticatedPortFacts, WorkloadNode } from '../../model/workload';
import { networkProblem } from '../input/network-checks';
import { Membership } from '../membership/membership';

/** Reports invalid ports of a workload. `stated` has the ports as in the program, so that a repeated port is reported too. */
export function checkPorts(member: Membership, workload: WorkloadNode, stated: readonly number[]): void {
  const { ports, mediaPorts, healthPath } = workload;
  const proxyPorts = member.context.mesh.proxy.ports;
  const ofMedia = mediaPorts.length === 0 ? mediaPorts : mediaPorts.filter(({ protocol }) => protocol === 'TCP');
  const taken = (ofMedia.length === 0 ? ports : [...ports, ...ofMedia.map(({ port }) => port)]).filter((port) => proxyPorts.includes(port));
  if (taken.length > 0) {
    member.report({ message: 'the workload listens on a port that the proxy of the mesh uses in each pod', actual: taken, expected: `ports other than ${proxyPorts.join(', ')}`, fix: 'make the container listen on another port' });
  }
  // A workload without ports is valid. A grant to call it is reported.
  if (!ports.every(isPort) || ports.length !== stated.length) {
    member.report({ message: '`ports` has an invalid or repeated port', actual: [...stated], expected: 'different whole numbers from 1 to 65535', fix: 'list each port that the pods listen on once, as in `Port.http(8080)`' });
  }
  if (mediaPorts.length > 0) checkMedia(member, workload);
  checkUnauthenticated(member, workload);
  if (healthPath !== undefined && ports.length === 0) {
    member.report({ message: '`healthPath` is set, but the workload has no port to probe', actual: healthPath, expected: '`healthPath` for a workload with a TCP port', fix: 'remove `healthPath`, or add the port to `ports`' });
  }
  if (healthPath !== undefined && !isPath(healthPath)) {
    member.report({ message: '`healthPath` is not a plain path', actual: healthPath, expected: '"/" followed by path characters, without a query, "//" and segments "." or ".."', fix: pathFix(healthPath, 'correct `healthPath`') });
  }
  const [probed] = ports;
  if (healthPath !== undefined && probed !== undefined && protocolAt(workload, probed) !== 'http') {
    member.report({ message: 'the kubelet probes `healthPath` over HTTP/1.1, but the first port of the workload is not an HTTP/1.1 port', actual: { healthPath, port: probed }, expected: `a first port that speaks HTTP, as in \`Port.http(${probed})\``, fix: 'remove `healthPath`; the port is then probed by a TCP connection' });
  }
}

/** Returns the media ports that the mesh can exclude from its data plane. */
export function enforcedMedia(member: Membership, mediaPorts: readonly MediaPortFacts[]): readonly MediaPortFacts[] {
  return (['UDP', 'TCP'] as const).flatMap((protocol) => {
    const of = mediaPorts.filter((media) => media.protocol === protocol);
    const isRefused = of.length > 0 && member.refuse(protocol === 'UDP' ? 'udp-media' : 'tcp-media', `a ${protocol} port in \`mediaPorts\``, of.map(({ port }) => port));
    return isRefused ? [] : of;
  });
}

/** Reports media ports that are invalid or repeated, or that are also in `ports`. */
function checkMedia(member: Membership, { ports, mediaPorts, title }: WorkloadNode): void {
  const shared = mediaPorts.find(({ port, protocol }) => protocol === 'TCP' && ports.includes(port));
  if (shared) {
    member.report({ message: `a port of ${title} is in both \`ports\` and \`mediaPorts\``, actual: shared.port, expected: 'each TCP port either in `ports`, which the mesh protects, or in `mediaPorts`, which it excludes', fix: 'remove the port from `ports` or from `mediaPorts`' });
  }
  const names = mediaPorts.map(({ port, protocol }: MediaPortFacts) => `${protocol} ${port}`);
  if (!mediaPorts.every(({ port }) => isPort(port)) || new Set(names).size !== names.length) {
    member.report({ message: '`mediaPorts` has an invalid or repeated port', actual: names, expected: 'different whole numbers from 1 to 65535', fix: 'correct `mediaPorts`' });
  }
}

/** Returns the ports for callers without an identity, if the mesh can open them. */
export function enforcedUnauthenticated(
  member: Membership, stated: readonly UnauthenticatedPortFacts[] | undefined,
): readonly UnauthenticatedPortFacts[] | undefined {
  if (!stated || stated.length === 0) return undefined;
  return member.enforced('unauthenticated-ports', 'a port for callers without an identity', stated, stated.map(({ port }) => port));
}

/** Reports ports for callers without an identity that the pods do not have, that are stated twice, or whose networks are none. */
function checkUnauthenticated(member: Membership, { ports, unauthenticatedPorts: stated = [] }: WorkloadNode): void {
  const unknown = stated.map(({ port }) => port).filter((port) => !ports.includes(port));
  if (unknown.length > 0) {
    member.report({ message: '`unauthenticatedPorts` names a port that the workload does not have', actual: unknown, expected: listed(ports.map(String)), fix: 'add the port to `ports`, as in `Port.tcp(9443)`' });
  }
  if (new Set(stated.map(({ port }) => port)).size !== stated.length) {
    member.report({ message: '`unauthenticatedPorts` names a port twice', actual: stated.map(({ port }) => port), expected: 'each port once', fix: 'state all networks of a port in one `UnauthenticatedPort.of`' });
  }
  for (const { port, networks } of stated) {
    if (networks?.length === 0) {
      member.report({ message: `\`networks\` of port ${port} is empty, so nobody could connect`, actual: networks, expected: 'one network or more, or no `networks` for every address', fix: 'name the networks of the callers, or remove `networks`' });
    }
    for (const network of new Set(networks)) member.report(networkProblem('an entry of `networks` of an unauthenticated port is not a network', network, 'networks'));
  }
}
