import { MeshModel } from '../../model/mesh';
import { CheckResult, listed } from '../../model/problem';

/** Where Kubernetes, Istio and Linkerd live: a deny-all there would stop the cluster, or every mesh of it. */
const SYSTEM = ['istio-system', 'kube-node-lease', 'kube-public', 'kube-system', 'linkerd', 'linkerd-multicluster'];

/** The mesh closes whole namespaces, so it takes none that it was not told to take. */
export function foreignNamespaces(model: MeshModel): CheckResult[] {
  const problems: CheckResult[] = [];
  for (const { origin, title, namespace } of model.workloads) {
    if (model.namespaces.has(namespace)) continue;
    problems.push({
      path: origin.path,
      message: `${title} runs in a namespace that is not one of the mesh`,
      actual: namespace,
      expected: listed(model.namespaces.keys()),
      fix: 'name it in `existingNamespaces`, if it is enrolled as that says: the mesh then denies by default everything that runs there, whoever runs it',
    });
  }
  const taken = SYSTEM.filter((name) => model.namespaces.has(name));
  if (taken.length > 0) {
    problems.push({
      path: model.facts.origin.path, message: 'the mesh would close a namespace of the system', actual: taken,
      expected: 'namespaces of your own', fix: 'put what you define into another namespace',
    });
  }
  return problems;
}
