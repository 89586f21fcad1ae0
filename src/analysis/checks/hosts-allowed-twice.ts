import { EXTERNAL_PORT } from '../../model/external-host';
import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';

/** Reports external hosts that are allowed both for one workload and for its whole namespace, in any order of declaration. */
export function hostsAllowedTwice({ workloads, index }: MeshModel): CheckResult[] {
  return workloads.flatMap(({ origin, title, namespace, egress }) => {
    if (!egress) return [];
    const isNamed = (host: string) => egress.hostnames.includes(host);
    const twice = new Set(egress.hostnames.flatMap((host) => index.egressTo(namespace, host)).filter(({ port }) => port === EXTERNAL_PORT));
    return [...twice].map(({ name, hostnames }) => ({
      path: origin.path,
      message: `a host in the \`egress\` of ${title} is also allowed for its whole namespace`,
      actual: hostnames.filter(isNamed),
      expected: 'the host either in `egress` of a workload or in a MeshEgress',
      fix: `remove it from one of the two (${name})`,
    }));
  });
}
