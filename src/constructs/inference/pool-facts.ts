import { PoolNode } from '../../model/pool';
import { Located } from '../../model/problem';
import { ServiceNode } from '../../model/service';
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
