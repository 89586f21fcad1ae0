import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';

/** Reports external hosts that are allowed both for one workload and for its whole namespace, in any order of declaration. */
export function hostsAllowedTwice({ workloads, index }: MeshModel): CheckResult[] {
  return workloads.flatMap(({ origin, title, namespace, egress }) => {
    if (!egress) return [];
    const twice = new Set(egress.hosts.flatMap(({ hostname, port }) => index.egressTo(namespace, hostname).filter((all) => all.port === port)));
    return [...twice].map(({ name, hostnames, port }) => ({
      path: origin.path,
      message: `a host in the \`egress\` of ${title} is also allowed for its whole namespace`,
      actual: hostnames.filter((hostname) => egress.hosts.some((host) => host.hostname === hostname && host.port === port)),
      expected: 'the host either in `egress` of a workload or in a MeshEgress',
      fix: `remove the host from \`egress\` of the workload or from MeshEgress ${name}`,
    }));
  });
}
