import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';

/** A namespace that another mesh of the cluster has already: each would enrol and close it its own way, and neither knows the other's workloads. */
export function sharedNamespaces({ namespaces, facts: { origin, cluster } }: MeshModel): CheckResult[] {
  return [...namespaces.values()].flatMap(({ name, existing }): CheckResult[] => {
    const mesh = cluster.meshOf(name);
    const first = mesh?.facts.origin;
    const isMadeTwice = !existing && !mesh?.namespaces.get(name)?.existing; // reported as one object of two
    return !first || first === origin || isMadeTwice ? [] : [{
      path: origin.path,
      message: `namespace ${name} is one of two meshes of a cluster, and each closes what the other opens there`,
      actual: [first.path, origin.path],
      expected: 'one mesh for each namespace',
      fix: 'define what runs there in one of the two; or state `clusterName` of each mesh, if they go to two clusters',
    }];
  });
}
