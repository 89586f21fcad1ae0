import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';
import { tenantTitle } from '../../model/tenant';

/** Reports grants to identities in another mesh of the app whose data plane does not connect to this one. */
export function crossedMeshes({ workloads, toolServers, pools, tenants, namespaces, facts: { cluster } }: MeshModel): CheckResult[] {
  const callees = new Set([
    ...workloads, ...toolServers.map(({ endpoint }) => endpoint), ...pools.map((pool) => ({ ...pool, title: `pool ${pool.name}` })),
    ...tenants.map((tenant) => ({ ...tenant, namespace: tenant.pool.namespace, title: tenantTitle(tenant) })),
  ]);
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
