import { EXTERNAL_PORT } from '../../model/external-host';
import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';

/** A host that a workload names is that workload's alone, or everybody's in its namespace, in whichever order that was said. */
export function hostsAllowedTwice({ workloads, index }: MeshModel): CheckResult[] {
  return workloads.flatMap(({ origin, title, namespace, egress }) => {
    if (!egress) return [];
    const isNamed = (host: string) => egress.hostnames.includes(host);
    const twice = new Set(egress.hostnames.flatMap((host) => index.egressTo(namespace, host)).filter(({ port }) => port === EXTERNAL_PORT));
    return [...twice].map(({ name, hostnames }) => ({
      path: origin.path,
      message: `a host that ${title} calls is let out of the namespace for everybody there already`,
      actual: hostnames.filter(isNamed),
      expected: '`egress` of a workload, or a MeshEgress',
      fix: `drop it from one of the two (${name})`,
    }));
  });
}
