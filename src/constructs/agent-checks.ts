import { Membership } from './membership';
import { versionProblem } from '../model/names';
import { WaypointNode } from '../model/waypoint';
import { WorkloadNode } from '../model/workload';
import { Workload, workloadDescription } from '../values/workload';

/** The stem of the names of a version's objects. */
export function versionStem(member: Membership, agentName: string, version: string): string {
  const stem = `${agentName}-${version}`;
  const problem = versionProblem(version);
  member.report(problem);
  return problem ? stem : member.name('the name of the version', stem);
}

/** A namespace that is stated of an agent is that of its pods. */
export function checkNamespace(member: Membership, title: string, stated: string | undefined, workload: Workload): void {
  const description = workloadDescription.of(workload);
  const own = description.kind === 'existing' ? description.namespace : undefined;
  if (stated === undefined || own === undefined || stated === own) return;
  member.report({
    message: `the pods of ${title} run elsewhere than the agent is said to be`, actual: [stated, own], expected: 'one namespace', fix: 'drop `namespace` of one of the two',
  });
}

/** A waypoint reads the requests to Services. */
export function checkReadable(member: Membership, { title, service }: WorkloadNode, waypoint: WaypointNode): void {
  if (service) return;
  member.report({
    message: `requests to ${title} cannot be read at a waypoint: it has no Service`, actual: waypoint.name, expected: 'a workload with a Service',
    fix: 'let it have one (`ports`, and not `service: false`), or drop the waypoint',
  });
}
