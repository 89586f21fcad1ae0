import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';

/**
 * Reports namespaces that another mesh of the cluster already includes. Each mesh would enroll the namespace differently and deny the
 * callers of workloads that it does not know.
 */
export function sharedNamespaces({ namespaces, facts: { origin, cluster } }: MeshModel): CheckResult[] {
  return [...namespaces.values()].flatMap(({ name, existing }): CheckResult[] => {
    const mesh = cluster.meshOf(name);
    const first = mesh?.facts.origin;
    const isMadeTwice = !existing && !mesh?.namespaces.get(name)?.existing; // reported as one object of two
    return !first || first === origin || isMadeTwice ? [] : [{
      path: origin.path,
      message: `two meshes of one cluster include namespace ${name}, so the policies of each mesh deny callers that the other allows`,
      actual: [first.path, origin.path],
      expected: 'each namespace in one mesh',
      fix: 'define the workloads of this namespace in one of the two meshes; if the meshes go to two clusters, give each mesh a `Cluster` with a `name`',
    }];
  });
}
