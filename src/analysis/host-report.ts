import { callersOf, HOST_PORTS, hostPortsBeside, namespacesOnPlane, EXTERNAL_PORT, ExternalHostNode, unlimitedCallers } from '../model/external-host';
import { MeshModel } from '../model/mesh';
import { WaypointNode } from '../model/waypoint';

/** An external host whose name leads to a waypoint for every pod on the data plane. */
interface ReadHost extends ExternalHostNode {
  readonly waypoint: WaypointNode;
  /** Port of the boundary, if a boundary calls the host. */
  readonly boundaryPort?: number;
  readonly ports: readonly number[];
}

/** Returns the callers of each external host behind a waypoint: workloads that declare it and workloads without egress limits. */
export function hostReport(model: MeshModel): string[] {
  return hostsOf(model).map((host) => {
    const { hostname, namespace, waypoint, boundaryPort, ports } = host;
    const named = boundaryPort === undefined ? callersOf(model, host).map(({ title }) => `${title}: port ${EXTERNAL_PORT}`) : [];
    const others = unlimitedCallers(model, namespace).map(({ title }) => `${title}: no egress limits`);
    const besides = `pods outside namespaces ${namespacesOnPlane(model, namespace).join(', ')}: not restricted by the mesh`;
    const boundary = boundaryPort === undefined ? '' : `; for every ambient pod, port ${boundaryPort} leads to the boundary`;
    const at = ports.length === 1 ? `port ${ports[0]}` : `ports ${ports.join(' and ')}`;
    return [
      `external host ${hostname} by name, on ${at}, through waypoint ${waypoint.namespace}/${waypoint.name}`,
      ...[...new Set([...named, ...others, besides])].map((caller) => `  <- ${caller}`),
      `  DENIED: other pods of these namespaces; for every ambient pod, other ports of the host${boundary}`,
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
