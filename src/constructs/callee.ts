import { Trait } from '../model/trait';
import { WorkloadNode } from '../model/workload';
import { ICallee } from '../values/call';
import { workloadDescription } from '../values/workload';

/** The pods of what is called and is no Workload itself. */
export const calleeWorkload = new Trait<WorkloadNode>('an agent\'s version or an McpToolBoundary');

/** @throws where it has no place in a mesh */
export function workloadOf(callee: ICallee): WorkloadNode {
  const description = workloadDescription.find(callee);
  return description?.kind === 'bound' ? description.node : calleeWorkload.of(callee);
}
