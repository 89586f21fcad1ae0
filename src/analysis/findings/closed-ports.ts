import { MeshModel } from '../../model/mesh';
import { grantedPorts } from '../../model/port-rules';
import { CheckResult } from '../../model/problem';
import { calledPorts, WorkloadNode } from '../../model/workload';

/**
 * Reports workloads with grants that have further ports. A grant allows only the port that callers use, and the program may have intended
 * another port.
 */
export function closedPorts({ workloads, toolServers }: MeshModel): CheckResult[] {
  const behindProxies = new Set(toolServers.filter(({ mcpProxy }) => mcpProxy).flatMap(({ targets }) => targets.flatMap(({ place }) => (place.kind === 'pods' ? [place.workload] : []))));
  return workloads.filter((workload) => !workload.callers.isEmpty && !behindProxies.has(workload)).flatMap(closedPortsOf);
}

function closedPortsOf(workload: WorkloadNode): CheckResult[] {
  const { origin, title, ports, unauthenticatedPorts = [] } = workload;
  const open = calledPorts(workload);
  const granted = [...grantedPorts(workload), ...unauthenticatedPorts].map(({ port }) => port);
  const closed = ports.filter((port) => !open.includes(port) && !granted.includes(port));
  return open.length === 0 || closed.length === 0 ? [] : [{
    path: origin.path,
    message: `the grants of ${title} open only port ${open.join(', ')} of its pods; its other ports stay closed to every caller`,
    actual: closed,
    expected: 'calls to the first port in `ports`, or to the target port of the existing Service',
    fix: 'grant the other ports with `grantPorts` of the Agent or Backend, or list the port that callers need first in `ports`',
  }];
}
