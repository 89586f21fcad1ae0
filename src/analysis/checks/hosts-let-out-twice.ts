import { MeshModel } from '../../model/mesh';
import { OUTSIDE_PORT } from '../../model/outside-host';
import { CheckResult } from '../../model/problem';

/** A host that a workload names is that workload's alone, or everybody's in its namespace, in whichever order that was said. */
export function hostsLetOutTwice({ workloads, index }: MeshModel): CheckResult[] {
  return workloads.flatMap(({ origin, title, namespace, egress }) => {
    if (!egress) return [];
    const isNamed = (host: string) => egress.hostnames.includes(host);
    const twice = new Set(egress.hostnames.flatMap((host) => index.egressTo(namespace, host)).filter(({ port }) => port === OUTSIDE_PORT));
    return [...twice].map(({ name, hostnames }) => ({
      path: origin.path,
      what: `a host that ${title} calls is let out of the namespace for everybody there already`,
      got: hostnames.filter(isNamed),
      allowed: '`egress` of a workload, or a MeshEgress',
      next: `drop it from one of the two (${name})`,
    }));
  });
}
