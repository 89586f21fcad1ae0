import { EgressNode } from './egress';
import { MeshModel } from './mesh';
import { isHostname } from './names';
import { ToolServerNode } from './tool-server';
import { WaypointNode } from './waypoint';
import { WorkloadNode } from './workload';

/** Port at which hosts outside are called, over TLS. */
export const OUTSIDE_PORT = 443;

/** A host outside the cluster that workloads of one namespace may call. */
export interface OutsideHost {
  readonly hostname: string;
  readonly namespace: string;
  /** Who reads who calls it, where the mesh has somebody. */
  readonly waypoint?: WaypointNode;
}

/** The workloads that say that they call it. */
export function callersOf({ index }: MeshModel, { hostname, namespace }: OutsideHost): readonly WorkloadNode[] {
  return index.workloadsNaming(namespace, hostname);
}

/** The name of the objects that allow a host in a namespace: each host has its own, since no "-" is beside a dot. */
export function hostName({ hostname, namespace }: Pick<OutsideHost, 'hostname' | 'namespace'>): string {
  return `${namespace}-external-${hostname.replace(/-/g, '--').replace(/[^-a-z0-9]+/g, '-')}`;
}

/** The same for everybody in the namespace, where the mesh tells workloads apart by other means, or not at all. */
export function egressOf({ facts: { origin } }: MeshModel, { hostname, namespace }: OutsideHost): EgressNode {
  return { origin, name: hostName({ hostname, namespace }), namespace, hostnames: [hostname], port: OUTSIDE_PORT };
}

/** Names that mean something else inside a cluster than outside. */
function isInside(host: string): boolean {
  return !host.includes('.') || /(^|\.)(svc|cluster\.local|localhost)$/.test(host) || /\.svc\./.test(host);
}

/** The exact name of one host that is not the cluster's own. */
export function isOutside(host: string): boolean {
  return isHostname(host) && !isInside(host);
}

/** Hosts outside the cluster that the proxy of a boundary calls: servers, and whoever issues tokens where clients are told of it. */
export function outsideHosts({ targets, front, door }: ToolServerNode): { readonly hostname: string; readonly port: number }[] {
  const told = front?.handling.oauth && door.jwt && URL.canParse(door.jwt.issuer) ? [new URL(door.jwt.issuer)] : [];
  const issuer = told.filter(({ hostname }) => isOutside(hostname));
  return [
    ...targets.flatMap(({ place }) => (place.kind === 'outside' ? [place] : [])).map(({ hostname, port }) => ({ hostname, port })),
    ...issuer.map(({ hostname, port }) => ({ hostname, port: Number(port || OUTSIDE_PORT) })),
  ];
}
