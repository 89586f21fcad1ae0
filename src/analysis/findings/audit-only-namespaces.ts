import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';

/** Reports namespaces that enforce nothing, so that nobody takes them for protected. */
export function auditOnlyNamespaces({ facts }: MeshModel): CheckResult[] {
  return [...new Set(facts.auditOnlyNamespaces)].sort().map((name) => ({
    path: facts.origin.path,
    message: `namespace ${name} is audit-only: every caller is allowed, also without mutual TLS`,
    actual: name,
    expected: 'namespaces that enforce, once the proxies report no denials',
    fix: 'remove it from `auditOnlyNamespaces`',
  }));
}
