import { MeshModel } from '../../model/mesh';
import { grantedPorts } from '../../model/port-rules';
import { CheckResult } from '../../model/problem';
import { calledPorts } from '../../model/workload';

/**
 * Reports grants of the port that callers use. With such a grant, callers could connect to the pods directly and bypass the checks of a
 * waypoint. A version that a pool serves has no port that callers use.
 */
export function grantedCalledPorts({ workloads }: MeshModel): CheckResult[] {
  return workloads.flatMap((workload): CheckResult[] => {
    const called = calledPorts(workload);
    return grantedPorts(workload).filter(({ port }) => called.includes(port)).map(({ port, callers }) => ({
      path: workload.origin.path,
      message: `\`grantPorts\` or \`metricsPort\` names port ${port} of ${workload.title}, the port that callers with grantCall use`,
      actual: callers.all.map(({ title }) => title),
      expected: 'other ports of the workload in `grantPorts` and `metricsPort`',
      fix: 'use grantCall for this port, or serve metrics at another port',
    }));
  });
}
