import { Trait } from '../model/trait';
import { WorkloadNode } from '../model/workload';
import { ICallee } from '../values/call';
import { workloadDescription } from '../values/workload';

/** The pods of what is called and is no Workload itself: of an agent, those of each version. */
export const calleeWorkloads = new Trait<() => readonly WorkloadNode[]>('an Agent, a version of one, or an McpToolBoundary');

/** None of a workload that has no place in a mesh yet. */
export function workloadsOf(callee: ICallee): readonly WorkloadNode[] {
  const description = workloadDescription.find(callee);
  if (!description) return calleeWorkloads.of(callee)();
  return description.kind === 'bound' ? [description.node] : [];
}
