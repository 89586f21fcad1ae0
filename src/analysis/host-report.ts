import { Stage } from './audit-only';
import { callersOf, HostPort, hostPorts, hostPortsBeside, namespacesOnPlane, ExternalHostNode, unlimitedCallers } from '../model/external-host';
import { MeshModel } from '../model/mesh';
import { WaypointNode } from '../model/waypoint';
import { hostnamesOf } from '../model/workload';

/** An external host that every pod on the data plane reaches by name through a waypoint. */
export interface HostInPath extends Omit<ExternalHostNode, 'port'> {
  readonly waypoint: WaypointNode;
  /** Port of the boundary, if a boundary calls the host. */
  readonly boundaryPort?: number;
  readonly ports: readonly HostPort[];
  /** Whether it is closed to pods of namespaces outside the meshes. */
  readonly isClosed: boolean;
}

/** Returns the callers of each external host behind a waypoint: workloads that declare it and workloads without egress limits. */
export function hostReport(model: MeshModel): string[] {
  return hostsInPath(model).map((host) => {
    const { hostname, namespace, waypoint, boundaryPort, ports, isClosed } = host;
    const named = boundaryPort === undefined ? callersOf(model, host).flatMap(({ title, egress }) =>
      (egress?.hosts ?? []).filter((one) => one.hostname === hostname).map(({ port }) => `${title}: port ${port}`)) : [];
    const others = unlimitedCallers(model, namespace).map(({ title }) => `${title}: no egress limits`);
    const { enforcing, auditOnly } = namespacesOnPlane(model, namespace);
    const outside = `pods outside namespaces ${enforcing.join(', ')}`;
    const besides = isClosed ? [
      `${outside} that are not in ambient: not restricted by the mesh`,
      ...auditOnly.length > 0 ? [`pods of the audit-only namespaces ${auditOnly.join(', ')}: not restricted by the mesh`] : [],
    ] : [`${outside}: not restricted by the mesh`];
    const boundary = boundaryPort === undefined ? '' : `; for every ambient pod, port ${boundaryPort} leads to the boundary`;
    const numbers = ports.map(({ port }) => port);
    const at = ports.length === 1 ? `port ${numbers[0]}` : `ports ${numbers.slice(0, -1).join(', ')} and ${numbers.at(-1)}`;
    return [
      `external host ${hostname} by name, on ${at}, through waypoint ${waypoint.namespace}/${waypoint.name}`,
      ...[...new Set([...named, ...others, ...besides])].map((caller) => `  <- ${caller}`),
      `  DENIED: all other pods of the namespaces above${isClosed ? ', and ambient pods of all other namespaces' : ''}; for every ambient pod, other ports of the host${boundary}`,
    ].join('\n');
  });
}

/**
 * Returns the external hosts whose names lead to a waypoint of a mesh: now, or as if no namespace were audit-only. Hosts that only an
 * audit-only namespace names have no waypoint yet.
 */
export function hostsInPath(model: MeshModel, stage: Stage = 'now'): HostInPath[] {
  const { workloads, toolServers, facts: { closesExternalHosts: isClosed } } = model;
  const restricted = workloads.filter(({ namespace }) => stage === 'enforced' || !model.isAuditOnly(namespace));
  const named = restricted.flatMap(({ namespace, egress }) => (egress?.waypoint ? hostnamesOf({ egress }).map((hostname): HostInPath =>
    ({ hostname, namespace, waypoint: egress.waypoint!, ports: hostPorts(model, hostname), isClosed })) : []));
  const behind = toolServers.flatMap(({ endpoint: { namespace, service } }) => (service?.hostname !== undefined && service.waypoint ? [{
    hostname: service.hostname, namespace, waypoint: service.waypoint, boundaryPort: service.port,
    ports: hostPortsBeside(model, service), isClosed,
  }] : []));
  const byName = new Map([...named, ...behind].map((host) => [`${host.namespace} ${host.hostname}`, host]));
  return [...byName.values()];
}
