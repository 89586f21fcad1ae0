import { Construct } from 'constructs';
import { nameProblem, versionProblem } from '../../model/names';
import { WaypointNode } from '../../model/waypoint';
import { WorkloadNode } from '../../model/workload';
import { Workload, workloadDescription } from '../../values/workload';
import { freeId } from '../membership/construct-ids';
import { freshId, Membership } from '../membership/membership';
import { ROUTE_ID } from '../routing/mesh-faults';

/** Construct id of the ServiceAccount. */
export const ACCOUNT_ID = 'service-account';

/** Construct ids of other objects of the agent. No version may have them. */
const RESERVED: readonly string[] = [ACCOUNT_ID, ROUTE_ID];

/** Returns the construct id of a version. A version whose name is invalid gets a free id, because the name itself is reported. */
export function versionId(scope: Construct, member: Membership, version: string): string {
  if (RESERVED.includes(version)) {
    member.report({ message: 'the name of the version is already the construct id of another object of the agent', actual: version, expected: 'any other version name', fix: 'rename the version' });
  }
  return RESERVED.includes(version) || versionProblem(version) ? freeId(scope, `version-${version}`) : freshId(scope, version);
}

/** Returns the name with which the names of all objects of a version begin. */
export function versionStem(member: Membership, agentName: string, version: string): string {
  const stem = `${agentName}-${version}`;
  const problem = versionProblem(version);
  member.report(problem);
  const isReported = problem !== undefined || nameProblem('the name of the agent', agentName) !== undefined;
  return isReported ? stem : member.name('the name of the version', stem);
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
    message: `${title} has no Service, so a waypoint cannot inspect requests to it`, actual: waypoint.name, expected: 'a workload with a Service',
    fix: 'give the agent a Service (set `ports`, do not set `service` to false), or remove `waypoint`',
  });
}
