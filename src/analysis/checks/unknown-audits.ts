import { MeshModel } from '../../model/mesh';
import { CheckResult, listed } from '../../model/problem';

/** Reports audit-only namespaces that the mesh does not have. The namespace that was meant would enforce. */
export function unknownAudits({ facts, namespaces }: MeshModel): CheckResult[] {
  return facts.auditOnlyNamespaces.filter((name) => !namespaces.has(name)).map((name) => ({
    path: facts.origin.path,
    message: 'a namespace in `auditOnlyNamespaces` does not belong to the mesh',
    actual: name,
    expected: listed(namespaces.keys()),
    fix: 'correct the name, or add the namespace to `existingNamespaces`',
  }));
}
