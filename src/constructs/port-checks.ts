import { Membership } from './membership';
import { isPath, isPort, pathFix } from '../model/names';
import { MediaPortFacts, protocolAt, WorkloadNode } from '../model/workload';

/** Everything that the ports of a workload may get wrong. */
export function checkPorts(member: Membership, workload: WorkloadNode): void {
  const { ports, mediaPorts, opaquePorts, grpcPorts, healthPath } = workload;
  const proxyPorts = member.context.mesh.proxy.ports;
  const ofMedia = mediaPorts.length === 0 ? mediaPorts : mediaPorts.filter(({ protocol }) => protocol === 'TCP');
  const taken = (ofMedia.length === 0 ? ports : [...ports, ...ofMedia.map(({ port }) => port)]).filter((port) => proxyPorts.includes(port));
  if (taken.length > 0) {
    member.report({ message: 'the workload listens where the mesh\'s own proxy does in its pods', actual: taken, expected: `other ports than ${proxyPorts.join(', ')}`, fix: 'have it listen on another port' });
  }
  // Whether it needs one is seen where it is called.
  if (!ports.every(isPort) || new Set(ports).size !== ports.length) {
    member.report({ message: 'the ports of the workload are not ones that pods have', actual: [...ports], expected: 'different whole numbers from 1 to 65535', fix: 'name the ports that the pods listen on' });
  }
  if (mediaPorts.length > 0) checkMedia(member, workload);
  for (const [what, said] of [['an opaque port', opaquePorts], ['a gRPC port', grpcPorts]] as const) {
    const unknown = said.find((port) => !ports.includes(port));
    if (unknown !== undefined) member.report({ message: `${what} is none of the workload's`, actual: unknown, expected: ports.join(', ') || 'none', fix: 'name it in `ports` too' });
  }
  const both = grpcPorts.filter((port) => opaquePorts.includes(port));
  if (both.length > 0) {
    member.report({ message: 'a port is said to speak gRPC, and to be read by nobody', actual: both, expected: 'either `grpcPorts` or `opaquePorts`', fix: 'drop one of the two' });
  }
  if (healthPath !== undefined && ports.length === 0) {
    member.report({ message: 'there is no port at which the health path could be asked for', actual: healthPath, expected: '`healthPath` of what listens on a TCP port', fix: 'drop it, or name the port in `ports`' });
  }
  if (healthPath !== undefined && !isPath(healthPath)) {
    member.report({ message: 'the health path is not a plain path', actual: healthPath, expected: '"/" and then what a path may hold, without query, empty and dot segments', fix: pathFix(healthPath, 'correct `healthPath`') });
  }
  const [probed] = ports;
  if (healthPath !== undefined && probed !== undefined && protocolAt(workload, probed) !== 'http') {
    member.report({ message: 'the kubelet asks for a health path by HTTP/1.1, and the first port speaks something else', actual: { healthPath, port: probed }, expected: 'a first port that is neither in `grpcPorts` nor in `opaquePorts`', fix: 'drop `healthPath`: the port is then probed by a TCP connection' });
  }
}

/** The ports that the mesh can leave alone. */
export function enforcedMedia(member: Membership, mediaPorts: readonly MediaPortFacts[]): readonly MediaPortFacts[] {
  return (['UDP', 'TCP'] as const).flatMap((protocol) => {
    const of = mediaPorts.filter((media) => media.protocol === protocol);
    const isRefused = of.length > 0 && member.refuse(protocol === 'UDP' ? 'udp-media' : 'tcp-media', `a ${protocol} port outside the mesh`, of.map(({ port }) => port));
    return isRefused ? [] : of;
  });
}

/** A port outside the mesh must not look like one inside it. */
function checkMedia(member: Membership, { ports, mediaPorts, title }: WorkloadNode): void {
  const shared = mediaPorts.find(({ port, protocol }) => protocol === 'TCP' && ports.includes(port));
  if (shared) {
    member.report({ message: `a port of ${title} is both inside and outside the mesh`, actual: shared.port, expected: 'either `ports` or `mediaPorts`', fix: 'drop one of the two' });
  }
  const names = mediaPorts.map(({ port, protocol }: MediaPortFacts) => `${protocol} ${port}`);
  if (!mediaPorts.every(({ port }) => isPort(port)) || new Set(names).size !== names.length) {
    member.report({ message: 'the media ports of the workload are not ones that pods have', actual: names, expected: 'different whole numbers from 1 to 65535', fix: 'correct `mediaPorts`' });
  }
}
