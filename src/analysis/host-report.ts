import { callersOf, HOST_PORTS, hostPortsBeside, namespacesOnPlane, EXTERNAL_PORT, ExternalHost, unlimitedCallers } from '../model/external-host';
import { MeshModel } from '../model/mesh';
import { WaypointNode } from '../model/waypoint';

/** A host to whose name a waypoint is put, for every pod of the data plane. */
interface ReadHost extends ExternalHost {
  readonly waypoint: WaypointNode;
  /** The port that is a boundary's, where one calls the host. */
  readonly boundaryPort?: number;
  readonly ports: readonly number[];
}

/** Who comes to each host that a waypoint stands before: whoever names it, whom nothing limits, and nobody else of the mesh's namespaces. */
export function hostReport(model: MeshModel): string[] {
  return hostsOf(model).map((host) => {
    const { hostname, namespace, waypoint, boundaryPort, ports } = host;
    const named = boundaryPort === undefined ? callersOf(model, host).map(({ title }) => `${title}: port ${EXTERNAL_PORT}`) : [];
    const others = unlimitedCallers(model, namespace).map(({ title }) => `${title}: its egress is not limited`);
    const besides = `pods outside namespaces ${namespacesOnPlane(model, namespace).join(', ')}: as without the mesh`;
    const boundary = boundaryPort === undefined ? '' : `; port ${boundaryPort} is the boundary's, for every pod in ambient`;
    const at = ports.length === 1 ? `port ${ports[0]}` : `ports ${ports.join(' and ')}`;
    return [
      `host ${hostname} by its name, at ${at}, through waypoint ${waypoint.namespace}/${waypoint.name}`,
      ...[...new Set([...named, ...others, besides])].map((caller) => `  <- ${caller}`),
      `  DENIED: other pods of these namespaces; other ports of the host, to every pod in ambient${boundary}`,
    ].join('\n');
  });
}

function hostsOf({ workloads, toolServers }: MeshModel): ReadHost[] {
  const named = workloads.flatMap(({ namespace, egress }) => (egress?.waypoint ? egress.hostnames.map((hostname): ReadHost =>
    ({ hostname, namespace, waypoint: egress.waypoint!, ports: HOST_PORTS })) : []));
  const behind = toolServers.flatMap(({ endpoint: { namespace, service } }) => (service?.hostname !== undefined && service.waypoint ? [{
    hostname: service.hostname, namespace, waypoint: service.waypoint, boundaryPort: service.port,
    ports: hostPortsBeside(service),
  }] : []));
  const byName = new Map([...named, ...behind].map((host) => [`${host.namespace} ${host.hostname}`, host]));
  return [...byName.values()];
}
