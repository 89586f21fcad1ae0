import { Principal } from './principal';
import { TokenLimits } from './token';

/** A path, exactly, and the methods that it may be asked by. */
export interface Endpoint {
  readonly path: string;
  readonly methods: readonly string[];
}

/** The only requests that a workload takes; what is not stated is not limited. */
export interface RequestLimits {
  readonly endpoints?: readonly Endpoint[];
  /** What their token must say; none stated where none need be carried. */
  readonly token?: TokenLimits;
  /** Of which web pages they must be the preflights (Fetch, CORS); none stated where they need be none. */
  readonly preflightsOf?: readonly string[];
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

/** What browsers ask before the requests of pages: without credentials, and of an endpoint that may be asked for something else. */
export function preflights(
  origins: readonly string[] | undefined, endpoints: readonly Endpoint[] | undefined, principals: readonly Principal[],
): RequestRule[] {
  if (!origins || origins.length === 0 || !endpoints || principals.length === 0) return [];
  return [{ principals, endpoints: endpoints.map(({ path }) => ({ path, methods: ['OPTIONS'] })), preflightsOf: origins }];
}

/** Each rule once for each token that its callers need, in one order: the one that every request needs, then those of their own. */
export function splitByToken(rules: readonly RequestRule[], everyones: TokenLimits | undefined): RequestRule[] {
  const first = keyOf(everyones);
  return rules.flatMap((rule) => {
    const byToken = new Map<string, { readonly token?: TokenLimits; readonly principals: Principal[] }>();
    for (const principal of rule.principals) {
      const token = principal.token ?? everyones;
      const key = keyOf(token);
      const alike = byToken.get(key) ?? { token, principals: [] };
      byToken.set(key, alike);
      alike.principals.push(principal);
    }
    const ordered = byToken.size < 2 ? [...byToken] : [...byToken].sort(([a], [b]) => (a === first || (b !== first && a < b) ? -1 : 1));
    return ordered.map(([, { token, principals }]) => ({ ...rule, principals, ...(token && { token }) }));
  });
}

function keyOf(token: TokenLimits | undefined): string {
  return JSON.stringify(token) ?? '';
}

/** Tokens that requests carry. */
export interface JwtFacts {
  readonly issuer: string;
  readonly audiences: readonly string[];
  /** Where the issuer's keys are, or the keys themselves: one of the two. */
  readonly keys: { readonly uri?: string; readonly inline?: string };
  /** Whether every request must carry one; otherwise those of callers who were granted something by what it says. */
  readonly required: boolean;
}

/** Who is asked about every request. */
export interface ExternalAuthorizerFacts {
  /** As the mesh's configuration names it. */
  readonly provider: string;
  readonly serviceName: string;
  readonly serviceNamespace: string;
}
