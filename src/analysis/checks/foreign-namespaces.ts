import { MeshModel } from '../../model/mesh';
import { CheckResult, listed } from '../../model/problem';

/**
 * Reports workloads outside the namespaces of the mesh, and system namespaces in the mesh. The mesh denies by default in whole namespaces,
 * so it never adds one implicitly.
 */
export function foreignNamespaces(model: MeshModel): CheckResult[] {
  const problems: CheckResult[] = [];
  for (const { origin, title, namespace } of model.workloads) {
    if (model.namespaces.has(namespace)) continue;
    problems.push({
      path: origin.path,
      message: `${title} runs in a namespace that is not in the mesh`,
      actual: namespace,
      expected: listed(model.namespaces.keys()),
      fix: 'add the namespace to `existingNamespaces` (the mesh then denies all traffic to every pod of the namespace, unless a grant allows it); if the workload only calls and is never called, use Identity.of instead',
    });
  }
  const taken = model.facts.systemNamespaces.filter((name) => model.namespaces.has(name));
  if (taken.length > 0) {
    problems.push({
      path: model.facts.origin.path, message: 'the mesh includes a system namespace, where its deny-all policy would block components of the cluster', actual: taken,
      expected: 'namespaces of your own', fix: 'move the constructs of the mesh to another namespace',
    });
  }
  return problems;
}
