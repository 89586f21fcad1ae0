import { MeshModel } from '../../../model/mesh';
import { Located, Problem } from '../../../model/problem';
import { ServiceNode } from '../../../model/service';

/** ztunnel reads no requests: what is said of them holds only where a waypoint carries them. */
export function unreadServices(model: MeshModel): Problem[] {
  const routed = model.meshRoutes.map(({ origin, name, service }) => unread(origin, `the route ${name}`, service));
  const judged = model.workloads.flatMap(({ origin, title, service, jwt, externalAuthorizer }) => [
    ...service?.circuitBreaker ? [unread(origin, `the circuit breaker of ${title}`, service)] : [],
    ...jwt ? [unread(origin, `the token that ${title} demands`, service)] : [],
    ...externalAuthorizer === undefined ? [] : [unread(origin, `what the external authorizer says of ${title}`, service)],
  ]);
  return [...routed, ...judged].filter((problem) => problem !== undefined);
}

function unread({ path }: Located, what: string, service: ServiceNode | undefined): Problem | undefined {
  return service?.waypoint ? undefined : {
    path,
    what: `${what} would be read by nobody: no waypoint is before ${service ? `the Service ${service.name}` : 'its pods'}`,
    got: undefined,
    allowed: 'an agent with a `waypoint`',
    next: 'pass a Waypoint to the agent, or use a mesh whose pods read requests (MeshProvider.istioSidecar, MeshProvider.linkerd)',
  };
}
