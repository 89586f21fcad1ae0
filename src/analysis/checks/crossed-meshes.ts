import { inferenceEntries } from '../../model/inference-entry';
import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';

/** Reports grants to identities in another mesh of the app whose data plane does not connect to this one. */
export function crossedMeshes(model: MeshModel): CheckResult[] {
  const { workloads, toolServers, namespaces, facts: { cluster } } = model;
  const callees = new Set([...workloads, ...toolServers.map(({ endpoint }) => endpoint), ...inferenceEntries(model)]);
  return [...callees].flatMap(({ origin, title, namespace, callers }) => callers.principals.flatMap((principal): CheckResult[] => {
    const gap = namespaces.has(principal.namespace) ? undefined : cluster.gapBetween(principal.namespace, namespace);
    return !gap ? [] : [{
      path: origin.path,
      message: `identity ${principal.namespace}/${principal.serviceAccount} cannot connect to ${title}, because caller and callee are not on the same data plane`,
      actual: gap,
      expected: 'callers on the same data plane',
      fix: 'define caller and callee in one AgentMesh, or remove the grant',
    }];
  }));
}
