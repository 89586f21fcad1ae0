import { Principal } from './principal';

/** The only requests that a workload takes; what is not stated is not limited. */
export interface RequestLimits {
  /** Exact paths. */
  readonly paths?: readonly string[];
  readonly methods?: readonly string[];
  /** Whose tokens they must carry. */
  readonly tokenIssuer?: string;
  /** What they must say of themselves in headers that the server checks against their body. */
  readonly mcp?: McpLimits;
}

/** Methods and names of MCP requests, as their mirrored headers say (MCP 2026-07-28, transports). */
export interface McpLimits {
  readonly methods: readonly string[];
  /** Of tools, prompts or URIs; none stated where the methods name nothing. */
  readonly names?: readonly string[];
}

/** The revision from which on a server refuses requests whose headers do not say what their body says. */
export const MIRRORING_REVISION = '2026-07-28';

/** Headers that mirror the body, in lower case. */
export const MIRRORED_HEADERS = { revision: 'mcp-protocol-version', method: 'mcp-method', name: 'mcp-name' } as const;

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
