import { Principal } from './principal';

/** The only requests that a workload takes; what is not stated is not limited. */
export interface RequestLimits {
  /** Exact paths. */
  readonly paths?: readonly string[];
  readonly methods?: readonly string[];
  /** Whose tokens they must carry. */
  readonly tokenIssuer?: string;
}

/** The requests that one callee takes, for who reads requests before it. */
export interface RequestRule extends RequestLimits {
  readonly principals: readonly Principal[];
}

/** Tokens that requests must carry. */
export interface JwtFacts {
  readonly issuer: string;
  readonly audiences: readonly string[];
  /** Where the issuer's keys are, or the keys themselves: one of the two. */
  readonly keys: { readonly uri?: string; readonly inline?: string };
}

/** Who is asked about every request. */
export interface ExternalAuthorizerFacts {
  /** As the mesh's configuration names it. */
  readonly provider: string;
  readonly serviceName: string;
  readonly serviceNamespace: string;
}
