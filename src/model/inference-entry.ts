import { Callers } from './callers';
import { PoolNode } from './pool';
import { Located } from './problem';
import { ServiceNode } from './service';
import { TenantNode, tenantTitle } from './tenant';

/** What callers inside the mesh reach at an address and a port of its own: a pool, or a tenant of a pool. */
export interface InferenceEntry {
  readonly kind: 'pool' | 'tenant';
  readonly origin: Located;
  readonly title: string;
  readonly namespace: string;
  readonly callers: Callers;
  /** The address. That of a pool exists only if the pool has callers. */
  readonly entry: ServiceNode;
  readonly isEmitted: boolean;
  /** Port of the gateway behind the address. */
  readonly innerPort: number;
}

interface InferenceLists {
  readonly pools: readonly PoolNode[];
  readonly tenants: readonly TenantNode[];
}

/** Returns the entries of all pools and tenants of a mesh. What holds for grants or addresses of one holds for all of them. */
export function inferenceEntries({ pools, tenants }: InferenceLists): InferenceEntry[] {
  return [
    ...pools.map(({ origin, name, namespace, callers, entry, innerPort }): InferenceEntry =>
      ({ kind: 'pool', origin, title: `pool ${name}`, namespace, callers, entry, isEmitted: !callers.isEmpty, innerPort })),
    ...tenants.map((tenant): InferenceEntry => {
      const { origin, pool: { namespace }, callers, entry, innerPort } = tenant;
      return { kind: 'tenant', origin, title: tenantTitle(tenant), namespace, callers, entry, isEmitted: true, innerPort };
    }),
  ];
}
