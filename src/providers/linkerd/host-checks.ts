import { Lookup } from '../../model/lookup';
import { MeshModel } from '../../model/mesh';
import { outsideHosts } from '../../model/outside-host';
import { listed, Located, CheckResult } from '../../model/problem';
import { WorkloadNode } from '../../model/workload';

/** What is let out of a namespace is let out for all of its pods, by the name that they state. */
export function checkHosts(model: MeshModel): CheckResult[] {
  return [...sharedHosts(model), ...statedNames(model), ...namedBesides(model)];
}

/** A host is let out of a namespace, whoever calls it there: a workload, or the proxy of a boundary. */
function sharedHosts({ workloads, toolServers, index }: MeshModel): CheckResult[] {
  const callers = new Lookup(workloads.filter(callsHosts), ({ namespace }) => [namespace]);
  const ofWorkloads = workloads.flatMap(({ origin, title, namespace, egress }) => (egress?.hostnames ?? []).flatMap((host) => {
    const all = callers.of(namespace);
    const areOthers = all.length > index.workloadsNaming(namespace, host).length; // who names it is one of them
    return areOthers ? shared({ origin, title, host }, all.filter((other) => !other.egress?.hostnames.includes(host))) : [];
  }));
  const ofProxies = toolServers.filter(({ front }) => front).flatMap((server) => outsideHosts(server).flatMap(({ hostname: host }) => {
    const { origin, name, door } = server;
    return shared({ origin, title: `the proxy of tool server ${name}`, host }, callers.of(door.namespace));
  }));
  return [...ofWorkloads, ...ofProxies];
}

/** Whether no NetworkPolicy keeps its pods from hosts. */
function callsHosts({ egress }: WorkloadNode): boolean {
  return egress === undefined || egress.hostnames.length > 0;
}

/** What a caller is let call by name it may call at any address: Linkerd goes by the name that is stated in TLS. */
function statedNames(model: MeshModel): CheckResult[] {
  return model.toolServers.flatMap((server) => server.targets.flatMap(({ place, credentials }) => {
    if (place.kind === 'pods' || credentials) return [];
    const own = server.door.callers.all.map(({ principal }) => principal).filter(({ trustDomain }) => trustDomain === model.facts.trustDomain);
    const callers = new Set(own.flatMap(({ namespace, serviceAccount }) => model.index.workloadsAs(namespace, serviceAccount)));
    const free = [...callers].filter((workload) => workload.egress && callsHosts(workload));
    return shared({ origin: server.origin, title: `tool server ${server.name}`, host: place.hostname }, free);
  }));
}

/** A host that a workload names, and others that everybody in its namespace may call: nobody tells them apart. */
function namedBesides({ workloads, index }: MeshModel): CheckResult[] {
  const naming = workloads.filter(({ egress }) => egress && egress.hostnames.length > 0);
  return naming.flatMap(({ origin, title, namespace }) => index.egressIn(namespace).map(({ name, hostnames }) => ({
    path: origin.path,
    what: `${title} would also be let out to the hosts of ${name}, which Linkerd lets everybody of the namespace call`,
    got: hostnames,
    allowed: 'either hosts of workloads or a MeshEgress in a namespace',
    next: 'name the hosts of both in one MeshEgress, or part the namespace',
  })));
}

interface LetOut { readonly origin: Located; readonly title: string; readonly host: string }

function shared({ origin, title, host }: LetOut, others: readonly WorkloadNode[]): CheckResult[] {
  return others.length === 0 ? [] : [{
    path: origin.path,
    what: `Linkerd lets a host out of a namespace, and others are in that of ${title}`,
    got: host,
    allowed: 'a namespace whose workloads name the host, or have an `egress` without hosts; or a MeshEgress, which says so',
    next: `state an \`egress\` without hosts of ${listed(others.map((other) => other.title))}, or part the namespace`,
  }];
}
