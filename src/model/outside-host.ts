import { EgressNode } from './egress';
import { MeshModel } from './mesh';
import { isHostname } from './names';
import { Principal } from './principal';
import { ServiceNode } from './service';
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

/** Port of plain HTTP, which hosts outside may answer too. */
export const PLAIN_PORT = 80;

/** Whom nothing limits, as a report and a policy name it. */
export interface UnlimitedCaller {
  readonly title: string;
  readonly principal: Principal;
}

/**
 * Those on a data plane whose calls of hosts outside nothing limits: what one workload names must not take a host from them. Of the pods that no
 * construct describes nothing is known.
 */
export function unlimitedCallers({ facts: { cluster, dataPlaneIn } }: MeshModel, namespace: string): UnlimitedCaller[] {
  const plane = dataPlaneIn(namespace);
  return cluster.meshes.flatMap((mesh) => {
    const unlimited = mesh.workloads.filter((workload) => !workload.egress && mesh.facts.dataPlaneIn(workload.namespace) === plane);
    return unlimited.map(({ title, namespace: home, serviceAccount }) => ({ title, principal: mesh.principal(home, serviceAccount) }));
  });
}

/** The namespaces of every mesh on a data plane, each once. */
export function namespacesOnPlane({ facts: { cluster, dataPlaneIn } }: MeshModel, namespace: string): string[] {
  const plane = dataPlaneIn(namespace);
  const names = cluster.meshes.flatMap(({ namespaces, facts }) => [...namespaces.keys()].filter((name) => facts.dataPlaneIn(name) === plane));
  return [...new Set(names)].sort();
}

/** Ports at which a host is reached by its name. */
export const HOST_PORTS: readonly number[] = [PLAIN_PORT, OUTSIDE_PORT];

/** Those of a host that a boundary calls: at its own port, and past the boundary's. */
export function hostPortsBeside({ port, targetPort }: Pick<ServiceNode, 'port' | 'targetPort'>): number[] {
  return [...new Set([...HOST_PORTS, targetPort])].filter((number) => number !== port).sort((a, b) => a - b);
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
