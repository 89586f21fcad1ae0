import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';
import { calledPorts, WorkloadNode } from '../../model/workload';

/**
 * Reports workloads with grants whose other ports stay closed. A grant opens only the port that callers use, and another port may be
 * intended.
 */
export function closedPorts({ workloads, toolServers }: MeshModel): CheckResult[] {
  const behindProxies = new Set(toolServers.filter(({ mcpProxy }) => mcpProxy).flatMap(({ targets }) => targets.flatMap(({ place }) => (place.kind === 'pods' ? [place.workload] : []))));
  return workloads.filter((workload) => !workload.callers.isEmpty && !behindProxies.has(workload)).flatMap(closedPortsOf);
}

function closedPortsOf(workload: WorkloadNode): CheckResult[] {
  const { origin, title, ports } = workload;
  const open = calledPorts(workload);
  const closed = ports.filter((port) => !open.includes(port));
  return open.length === 0 || closed.length === 0 ? [] : [{
    path: origin.path,
    message: `the grants of ${title} open only port ${open.join(', ')} of its pods; its other ports stay closed to every caller`,
    actual: closed,
    expected: 'calls to the first port, or to the port behind the existing Service',
    fix: 'list the port first to have it granted; a grant cannot name a port yet',
  }];
}
