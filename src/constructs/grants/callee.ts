import { Trait } from '../../model/trait';
import { WorkloadNode } from '../../model/workload';
import { ICallee } from '../../values/call';
import { workloadDescription } from '../../values/workload';

/** The pods of a callee that is not a Workload. For an agent: the pods of each version. */
export const calleeWorkloads = new Trait<() => readonly WorkloadNode[]>('an Agent, a version of one, or an McpToolBoundary');

/** Returns the workloads of a callee; none for a workload that does not belong to a mesh yet. */
export function workloadsOf(callee: ICallee): readonly WorkloadNode[] {
  const description = workloadDescription.find(callee);
  if (!description) return calleeWorkloads.of(callee)();
  return description.kind === 'bound' ? [description.node] : [];
}
