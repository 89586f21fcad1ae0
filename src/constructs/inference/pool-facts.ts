import { Construct } from 'constructs';
import { PoolNode } from '../../model/pool';
import { Located } from '../../model/problem';
import { ServiceNode } from '../../model/service';
import { TenantNode } from '../../model/tenant';
import { Trait } from '../../model/trait';
import { Reporter } from '../membership/reporter';

/** The node of an InferencePool, or "reported" if the pool has a problem and was not created. */
export const poolNode = new Trait<PoolNode | 'reported'>('an InferencePool');

/** What grants need to know of an InferencePool. */
export interface PoolFacts {
  readonly member: Reporter & Located;
  /** Undefined if the pool has a problem and was not created. */
  readonly node?: PoolNode;
  readonly entry: ServiceNode;
}

/** Facts of the construct of a pool. */
export const poolFacts = new Trait<PoolFacts>('an InferencePool');

/** Emits the entry of a pool for callers inside the mesh, once. */
export const poolOpening = new Trait<() => void>('an InferencePool');

/** What grants need to know of a tenant. */
export interface TenantFacts {
  readonly member: Reporter & Located;
  /** Undefined if the tenant has a problem and was not created. */
  readonly node?: TenantNode;
  readonly entry: ServiceNode;
}

/** Facts of the construct of a tenant, and of the tenant as a callee. */
export const tenantFacts = new Trait<TenantFacts>('an InferenceTenant');

/** Emits a tenant of a pool in a scope. */
export const tenantEmission = new Trait<(scope: Construct, tenant: TenantNode) => void>('an InferencePool');
