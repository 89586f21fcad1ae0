import { Principal } from './principal';

/** The requests that one callee takes, for who reads requests before it. */
export interface RequestRule {
  readonly principals: readonly Principal[];
  /** Exact paths; none stated means every path. */
  readonly paths?: readonly string[];
  readonly methods?: readonly string[];
}
