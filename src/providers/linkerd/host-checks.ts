import { externalHostsOf } from '../../model/external-host';
import { Lookup } from '../../model/lookup';
import { MeshModel } from '../../model/mesh';
import { listed, Located, CheckResult } from '../../model/problem';
import { WorkloadNode } from '../../model/workload';

/**
 * Reports conflicting egress declarations. Linkerd allows an external host for all pods of a namespace, by the TLS server name (SNI) that
 * a caller sends.
 */
export function checkHosts(model: MeshModel): CheckResult[] {
  return [...sharedHosts(model), ...statedNames(model), ...namedBesides(model)];
}

/** Reports hosts that other workloads of the namespace could call too, whether a workload or an MCP proxy declares the host. */
function sharedHosts({ workloads, toolServers, index }: MeshModel): CheckResult[] {
  const callers = new Lookup(workloads.filter(callsHosts), ({ namespace }) => [namespace]);
  const ofWorkloads = workloads.flatMap(({ origin, title, namespace, egress }) => (egress?.hostnames ?? []).flatMap((host) => {
    const all = callers.of(namespace);
    const areOthers = all.length > index.workloadsNaming(namespace, host).length; // the workloads that name the host are among them
    return areOthers ? shared({ origin, title, host }, all.filter((other) => !other.egress?.hostnames.includes(host))) : [];
  }));
  const ofProxies = toolServers.filter(({ mcpProxy }) => mcpProxy).flatMap((server) => externalHostsOf(server).flatMap(({ hostname: host }) => {
    const { origin, name, endpoint } = server;
    return shared({ origin, title: `the proxy of tool server ${name}`, host }, callers.of(endpoint.namespace));
  }));
  return [...ofWorkloads, ...ofProxies];
}

/** Returns whether the pods of a workload can call external hosts at all. The NetworkPolicy of an `egress` without hosts stops them. */
function callsHosts({ egress }: WorkloadNode): boolean {
  return egress === undefined || egress.hostnames.length > 0;
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

/** Reports namespaces where a workload names hosts and a MeshEgress allows other hosts. Linkerd cannot distinguish the callers. */
function namedBesides({ workloads, index }: MeshModel): CheckResult[] {
  const naming = workloads.filter(({ egress }) => egress && egress.hostnames.length > 0);
  return naming.flatMap(({ origin, title, namespace }) => index.egressIn(namespace).map(({ name, hostnames }) => ({
    path: origin.path,
    message: `${title} could also call the hosts of ${name}, because Linkerd allows them for every pod of the namespace`,
    actual: hostnames,
    expected: 'per namespace, either workloads that name hosts or a MeshEgress',
    fix: 'declare all hosts in one MeshEgress, or split the namespace',
  })));
}

interface AllowedHost { readonly origin: Located; readonly title: string; readonly host: string }

function shared({ origin, title, host }: AllowedHost, others: readonly WorkloadNode[]): CheckResult[] {
  return others.length === 0 ? [] : [{
    path: origin.path,
    message: `Linkerd allows an external host for a whole namespace, and other workloads share the namespace of ${title}`,
    actual: host,
    expected: 'a namespace whose workloads all name the host or have an `egress` without hosts; or a MeshEgress, which allows it for the namespace',
    fix: `set an \`egress\` without hosts on ${listed(others.map((other) => other.title))}, or split the namespace`,
  }];
}
