import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';
import { calledPorts, WorkloadNode } from '../../model/workload';

/** A grant opens the port that callers use; whoever granted it may have meant another one too. */
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
    message: `the grants of ${title} open port ${open.join(', ')} of its pods; its other ports stay closed to every caller`,
    actual: closed,
    expected: 'calls of the first port, or of the port behind the Service of the team',
    fix: 'list a port first to have it granted; a grant cannot name a port yet',
  }];
}
