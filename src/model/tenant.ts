import { Callers } from './callers';
import { ObjectiveNode } from './objective';
import { PoolNode } from './pool';
import { Located } from './problem';
import { ServiceNode } from './service';

/** Callers inside the mesh whose requests to a pool count as those of one tenant, at one priority. */
export interface TenantNode {
  readonly origin: Located;
  /** Names of the pool and of the tenant, which name its objects. */
  readonly name: string;
  readonly pool: PoolNode;
  /** Value of the header by which the endpoint picker divides capacity. */
  readonly fairnessId: string;
  /** Priority of the requests. The default priority if undefined. */
  readonly objective?: ObjectiveNode;
  readonly callers: Callers;
  /** Service through which the callers reach the pool. */
  readonly entry: ServiceNode;
  /** Port of the tenant at the gateway that sets the headers. */
  readonly innerPort: number;
  readonly speaksGrpc?: boolean;
}

/** Suffix of the Service of a tenant. */
export const TENANT_SUFFIX = '-tenant';

/** Returns the Service through which the callers of a tenant reach a pool. */
export function tenantEntry(name: string, namespace: string, targetPort: number): ServiceNode {
  return { name: `${name}${TENANT_SUFFIX}`, namespace, port: 80, targetPort };
}

/** Returns the display name, such as "tenant research of pool llama". */
export function tenantTitle({ fairnessId, pool }: Pick<TenantNode, 'fairnessId' | 'pool'>): string {
  return `tenant ${fairnessId} of pool ${pool.name}`;
}
