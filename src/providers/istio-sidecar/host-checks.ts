import { visibleServices } from './egress-view';
import { EgressNode } from '../../model/egress';
import { covers } from '../../model/hosts';
import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';
import { HostFacts, WorkloadNode } from '../../model/workload';

/** A port of an external host that the sidecar of a workload sees. */
type SeenHost = Pick<HostFacts, 'hostname' | 'port' | 'protocol'>;

/** Reports external hosts that a sidecar cannot distinguish from other hosts or Services. */
export function ambiguousHosts(model: MeshModel, isOwn: (namespace: string) => boolean): CheckResult[] {
  const registered = new Map<string, readonly SeenHost[]>();
  return model.workloads.filter(({ namespace }) => isOwn(namespace)).flatMap((workload) => {
    const { namespace } = workload;
    const allowed = allowedHosts(model, workload);
    if (allowed.length === 0) return [];
    if (!registered.has(namespace)) registered.set(namespace, registeredHosts(model, namespace));
    const names = [...new Set(allowed.map(({ hostname }) => hostname))];
    const seen = registered.get(namespace)!.filter(({ hostname }) => names.some((name) => covers(name, hostname)));
    return [...widerPorts(workload, allowed, seen), ...unlikeHosts(workload, seen), ...besideServices(model, workload, seen)];
  });
}

/** Returns the hosts that a workload may call: those that it names, or those of its namespace if its egress is not restricted. */
function allowedHosts({ index }: MeshModel, { namespace, egress }: WorkloadNode): readonly SeenHost[] {
  return egress?.hosts ?? index.egressIn(namespace).flatMap(hostsOf);
}

/** Returns the hosts that ServiceEntries of a namespace have. A host has the ports of all its entries. */
function registeredHosts({ index }: MeshModel, namespace: string): SeenHost[] {
  const all = [...index.workloadsIn(namespace).flatMap(({ egress }) => egress?.hosts ?? []), ...index.egressIn(namespace).flatMap(hostsOf)];
  return [...new Map(all.map(({ hostname, port, protocol }) => [`${hostname} ${port} ${protocol}`, { hostname, port, protocol }])).values()];
}

function hostsOf({ hostnames, port, protocol }: EgressNode): SeenHost[] {
  return hostnames.map((hostname) => ({ hostname, port, protocol }));
}

/**
 * Reports ports of a host that only other workloads of the namespace list. A sidecar sees a host with all its ports, and the NetworkPolicy
 * of a workload allows the ports of all hosts of the workload.
 */
function widerPorts({ origin, title, egress }: WorkloadNode, allowed: readonly SeenHost[], seen: readonly SeenHost[]): CheckResult[] {
  const open = egress && new Set(egress.hosts.map(({ port }) => port));
  const isAllowed = ({ hostname, port }: SeenHost) => allowed.some((one) => one.port === port && covers(one.hostname, hostname));
  const wider = seen.filter((one) => (!open || open.has(one.port)) && !isAllowed(one));
  return wider.length === 0 ? [] : [{
    path: origin.path,
    message: `${title} could also call a host at a port that only another workload of its namespace states, because a sidecar reaches a host at all its ports`,
    actual: [...new Set(wider.map(({ hostname, port }) => `${hostname}:${port}`))],
    expected: 'the same ports of a host for all workloads of a namespace',
    fix: 'state the port in `egress` of this workload too, or move the workload to another namespace',
  }];
}

/** Reports several TCP hosts at one port. A sidecar distinguishes TCP hosts only by port, and would send every connection to one of them. */
function unlikeHosts({ origin, title }: WorkloadNode, seen: readonly SeenHost[]): CheckResult[] {
  const byPort = new Map<number, string>();
  return seen.filter(({ protocol }) => protocol === 'TCP').flatMap(({ hostname, port }) => {
    const first = byPort.get(port) ?? hostname;
    byPort.set(port, first);
    return first === hostname ? [] : [{
      path: origin.path,
      message: `the sidecar of ${title} cannot distinguish two TCP hosts that have the same port`,
      actual: [`${first}:${port}`, `${hostname}:${port}`],
      expected: 'a different port for each `ExternalHost.tcp`; or MeshProvider.istioAmbient, which gives each host an address of its own',
      fix: 'call one of the hosts from another workload, or state its addresses in `networks` of `egress`',
    }];
  });
}

/**
 * Reports TCP hosts at the port of an HTTP Service. A sidecar would wait for the first bytes of the caller at this port, but with some
 * protocols the host sends first.
 */
function besideServices(model: MeshModel, workload: WorkloadNode, seen: readonly SeenHost[]): CheckResult[] {
  const tcp = seen.filter(({ protocol }) => protocol === 'TCP');
  if (tcp.length === 0) return [];
  const taken = visibleServices(model, workload).filter((service) => service.protocol !== 'opaque' && tcp.some(({ port }) => port === service.port));
  return taken.length === 0 ? [] : [{
    path: workload.origin.path,
    message: `the sidecar of ${workload.title} cannot distinguish a TCP host from an HTTP Service that has the same port`,
    actual: [...new Set(taken.map(({ name, namespace, port }) => `${namespace}/${name}:${port}`))],
    expected: 'an `ExternalHost.tcp` with a port that no Service granted to this workload has; or MeshProvider.istioAmbient',
    fix: 'use another port for the Service (`servicePort`), or call the host from another workload',
  }];
}
