import { PoolNode } from '../../model/pool';
import { Trait } from '../../model/trait';

/** The node of an InferencePool, or "reported" if it has a problem that was already reported. */
export const poolNode = new Trait<PoolNode | 'reported'>('an InferencePool');
