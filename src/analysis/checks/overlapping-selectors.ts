import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';
import { podLabelsOf, WorkloadNode } from '../../model/workload';

type Labels = Readonly<Record<string, string>>;

/** Reports selectors that also match the pods of another workload. The callers of the first workload could then connect to these pods. */
export function overlappingSelectors(model: MeshModel): CheckResult[] {
  const byFirstPair = new Map<string, WorkloadNode[]>();
  for (const workload of model.workloads) {
    const [first] = Object.keys(workload.labels).sort();
    if (first === undefined) continue;
    const pair = pairOf(workload, first, workload.labels);
    const known = byFirstPair.get(pair);
    if (known) known.push(workload);
    else byFirstPair.set(pair, [workload]);
  }
  const problems: CheckResult[] = [];
  for (const workload of model.workloads) {
    const labels = podLabelsOf(workload);
    for (const key of Object.keys(labels)) {
      for (const other of byFirstPair.get(pairOf(workload, key, labels)) ?? []) {
        if (other !== workload && selects(other.labels, labels)) problems.push(overlap(other, workload));
      }
    }
  }
  return problems;
}

function overlap(other: WorkloadNode, workload: WorkloadNode): CheckResult {
  return {
    path: other.origin.path,
    message: `the selector of ${other.title} also matches the pods of ${workload.title}, so callers of ${other.title} could connect to these pods`,
    actual: other.labels,
    expected: 'labels that no other workload in the namespace has',
    fix: 'add a label that only this workload has',
  };
}

function pairOf({ namespace }: WorkloadNode, key: string, labels: Labels): string {
  return `${namespace}\n${key}=${labels[key]}`;
}

function selects(selector: Labels, labels: Labels): boolean {
  return Object.keys(selector).every((key) => labels[key] === selector[key]);
}
