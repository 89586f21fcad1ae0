import { EgressNode } from './egress';
import { MeshModel } from './mesh';
import { isHostname } from './names';
import { Principal } from './principal';
import { ServiceNode } from './service';
import { ToolServerNode } from './tool-server';
import { WaypointNode } from './waypoint';
import { WorkloadNode } from './workload';

/** Port of external hosts for TLS. */
export const EXTERNAL_PORT = 443;

/** An external host that workloads of one namespace may call. */
export interface ExternalHostNode {
  readonly hostname: string;
  readonly namespace: string;
  /** Waypoint that identifies the callers of the host, if the mesh has one. */
  readonly waypoint?: WaypointNode;
}

/** Port of external hosts for plain HTTP. */
export const PLAIN_PORT = 80;

/** A workload without egress limits. */
export interface UnlimitedCaller {
  readonly title: string;
  readonly principal: Principal;
}

/**
 * Returns the workloads on the same data plane that have no egress limits. They must keep access to a host that another workload declares.
 * Pods that no construct describes are unknown here.
 */
export function unlimitedCallers({ facts: { cluster, dataPlaneIn } }: MeshModel, namespace: string): UnlimitedCaller[] {
  const plane = dataPlaneIn(namespace);
  return cluster.meshes.flatMap((mesh) => {
    const unlimited = mesh.workloads.filter((workload) => !workload.egress && mesh.facts.dataPlaneIn(workload.namespace) === plane);
    return unlimited.map(({ title, namespace: home, serviceAccount }) => ({ title, principal: mesh.principal(home, serviceAccount) }));
  });
}

/** Returns the namespaces of all meshes on the data plane of `namespace`, each once. */
export function namespacesOnPlane({ facts: { cluster, dataPlaneIn } }: MeshModel, namespace: string): string[] {
  const plane = dataPlaneIn(namespace);
  const names = cluster.meshes.flatMap(({ namespaces, facts }) => [...namespaces.keys()].filter((name) => facts.dataPlaneIn(name) === plane));
  return [...new Set(names)].sort();
}

/** Ports at which an external host can be called by name. */
export const HOST_PORTS: readonly number[] = [PLAIN_PORT, EXTERNAL_PORT];

/** Returns the ports of a host that stay open to direct calls, beside the port that a boundary uses for it. */
export function hostPortsBeside({ port, targetPort }: Pick<ServiceNode, 'port' | 'targetPort'>): number[] {
  return [...new Set([...HOST_PORTS, targetPort])].filter((number) => number !== port).sort((a, b) => a - b);
}

/** Returns the workloads that declare the host in their `egress`. */
export function callersOf({ index }: MeshModel, { hostname, namespace }: ExternalHostNode): readonly WorkloadNode[] {
  return index.workloadsNaming(namespace, hostname);
}

/**
 * Returns the name of the objects that allow a host in a namespace. Names are unique because "-" is doubled and a dot becomes a single "-".
 */
export function hostName({ hostname, namespace }: Pick<ExternalHostNode, 'hostname' | 'namespace'>): string {
  return `${namespace}-external-${hostname.replace(/-/g, '--').replace(/[^-a-z0-9]+/g, '-')}`;
}

/** Returns the host as egress of the whole namespace, for meshes that restrict single workloads in another way or not at all. */
export function egressOf({ facts: { origin } }: MeshModel, { hostname, namespace }: ExternalHostNode): EgressNode {
  return { origin, name: hostName({ hostname, namespace }), namespace, hostnames: [hostname], port: EXTERNAL_PORT };
}

/** Returns whether cluster DNS may resolve the name itself. */
function isInside(host: string): boolean {
  return !host.includes('.') || /(^|\.)(svc|cluster\.local|localhost)$/.test(host) || /\.svc\./.test(host);
}

/** Returns whether the text is the exact DNS name of a host outside the cluster. */
export function isExternal(host: string): boolean {
  return isHostname(host) && !isInside(host);
}

/** Returns the external hosts that the proxy of a boundary calls: external servers, and the token issuer if `oauth` is set. */
export function externalHostsOf({ targets, mcpProxy, endpoint }: ToolServerNode): { readonly hostname: string; readonly port: number }[] {
  const told = mcpProxy?.handling.oauth && endpoint.jwt && URL.canParse(endpoint.jwt.issuer) ? [new URL(endpoint.jwt.issuer)] : [];
  const issuer = told.filter(({ hostname }) => isExternal(hostname));
  return [
    ...targets.flatMap(({ place }) => (place.kind === 'external' ? [place] : [])).map(({ hostname, port }) => ({ hostname, port })),
    ...issuer.map(({ hostname, port }) => ({ hostname, port: Number(port || EXTERNAL_PORT) })),
  ];
}
