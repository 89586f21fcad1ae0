import { versionProblem } from '../../model/names';
import { WaypointNode } from '../../model/waypoint';
import { WorkloadNode } from '../../model/workload';
import { Workload, workloadDescription } from '../../values/workload';
import { Membership } from '../membership/membership';

/** Returns the stem of the names of a version's objects. */
export function versionStem(member: Membership, agentName: string, version: string): string {
  const stem = `${agentName}-${version}`;
  const problem = versionProblem(version);
  member.report(problem);
  return problem ? stem : member.name('the name of the version', stem);
}

/** Reports an agent whose `namespace` is not the namespace of its existing pods. */
export function checkNamespace(member: Membership, title: string, stated: string | undefined, workload: Workload): void {
  const description = workloadDescription.of(workload);
  const own = description.kind === 'existing' ? description.namespace : undefined;
  if (stated === undefined || own === undefined || stated === own) return;
  member.report({
    message: `the namespace of ${title} is not the namespace of its pods`, actual: [stated, own], expected: 'one namespace for both', fix: 'remove `namespace` from the agent',
  });
}

/** Reports a waypoint for a workload without a Service: a waypoint inspects requests to Services only. */
export function checkReadable(member: Membership, { title, service }: WorkloadNode, waypoint: WaypointNode): void {
  if (service) return;
  member.report({
    message: `a waypoint cannot inspect requests to ${title}: it has no Service`, actual: waypoint.name, expected: 'a workload with a Service',
    fix: 'give it a Service (set `ports`, do not set `service` to false), or remove the waypoint',
  });
}
