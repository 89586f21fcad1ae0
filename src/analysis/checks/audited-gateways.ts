import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';
import { targetsOf } from '../../model/route';

/**
 * Reports existing gateways of audit-only namespaces with targets in namespaces that enforce. The targets accept every request of the
 * gateway, and nothing limits the gateway to its hosts.
 */
export function auditedGateways(model: MeshModel): CheckResult[] {
  return model.gateways.filter(({ namespace }) => model.isAuditOnly(namespace)).flatMap((gateway): CheckResult[] => {
    const targets = model.routesOf(gateway).flatMap(targetsOf)
      .map((target) => (target.kind === 'pool' ? target.pool.namespace : target.workload.namespace));
    const pools = model.poolsOf(gateway).map(({ namespace }) => namespace);
    const enforcing = [...new Set([...targets, ...pools])].filter((name) => !model.isAuditOnly(name)).sort();
    return enforcing.length === 0 ? [] : [{
      path: gateway.origin.path,
      message: `gateway ${gateway.name} is in an audit-only namespace, so nothing limits it to its hosts, but it has targets in namespaces that enforce`,
      actual: { auditOnly: gateway.namespace, enforcing },
      expected: 'targets in audit-only namespaces',
      fix: `remove ${gateway.namespace} from \`auditOnlyNamespaces\` first, or add the namespaces of the targets`,
    }];
  });
}
