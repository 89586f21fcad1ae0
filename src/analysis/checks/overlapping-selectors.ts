import { MeshModel } from '../../model/mesh';
import { Problem } from '../../model/problem';
import { WorkloadNode } from '../../model/workload';

/** A selector that also finds another workload's pods would open them to the callers of the first. */
export function overlappingSelectors(model: MeshModel): Problem[] {
  const byPair = new Map<string, WorkloadNode[]>();
  for (const workload of model.workloads) {
    const [first] = pairsOf(workload.namespace, workload.labels);
    if (first === undefined) continue;
    byPair.set(first, [...byPair.get(first) ?? [], workload]);
  }
  const problems: Problem[] = [];
  for (const workload of model.workloads) {
    const labels = { ...workload.deployment?.podLabels, ...workload.labels };
    for (const other of pairsOf(workload.namespace, labels).flatMap((pair) => byPair.get(pair) ?? [])) {
      if (other === workload || !selects(other.labels, labels)) continue;
      problems.push({
        path: other.path,
        what: `the selector of ${other.title} also finds the pods of ${workload.title}, and would open them to the same callers`,
        got: other.labels,
        allowed: 'labels that no other workload of the namespace has',
        next: 'select by a label of its own',
      });
    }
  }
  return problems;
}

function pairsOf(namespace: string, labels: Readonly<Record<string, string>>): string[] {
  return Object.keys(labels).sort().map((key) => `${namespace}\n${key}=${labels[key]}`);
}

function selects(selector: Readonly<Record<string, string>>, labels: Readonly<Record<string, string>>): boolean {
  return Object.entries(selector).every(([key, value]) => labels[key] === value);
}
