import { MeshModel } from './mesh';
import { isHostname } from './names';
import { Principal } from './principal';
import { ServiceNode } from './service';
import { ToolServerNode } from './tool-server';
import { WaypointNode } from './waypoint';
import { HostFacts, HostProtocol, WorkloadNode } from './workload';

/** Port of external hosts for TLS. */
export const EXTERNAL_PORT = 443;

/** An external host that workloads of one namespace may call. */
export interface ExternalHostNode {
  readonly hostname: string;
  readonly namespace: string;
  /** Port at which the host was first declared. Objects for a single port are for this port. */
  readonly port: number;
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

/** Returns the namespaces of all meshes on the data plane of `namespace`, each once: those that enforce, and those that are audit-only. */
export function namespacesOnPlane({ facts: { cluster, dataPlaneIn } }: MeshModel, namespace: string): Record<'enforcing' | 'auditOnly', string[]> {
  const plane = dataPlaneIn(namespace);
  const namesOf = (isAuditOnly: boolean) => cluster.meshes.flatMap((mesh) =>
    [...mesh.namespaces.keys()].filter((name) => mesh.facts.dataPlaneIn(name) === plane && mesh.isAuditOnly(name) === isAuditOnly));
  return { enforcing: [...new Set(namesOf(false))].sort(), auditOnly: [...new Set(namesOf(true))].sort() };
}

/** Ports at which every external host can be called by name. */
const HOST_PORTS: readonly number[] = [PLAIN_PORT, EXTERNAL_PORT];

/** A port of an external host. */
export interface HostPort {
  readonly port: number;
  readonly protocol: HostProtocol | 'HTTP';
}

/**
 * Returns the ports at which an external host can be called by name in the whole cluster: ports 80 and 443, and the ports that workloads of
 * any mesh list. All callers reach the host through the same proxy, so every entry for the host must have the ports of all callers.
 */
export function hostPorts({ facts: { cluster } }: MeshModel, hostname: string): HostPort[] {
  const usual = HOST_PORTS.map((port): HostPort => ({ port, protocol: port === PLAIN_PORT ? 'HTTP' : 'TLS' }));
  const stated = cluster.meshes.flatMap(({ index }) => statedPorts(index.workloadsCalling(hostname), hostname));
  return mergedPorts([...usual, ...stated]);
}

/** Returns the ports at which workloads call an external host, each once. */
export function statedPorts(workloads: readonly WorkloadNode[], hostname: string): HostPort[] {
  return mergedPorts(workloads.flatMap(({ egress }) => (egress?.hosts ?? []).filter((host) => host.hostname === hostname)));
}

/** Returns each port once, in order. The last protocol of a port counts, except that TCP always wins, because such a port may carry any protocol. */
function mergedPorts(ports: readonly HostPort[]): HostPort[] {
  const merged = new Map<number, HostPort>();
  for (const { port, protocol } of ports) {
    if (merged.get(port)?.protocol !== 'TCP') merged.set(port, { port, protocol });
  }
  return [...merged.values()].sort((a, b) => a.port - b.port);
}

/** Returns the ports of a host that can be called directly. The port of its boundary is not among them. */
export function hostPortsBeside(model: MeshModel, { hostname, port, targetPort }: Pick<ServiceNode, 'hostname' | 'port' | 'targetPort'>): HostPort[] {
  const own: HostPort = { port: targetPort, protocol: targetPort === PLAIN_PORT ? 'HTTP' : 'TLS' };
  return mergedPorts([own, ...hostPorts(model, hostname ?? '')]).filter((one) => one.port !== port);
}

/** Returns the workloads that declare the host in their `egress`, at any port. */
export function callersOf({ index }: MeshModel, { hostname, namespace }: Pick<ExternalHostNode, 'hostname' | 'namespace'>): readonly WorkloadNode[] {
  return index.workloadsNaming(namespace, hostname);
}

/** Returns whether a workload states a host at a port in its `egress`. */
export function statesHost({ egress }: WorkloadNode, hostname: string, port: number): boolean {
  return egress?.hosts.some((host) => host.hostname === hostname && host.port === port) ?? false;
}

/** Returns a host as text: its name, with the port if it is not 443. */
export function hostText({ hostname, port }: Pick<HostFacts, 'hostname' | 'port'>): string {
  return port === EXTERNAL_PORT ? hostname : `${hostname}:${port}`;
}

/** Returns whether a hostname stands for all names below a domain. */
export function isWildcard(hostname: string): boolean {
  return hostname.startsWith('*.');
}

/**
 * Returns the name of the objects that allow a host in a namespace. Names are unique because "-" is doubled and a dot becomes a single "-".
 */
export function hostName({ hostname, namespace }: Pick<ExternalHostNode, 'hostname' | 'namespace'>): string {
  return `${namespace}-external-${hostname.replace(/-/g, '--').replace(/[^-a-z0-9]+/g, '-')}`;
}

/** Returns whether cluster DNS may resolve the name itself. */
function isInside(host: string): boolean {
  return !host.includes('.') || /(^|\.)(svc|cluster\.local|localhost)$/.test(host) || /\.svc\./.test(host);
}

/** Returns whether the text is the exact DNS name of a host outside the cluster. */
export function isExternal(host: string): boolean {
  return isHostname(host) && !isInside(host);
}

/** Returns whether the text is the exact DNS name of a host outside the cluster, or "*." before a domain that is not a top-level domain. */
export function isExternalPattern(host: string): boolean {
  return isExternal(isWildcard(host) ? host.slice(2) : host);
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
