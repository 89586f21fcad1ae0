import { externalHostsOf, hostText, statesHost } from '../../model/external-host';
import { networksOf } from '../../model/external-network';
import { Lookup } from '../../model/lookup';
import { MeshModel } from '../../model/mesh';
import { networkOf } from '../../model/networks';
import { listed, Located, CheckResult } from '../../model/problem';
import { WorkloadNode } from '../../model/workload';

/**
 * Reports conflicting egress declarations. Linkerd allows an external host for all pods of a namespace, by the TLS server name (SNI) that
 * a caller sends.
 */
export function checkHosts(model: MeshModel): CheckResult[] {
  return [...sharedHosts(model), ...sharedNetworks(model), ...overlappingNetworks(model), ...statedNames(model), ...namedBesides(model)];
}

/** Reports hosts of a workload or an MCP proxy that other workloads of the namespace could call too. */
function sharedHosts({ workloads, toolServers }: MeshModel): CheckResult[] {
  const callers = new Lookup(workloads.filter(callsHosts), ({ namespace }) => [namespace]);
  const known = new Map<string, readonly WorkloadNode[]>();
  const ofWorkloads = workloads.flatMap(({ origin, title, namespace, egress }) => (egress?.hosts ?? []).flatMap(({ hostname, port }) => {
    const others = once(known, `${namespace} ${hostname}:${port}`, () =>
      callers.of(namespace).filter((other) => mayCallAt(other, port) && !statesHost(other, hostname, port)));
    return shared({ origin, title, host: hostText({ hostname, port }) }, others);
  }));
  const ofProxies = toolServers.filter(({ mcpProxy }) => mcpProxy).flatMap((server) => externalHostsOf(server).flatMap(({ hostname: host }) => {
    const { origin, name, endpoint } = server;
    return shared({ origin, title: `the proxy of tool server ${name}`, host }, callers.of(endpoint.namespace));
  }));
  return [...ofWorkloads, ...ofProxies];
}

/** Returns whether the pods of a workload can call external hosts at all. The NetworkPolicy of an `egress` without hosts stops them. */
function callsHosts({ egress }: WorkloadNode): boolean {
  return egress === undefined || egress.hosts.length > 0;
}

/** Returns a list and computes it only once for each key, because many workloads have the same hosts. */
function once(known: Map<string, readonly WorkloadNode[]>, key: string, listOf: () => readonly WorkloadNode[]): readonly WorkloadNode[] {
  if (!known.has(key)) known.set(key, listOf());
  return known.get(key)!;
}

/** Returns whether the NetworkPolicy of a workload lets it call external hosts at a port. */
function mayCallAt({ egress }: WorkloadNode, at: number): boolean {
  return egress === undefined || egress.hosts.some(({ port }) => port === at);
}

/**
 * Reports networks outside the mesh that other workloads of the namespace could call too: workloads without `egress`, and workloads that
 * may call public hosts at the same port.
 */
function sharedNetworks({ workloads, index }: MeshModel): CheckResult[] {
  const known = new Map<string, readonly WorkloadNode[]>();
  return workloads.flatMap((workload) => networksOf(workload).flatMap(({ namespace, cidr, port }) => {
    const network = networkOf(cidr);
    if (!network || network.isPrivate) return [];
    const others = once(known, `${namespace} ${cidr} ${port}`, () => index.workloadsIn(namespace).filter((other) =>
      mayCallAt(other, port) && !networksOf(other).some((own) => own.cidr === cidr && own.port === port)));
    return others.length === 0 ? [] : [{
      path: workload.origin.path,
      message: `Linkerd would allow a network of the \`egress\` of ${workload.title} for every workload of its namespace`,
      actual: `${cidr}, port ${port}`,
      expected: 'a namespace in which every other workload states the same network, or has an `egress` without hosts at this port',
      fix: `on ${listed(others.map(({ title }) => title))}, set an \`egress\` with the same network or without hosts at this port; or move ${workload.title} to another namespace`,
    }];
  }));
}

/**
 * Reports networks that include both private and other addresses. Linkerd accepts no EgressNetwork that overlaps with the networks of the
 * cluster.
 */
function overlappingNetworks({ workloads }: MeshModel): CheckResult[] {
  const wide = ({ egress }: WorkloadNode) => (egress?.networks ?? []).filter(({ cidr }) => networkOf(cidr)?.includesPrivate);
  return workloads.flatMap((workload) => wide(workload).map(({ cidr }) => ({
    path: workload.origin.path,
    message: `a network in the \`egress\` of ${workload.title} includes both private and public addresses, and Linkerd treats private addresses as part of the cluster`,
    actual: cidr,
    expected: 'networks with only private or only public addresses',
    fix: 'split the network into several',
  })));
}

/**
 * Reports external tool servers without upstream credentials whose callers may call external hosts themselves. Linkerd matches the TLS
 * server name (SNI) that the caller sends, so a caller that may call one host by name can connect to any address.
 */
function statedNames(model: MeshModel): CheckResult[] {
  return model.toolServers.flatMap((server) => server.targets.flatMap(({ place, credentials }) => {
    if (place.kind === 'pods' || credentials) return [];
    const own = server.endpoint.callers.all.map(({ principal }) => principal).filter(({ trustDomain }) => trustDomain === model.facts.trustDomain);
    const callers = new Set(own.flatMap(({ namespace, serviceAccount }) => model.index.workloadsAs(namespace, serviceAccount)));
    const free = [...callers].filter((workload) => workload.egress && callsHosts(workload));
    return shared({ origin: server.origin, title: `tool server ${server.name}`, host: place.hostname }, free);
  }));
}

/** Reports namespaces in which a workload lists hosts and a MeshEgress allows other hosts. Linkerd cannot distinguish the callers. */
function namedBesides({ workloads, index }: MeshModel): CheckResult[] {
  const naming = workloads.filter(({ egress }) => egress && egress.hosts.length > 0);
  return naming.flatMap(({ origin, title, namespace }) => index.egressIn(namespace).map(({ name, hostnames }) => ({
    path: origin.path,
    message: `${title} has hosts in its \`egress\`, but could also call the hosts of MeshEgress ${name}, because Linkerd allows external hosts for a whole namespace`,
    actual: hostnames,
    expected: 'in each namespace, either workloads with hosts in `egress` or a MeshEgress',
    fix: 'state all hosts in one MeshEgress, or move the workload to another namespace',
  })));
}

interface AllowedHost { readonly origin: Located; readonly title: string; readonly host: string }

function shared({ origin, title, host }: AllowedHost, others: readonly WorkloadNode[]): CheckResult[] {
  return others.length === 0 ? [] : [{
    path: origin.path,
    message: `Linkerd would allow an external host of ${title} for every workload of its namespace`,
    actual: host,
    expected: 'a namespace in which every other workload states the same host, or has an `egress` without hosts; or a MeshEgress, which allows the host for the whole namespace',
    fix: `set an \`egress\` without hosts on ${listed(others.map((other) => other.title))}, or move ${title} to another namespace`,
  }];
}
