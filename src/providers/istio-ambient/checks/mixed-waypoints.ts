import { MeshModel } from '../../../model/mesh';
import { CheckResult } from '../../../model/problem';

/**
 * Reports waypoints that serve namespaces of both stages. A waypoint has one deny-all policy for everything behind it: enforced, it denies
 * the callers of an audit-only namespace; reported, it leaves Services without a policy open in the other namespaces.
 */
export function mixedWaypoints(model: MeshModel): CheckResult[] {
  return model.waypoints.flatMap((waypoint): CheckResult[] => {
    const { origin, name, namespace, deniesByDefault } = waypoint;
    const served = [...new Set([namespace, ...model.namespacesServedBy(waypoint)])].sort();
    const audited = served.filter((one) => model.isAuditOnly(one));
    if (audited.length === 0) return [];
    if (deniesByDefault) {
      return [{
        path: origin.path,
        message: `waypoint ${name} has a deny-all policy of its own (\`deniesByDefault\`), which denies the callers of audit-only namespaces`,
        actual: audited,
        expected: 'a waypoint whose deny-all policy the library writes',
        fix: 'remove the policy and `deniesByDefault`, use another waypoint, or remove the namespaces from `auditOnlyNamespaces`',
      }];
    }
    return audited.length === served.length ? [] : [{
      path: origin.path,
      message: `waypoint ${name} serves audit-only namespaces and namespaces that enforce, but its deny-all policy is for all of them`,
      actual: { auditOnly: audited, enforcing: served.filter((one) => !audited.includes(one)) },
      expected: 'a waypoint for namespaces of one kind',
      fix: 'give the audit-only namespaces a waypoint in one of them, or change `auditOnlyNamespaces`',
    }];
  });
}
