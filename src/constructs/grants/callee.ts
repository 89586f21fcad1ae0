import { Trait } from '../../model/trait';
import { WorkloadNode } from '../../model/workload';
import { ICallee } from '../../values/call';
import { CalleeReference } from '../../values/references';
import { referencedWorkload, workloadDescription } from '../../values/workload';

const workloads = new Trait<() => readonly WorkloadNode[]>('an Agent, a version of one, or an McpToolBoundary');

/** Returns a reference to a construct as a callee. `pods` returns its workloads, such as the versions of an agent. */
export function calleeReference(title: string, pods: () => readonly WorkloadNode[]): CalleeReference {
  const reference = CalleeReference._of(title);
  workloads.give(reference, pods);
  return reference;
}

/** Returns the workloads of a callee. A workload that does not belong to a mesh yet has none. */
export function workloadsOf({ asCallee }: ICallee): readonly WorkloadNode[] {
  const workload = referencedWorkload.find(asCallee);
  if (!workload) return workloads.of(asCallee)();
  const description = workloadDescription.of(workload);
  return description.kind === 'bound' ? [description.node] : [];
}
