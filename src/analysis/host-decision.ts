import { Stage } from './audit-only';
import { Decision } from './call';
import { HostInPath, hostsInPath } from './host-report';
import { externalHostsOf } from '../model/external-host';
import { covers } from '../model/hosts';
import { MeshModel } from '../model/mesh';
import { MeshLimitations } from '../model/mesh-limitations';
import { Principal } from '../model/principal';
import { WorkloadNode } from '../model/workload';

/** A call of an external host by its DNS name, by pods of the cluster. */
export interface HostCall {
  readonly caller: Principal;
  /** Exact name, in lower case. */
  readonly hostname: string;
  readonly port: number;
}

/** A caller, and what the program says of its pods. */
interface Pods {
  readonly title: string;
  /** Workloads with its identity, such as the versions of an agent. Empty if no construct describes the pods. */
  readonly workloads: readonly WorkloadNode[];
}

/**
 * Decides whether pods reach an external host by its name, from the `egress` of workloads, MeshEgress and the hosts that others name. The
 * mesh is that of the caller, if it has one.
 */
export function decideHost(model: MeshModel, call: HostCall, { allowsUnnamedHosts, hostsAreShared }: MeshLimitations, stage: Stage): Decision {
  const { caller: { namespace, serviceAccount, trustDomain }, hostname, port } = call;
  const host = `external host ${hostname}:${port}`;
  const isHome = trustDomain === model.facts.trustDomain;
  const workloads = isHome ? model.index.workloadsAs(namespace, serviceAccount) : [];
  const pods = { title: workloads.at(0)?.title ?? `identity ${namespace}/${serviceAccount}`, workloads };
  if (!isHome || !model.namespaces.has(namespace)) return atOtherPods(model, call, pods.title, stage);
  const named = namedBy(model, pods, call, hostsAreShared);
  if (named !== undefined) return { allowed: true, reason: named };
  const inPath = hostInPath(model, call, stage);
  if (stage === 'now' && model.isAuditOnly(namespace)) return ofAuditOnly(namespace, inPath, port);
  if (inPath) return atWaypoint(inPath, pods, call);
  const limited = workloads.filter(({ egress }) => egress);
  if (workloads.length > 0 && limited.length === workloads.length) {
    return { allowed: false, reason: `\`egress\` of ${limited[0].title} does not name ${host}${byAddress(limited)}` };
  }
  if (!allowsUnnamedHosts(namespace)) return { allowed: false, reason: `nothing allows ${pods.title} to call ${host}` };
  return { allowed: true, unrestricted: true, reason: `${workloads.length > 0 ? `${pods.title} has no \`egress\`` : `no construct describes the pods of ${pods.title}`}, and the mesh does not restrict external hosts that the program does not name` };
}

/** Decides for pods of an audit-only namespace. The ports of a host whose name leads to a waypoint hold for every ambient pod. */
function ofAuditOnly(namespace: string, inPath: HostInPath | undefined, port: number): Decision {
  if (inPath && !inPath.ports.some((one) => one.port === port)) return { allowed: false, reason: portsText(inPath) };
  return { allowed: true, unrestricted: true, reason: `namespace ${namespace} is audit-only and limits no egress` };
}

/** Decides for pods of no mesh, or of another trust domain. Only hosts in whose path a waypoint is are ever closed to them. */
function atOtherPods(model: MeshModel, call: HostCall, title: string, stage: Stage): Decision {
  const { namespace } = call.caller;
  const { hostname, port } = call;
  const inPath = model.facts.cluster.meshOf(namespace) ? undefined : hostInPath(model, call, stage);
  const other = 'pods that are not in ambient are not restricted';
  if (inPath && !inPath.ports.some((one) => one.port === port)) return { allowed: false, reason: `${portsText(inPath)}; ${other}` };
  if (inPath && inPath.isClosed) return { allowed: false, reason: `external host ${hostname} is closed to ambient pods of other namespaces (\`closesExternalHosts\`); ${other}` };
  return { allowed: true, unrestricted: true, reason: `the mesh does not restrict external hosts for ${title}, whose pods are in none of its namespaces` };
}

/** Returns why a caller may call a host by name, or nothing. */
function namedBy(model: MeshModel, { title, workloads }: Pods, call: HostCall, areShared = false): string | undefined {
  const { caller: { namespace }, hostname, port } = call;
  const isNamed = (name: string, at: number) => at === port && covers(name, hostname);
  const names = ({ egress }: WorkloadNode) => egress?.hosts.some((host) => isNamed(host.hostname, host.port)) ?? false;
  const naming = workloads.find(names);
  if (naming) return `\`egress\` of ${naming.title} names ${hostname}:${port}`;
  if (workloads.length > 0 && workloads.every(({ egress }) => egress)) return undefined;
  const own = model.index.egressIn(namespace).find((one) => one.hostnames.some((name) => isNamed(name, one.port)));
  // A Sidecar is for the pods of a workload, and a namespace's own shows no host.
  if (own && (areShared || workloads.length > 0)) return `MeshEgress ${own.name} allows ${hostname}:${port} for every workload of namespace ${namespace}`;
  if (!areShared) return undefined;
  const opens = `which opens it to the pods of ${title}, because the mesh allows hosts by namespace`;
  const sharing = model.index.workloadsIn(namespace).find(names);
  if (sharing) return `\`egress\` of ${sharing.title} names ${hostname}:${port}, ${opens}`;
  const server = model.toolServers.find((one) => one.endpoint.namespace === namespace && one.mcpProxy
    && externalHostsOf(one).some((host) => isNamed(host.hostname, host.port)));
  return server && `the proxy of tool server ${server.name} calls ${hostname}:${port}, ${opens}`;
}

/** Decides for pods of the mesh that reach a host through a waypoint, and that do not name it. */
function atWaypoint(host: HostInPath, { title, workloads }: Pods, { hostname, port }: HostCall): Decision {
  const unlimited = workloads.find(({ egress }) => !egress);
  if (!host.ports.some((one) => one.port === port)) return { allowed: false, reason: portsText(host) };
  const at = `waypoint ${host.waypoint.namespace}/${host.waypoint.name}`;
  if (unlimited) return { allowed: true, unrestricted: true, reason: `${unlimited.title} has no \`egress\`, so ${at} allows it to call external host ${hostname}` };
  return { allowed: false, reason: `${at} allows external host ${hostname}:${port} to workloads that name it and to those without \`egress\`, and not to ${title}` };
}

function portsText({ hostname, ports, waypoint }: HostInPath): string {
  return `every ambient pod reaches external host ${hostname} through waypoint ${waypoint.namespace}/${waypoint.name}, on ports ${ports.map(({ port }) => port).join(', ')} alone`;
}

/** Returns the host as the waypoint in its path has it, of any mesh on the same data plane. */
function hostInPath({ facts }: MeshModel, { hostname, caller: { namespace } }: HostCall, stage: Stage): HostInPath | undefined {
  const { cluster, namespace: home, dataPlaneIn } = facts;
  const plane = dataPlaneIn(cluster.meshOf(namespace) ? namespace : home);
  const found = cluster.meshes.flatMap((mesh) => hostsInPath(mesh, stage)
    .filter((host) => host.hostname === hostname && mesh.facts.dataPlaneIn(host.namespace) === plane));
  return found.find((host) => host.namespace === namespace) ?? found.at(0);
}

/** Returns the boundary that a port of an external host leads to, if any. */
export function boundaryAt(model: MeshModel, { caller: { namespace }, hostname, port }: HostCall): WorkloadNode | undefined {
  const plane = model.facts.dataPlaneIn(namespace);
  const endpoints = model.facts.cluster.meshes.flatMap((mesh) => mesh.toolServers.map(({ endpoint }) => endpoint)
    .filter(({ namespace: home, service }) => service?.hostname === hostname && service.port === port && mesh.facts.dataPlaneIn(home) === plane));
  return endpoints.find(({ namespace: home }) => home === namespace) ?? endpoints.at(0);
}

/** Returns text for what `egress` opens by address, whatever its name. */
function byAddress(workloads: readonly WorkloadNode[]): string {
  const networks = [...new Set(workloads.flatMap(({ egress }) => [...egress!.networks.map(({ cidr }) => cidr), ...egress!.kubernetesNetworks]))];
  return networks.length === 0 ? '' : `; by address it may call ${networks.join(', ')}`;
}

/** Returns the external hosts that workloads, MeshEgress and MCP proxies of a namespace name, each with its port. */
export function reachedHosts(model: MeshModel, namespace: string): string[] {
  const proxied = model.toolServers.filter(({ endpoint, mcpProxy }) => mcpProxy && endpoint.namespace === namespace).flatMap(externalHostsOf);
  const named = [
    ...model.index.workloadsIn(namespace).flatMap(({ egress }) => egress?.hosts ?? []),
    ...model.index.egressIn(namespace).flatMap(({ hostnames, port }) => hostnames.map((hostname) => ({ hostname, port }))), ...proxied,
  ];
  return [...new Set(named.map(({ hostname, port }) => `${hostname}:${port}`))].sort();
}
