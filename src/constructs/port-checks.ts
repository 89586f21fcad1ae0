import { whole } from './deployment-checks';
import { Membership } from './membership';
import { isPort, nameProblem } from '../model/names';
import { MediaPortFacts, WorkloadNode } from '../model/workload';

/** Everything that the ports of a workload may get wrong, and what is said of them. */
export function checkPorts(member: Membership, workload: WorkloadNode): void {
  const { ports, mediaPorts } = workload;
  const proxyPorts = member.context.mesh.proxy.ports;
  if ([...ports, ...mediaPorts.map(({ port }) => port)].some((port) => proxyPorts.includes(port))) {
    member.report({ what: 'the workload listens where the mesh\'s own proxy does in its pods', got: [...ports], allowed: `other ports than ${proxyPorts.join(', ')}`, next: 'have it listen on another port' });
  }
  const onlyMedia = ports.length === 0 && mediaPorts.length > 0;
  if (!onlyMedia && (ports.length === 0 || !ports.every(isPort) || new Set(ports).size !== ports.length)) {
    member.report({ what: 'the ports of the workload are not ones that pods have', got: [...ports], allowed: 'one or more different whole numbers from 1 to 65535', next: 'name the ports that the pods listen on' });
  }
  if (mediaPorts.length > 0) checkMedia(member, workload);
  checkWhatPortsSpeak(member, workload);
}

function checkWhatPortsSpeak(member: Membership, workload: WorkloadNode): void {
  const { ports, opaquePorts, healthPath, rateLimit } = workload;
  const unknown = opaquePorts.find((port) => !ports.includes(port));
  if (unknown !== undefined) {
    member.report({ what: 'an opaque port is none of the workload\'s', got: unknown, allowed: ports.join(', '), next: 'name it in `ports` too' });
  }
  if (healthPath !== undefined && !healthPath.startsWith('/')) {
    member.report({ what: 'a path of the container is not absolute', got: healthPath, allowed: 'paths that begin with "/"', next: 'write the whole path' });
  }
  checkTokens(member, workload);
  if (!rateLimit) return;
  member.refuse('rate-limit', 'a rate limit', rateLimit);
  const { total, perCaller } = rateLimit;
  if (total !== undefined) whole(member, 'requestsPerSecond', total, 1, 1_000_000_000);
  if (perCaller !== undefined) whole(member, 'requestsPerSecondOfCaller', perCaller, 1, 1_000_000_000);
  if ((total === undefined && perCaller === undefined) || (perCaller ?? 0) > (total ?? Infinity)) {
    member.report({ what: 'the rate limit is none, or a caller may do more than all together', got: rateLimit, allowed: 'a limit for all, for each caller, or both, that of a caller not above that of all', next: 'correct `rateLimit`' });
  }
  if (opaquePorts.includes(ports[0])) {
    member.report({ what: 'requests are counted where nobody reads them', got: { rateLimit, opaquePorts }, allowed: 'a rate limit where HTTP is spoken', next: 'drop one of the two' });
  }
}

/** Who reads tokens, and who is asked about requests. */
function checkTokens(member: Membership, { jwt, externalAuthorizer, opaquePorts, ports }: WorkloadNode): void {
  if (jwt) {
    member.refuse('jwt', 'a token that requests must carry', jwt.issuer);
    const keys = 'uri' in jwt.keys ? /^https?:\/\/[^\s]{1,2000}$/.test(jwt.keys.uri) : isKeySet(jwt.keys.inline);
    // A "*" would be a pattern to the policy that demands the issuer's tokens.
    if (!keys || !/^[\x21-\x7e]{1,512}$/.test(jwt.issuer) || jwt.issuer.includes('*')) {
      member.report({ what: 'the tokens are not ones that can be verified', got: jwt.issuer, allowed: 'an issuer without blanks and "*", and its public keys as `jwksUri` or `jwks`', next: 'correct `jwt`' });
    }
  }
  if (externalAuthorizer !== undefined) {
    member.refuse('external-authorization', 'an external authorizer', externalAuthorizer);
    member.report(nameProblem('the name of the external authorizer', externalAuthorizer));
  }
  if ((jwt || externalAuthorizer !== undefined) && opaquePorts.includes(ports[0])) {
    member.report({ what: 'requests are judged where nobody reads them', got: { opaquePorts }, allowed: 'a port that speaks HTTP', next: 'drop one of the two' });
  }
}

/** Public keys only: a private one would stand in the manifest. */
function isKeySet(text: string): boolean {
  try {
    const { keys } = JSON.parse(text);
    return Array.isArray(keys) && keys.length > 0 && keys.every((key) => typeof key === 'object' && key !== null && !('d' in key) && !('k' in key));
  } catch {
    return false;
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
