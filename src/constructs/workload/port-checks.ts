import { isPath, isPort, pathFix } from '../../model/names';
import { MediaPortFacts, protocolAt, WorkloadNode } from '../../model/workload';
import { Membership } from '../membership/membership';

/** Reports bad ports of a workload. `stated` is what the program says, so that a port that it names twice is reported too. */
export function checkPorts(member: Membership, workload: WorkloadNode, stated: readonly number[]): void {
  const { ports, mediaPorts, healthPath } = workload;
  const proxyPorts = member.context.mesh.proxy.ports;
  const ofMedia = mediaPorts.length === 0 ? mediaPorts : mediaPorts.filter(({ protocol }) => protocol === 'TCP');
  const taken = (ofMedia.length === 0 ? ports : [...ports, ...ofMedia.map(({ port }) => port)]).filter((port) => proxyPorts.includes(port));
  if (taken.length > 0) {
    member.report({ message: 'the workload uses a port of the mesh\'s own proxy', actual: taken, expected: `ports other than ${proxyPorts.join(', ')}`, fix: 'let the workload listen on another port' });
  }
  // A workload without ports is reported where it is called.
  if (!ports.every(isPort) || ports.length !== stated.length) {
    member.report({ message: '`ports` has an invalid or repeated port', actual: [...stated], expected: 'different whole numbers from 1 to 65535', fix: 'list each port that the pods listen on once, as in `Port.http(8080)`' });
  }
  if (mediaPorts.length > 0) checkMedia(member, workload);
  if (healthPath !== undefined && ports.length === 0) {
    member.report({ message: '`healthPath` is set, but the workload has no port to probe', actual: healthPath, expected: '`healthPath` for a workload with a TCP port', fix: 'remove `healthPath`, or add the port to `ports`' });
  }
  if (healthPath !== undefined && !isPath(healthPath)) {
    member.report({ message: '`healthPath` is not a plain path', actual: healthPath, expected: '"/" followed by path characters, without query, empty and dot segments', fix: pathFix(healthPath, 'correct `healthPath`') });
  }
  const [probed] = ports;
  if (healthPath !== undefined && probed !== undefined && protocolAt(workload, probed) !== 'http') {
    member.report({ message: 'the kubelet probes `healthPath` over HTTP/1.1, but the first port speaks another protocol', actual: { healthPath, port: probed }, expected: `a first port that speaks HTTP, as in \`Port.http(${probed})\``, fix: 'remove `healthPath`; the port is then probed by a TCP connection' });
  }
}

/** Returns the media ports that the mesh can exclude from its data plane. */
export function enforcedMedia(member: Membership, mediaPorts: readonly MediaPortFacts[]): readonly MediaPortFacts[] {
  return (['UDP', 'TCP'] as const).flatMap((protocol) => {
    const of = mediaPorts.filter((media) => media.protocol === protocol);
    const isRefused = of.length > 0 && member.refuse(protocol === 'UDP' ? 'udp-media' : 'tcp-media', `a ${protocol} port outside the mesh`, of.map(({ port }) => port));
    return isRefused ? [] : of;
  });
}

/** Reports media ports that are also ports inside the mesh, invalid or repeated. */
function checkMedia(member: Membership, { ports, mediaPorts, title }: WorkloadNode): void {
  const shared = mediaPorts.find(({ port, protocol }) => protocol === 'TCP' && ports.includes(port));
  if (shared) {
    member.report({ message: `a port of ${title} is both inside and outside the mesh`, actual: shared.port, expected: 'either `ports` or `mediaPorts`', fix: 'remove it from one of the two' });
  }
  const names = mediaPorts.map(({ port, protocol }: MediaPortFacts) => `${protocol} ${port}`);
  if (!mediaPorts.every(({ port }) => isPort(port)) || new Set(names).size !== names.length) {
    member.report({ message: '`mediaPorts` has an invalid or repeated port', actual: names, expected: 'different whole numbers from 1 to 65535', fix: 'correct `mediaPorts`' });
  }
}
