import { Membership } from './membership';
import { isPath, isPort } from '../model/names';
import { MediaPortFacts, WorkloadNode } from '../model/workload';

/** Everything that the ports of a workload may get wrong. */
export function checkPorts(member: Membership, workload: WorkloadNode): void {
  const { ports, mediaPorts, opaquePorts, healthPath } = workload;
  const proxyPorts = member.context.mesh.proxy.ports;
  const ofMedia = mediaPorts.length === 0 ? mediaPorts : mediaPorts.filter(({ protocol }) => protocol === 'TCP');
  const taken = (ofMedia.length === 0 ? ports : [...ports, ...ofMedia.map(({ port }) => port)]).filter((port) => proxyPorts.includes(port));
  if (taken.length > 0) {
    member.report({ what: 'the workload listens where the mesh\'s own proxy does in its pods', got: taken, allowed: `other ports than ${proxyPorts.join(', ')}`, next: 'have it listen on another port' });
  }
  const onlyMedia = ports.length === 0 && mediaPorts.length > 0;
  if (!onlyMedia && (ports.length === 0 || !ports.every(isPort) || new Set(ports).size !== ports.length)) {
    member.report({ what: 'the ports of the workload are not ones that pods have', got: [...ports], allowed: 'one or more different whole numbers from 1 to 65535', next: 'name the ports that the pods listen on' });
  }
  if (mediaPorts.length > 0) checkMedia(member, workload);
  const unknown = opaquePorts.find((port) => !ports.includes(port));
  if (unknown !== undefined) {
    member.report({ what: 'an opaque port is none of the workload\'s', got: unknown, allowed: ports.join(', '), next: 'name it in `ports` too' });
  }
  if (healthPath !== undefined && !isPath(healthPath)) {
    member.report({ what: 'the health path is not a plain path', got: healthPath, allowed: '"/" and then what a path may hold, without query, empty and dot segments', next: 'correct `healthPath`' });
  }
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
  for (const protocol of ['UDP', 'TCP'] as const) {
    const of = mediaPorts.filter((media) => media.protocol === protocol);
    if (of.length > 0) member.refuse(protocol === 'UDP' ? 'udp-media' : 'tcp-media', `a ${protocol} port outside the mesh`, of.map(({ port }) => port));
  }
}
