import { Membership } from './membership';
import { isPath, isPort, pathFix } from '../model/names';
import { MediaPortFacts, protocolAt, WorkloadNode } from '../model/workload';

/** Everything that the ports of a workload may get wrong; `stated` is what the program says, a port that it names twice too. */
export function checkPorts(member: Membership, workload: WorkloadNode, stated: readonly number[]): void {
  const { ports, mediaPorts, opaquePorts, grpcPorts, healthPath } = workload;
  const proxyPorts = member.context.mesh.proxy.ports;
  const ofMedia = mediaPorts.length === 0 ? mediaPorts : mediaPorts.filter(({ protocol }) => protocol === 'TCP');
  const taken = (ofMedia.length === 0 ? ports : [...ports, ...ofMedia.map(({ port }) => port)]).filter((port) => proxyPorts.includes(port));
  if (taken.length > 0) {
    member.report({ what: 'the workload listens where the mesh\'s own proxy does in its pods', got: taken, allowed: `other ports than ${proxyPorts.join(', ')}`, next: 'have it listen on another port' });
  }
  // Whether it needs one is seen where it is called.
  if (!ports.every(isPort) || ports.length !== stated.length) {
    member.report({ what: 'the ports of the workload are not ones that pods have', got: [...stated], allowed: 'different whole numbers from 1 to 65535', next: 'name the ports that the pods listen on' });
  }
  if (mediaPorts.length > 0) checkMedia(member, workload);
  for (const [what, said] of [['an opaque port', opaquePorts], ['a gRPC port', grpcPorts]] as const) {
    const unknown = said.find((port) => !ports.includes(port));
    if (unknown !== undefined) member.report({ what: `${what} is none of the workload's`, got: unknown, allowed: ports.join(', ') || 'none', next: 'name it in `ports` too' });
  }
  const both = grpcPorts.filter((port) => opaquePorts.includes(port));
  if (both.length > 0) {
    member.report({ what: 'a port is said to speak gRPC, and to be read by nobody', got: both, allowed: 'either `grpcPorts` or `opaquePorts`', next: 'drop one of the two' });
  }
  if (healthPath !== undefined && ports.length === 0) {
    member.report({ what: 'there is no port at which the health path could be asked for', got: healthPath, allowed: '`healthPath` of what listens on a TCP port', next: 'drop it, or name the port in `ports`' });
  }
  if (healthPath !== undefined && !isPath(healthPath)) {
    member.report({ what: 'the health path is not a plain path', got: healthPath, allowed: '"/" and then what a path may hold, without query, empty and dot segments', next: pathFix(healthPath, 'correct `healthPath`') });
  }
  const [probed] = ports;
  if (healthPath !== undefined && probed !== undefined && protocolAt(workload, probed) !== 'http') {
    member.report({ what: 'the kubelet asks for a health path by HTTP/1.1, and the first port speaks something else', got: { healthPath, port: probed }, allowed: 'a first port that is neither in `grpcPorts` nor in `opaquePorts`', next: 'drop `healthPath`: the port is then probed by a TCP connection' });
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
    member.report({ what: `a port of ${title} is both inside and outside the mesh`, got: shared.port, allowed: 'either `ports` or `mediaPorts`', next: 'drop one of the two' });
  }
  const names = mediaPorts.map(({ port, protocol }: MediaPortFacts) => `${protocol} ${port}`);
  if (!mediaPorts.every(({ port }) => isPort(port)) || new Set(names).size !== names.length) {
    member.report({ what: 'the media ports of the workload are not ones that pods have', got: names, allowed: 'different whole numbers from 1 to 65535', next: 'correct `mediaPorts`' });
  }
}
