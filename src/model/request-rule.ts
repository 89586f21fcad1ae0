import { Principal } from './principal';

/** The only requests that a workload takes from its callers. */
export interface RequestLimits {
  /** Exact paths. */
  readonly paths: readonly string[];
  readonly methods: readonly string[];
}

/** The requests that one callee takes, for who reads requests before it. */
export interface RequestRule extends Partial<RequestLimits> {
  readonly principals: readonly Principal[];
}
