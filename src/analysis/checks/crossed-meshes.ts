import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';

/** A grant to an identity in a namespace that another mesh of the app has, on a data plane that carries nothing to this one. */
export function crossedMeshes({ workloads, toolServers, namespaces, facts: { cluster } }: MeshModel): CheckResult[] {
  const callees = new Set([...workloads, ...toolServers.map(({ endpoint }) => endpoint)]);
  return [...callees].flatMap(({ origin, title, namespace, callers }) => callers.principals.flatMap((principal): CheckResult[] => {
    const gap = namespaces.has(principal.namespace) ? undefined : cluster.gapBetween(principal.namespace, namespace);
    return !gap ? [] : [{
      path: origin.path,
      message: `no data plane carries calls of identity ${principal.namespace}/${principal.serviceAccount} to ${title}`,
      actual: gap,
      expected: 'callers of the same data plane',
      fix: 'put both into one mesh, or drop the grant',
    }];
  }));
}
