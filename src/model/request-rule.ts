import { Principal } from './principal';
import { TokenLimits } from './token';

/** An exact path with its allowed methods. */
export interface Endpoint {
  readonly path: string;
  readonly methods: readonly string[];
}

/** Limits on the requests that are allowed. Fields that are undefined do not limit. */
export interface RequestLimits {
  readonly endpoints?: readonly Endpoint[];
  /** Requirements on the token. No token is required if undefined. */
  readonly token?: TokenLimits;
  /** Origins whose CORS preflights (Fetch) are allowed. Requests need not be preflights if undefined. */
  readonly preflightsOf?: readonly string[];
  /** Requirements on the mirrored MCP headers, which the server validates against the body. */
  readonly mcp?: McpLimits;
}

/** MCP methods and names from the mirrored headers of a request (MCP 2026-07-28, transports). */
export interface McpLimits {
  readonly methods: readonly string[];
  /** Names of tools or prompts, or URIs of resources. Undefined if the methods have no name. */
  readonly names?: readonly string[];
}

/** First MCP revision in which servers reject requests whose headers differ from the body. */
export const MIRRORING_REVISION = '2026-07-28';

/** Mirrored MCP headers, in lower case. */
export const MIRRORED_HEADERS = { revision: 'mcp-protocol-version', method: 'mcp-method', name: 'mcp-name' } as const;

/** A request rule of a callee: principals and the requests that they may make. */
export interface RequestRule extends RequestLimits {
  readonly principals: readonly Principal[];
}

/** Returns the rules that allow CORS preflights, which browsers send without credentials before the actual request. */
export function preflights(
  origins: readonly string[] | undefined, endpoints: readonly Endpoint[] | undefined, principals: readonly Principal[],
): RequestRule[] {
  if (!origins || origins.length === 0 || !endpoints || principals.length === 0) return [];
  return [{ principals, endpoints: endpoints.map(({ path }) => ({ path, methods: ['OPTIONS'] })), preflightsOf: origins }];
}

/** Splits rules by token requirement, in one order: those with the requirement of every request, then those with a requirement of their own. */
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

/** JWT validation of requests. */
export interface JwtFacts {
  readonly issuer: string;
  readonly audiences: readonly string[];
  /** Keys of the issuer: a URI or an inline JSON Web Key Set. */
  readonly keys: { readonly uri?: string; readonly inline?: string };
  /** Whether every request needs a token. Otherwise only callers with a grant by token need one. */
  readonly required: boolean;
}

/** External authorizer of every request. */
export interface ExternalAuthorizerFacts {
  /** Name of the extension provider in the mesh configuration. */
  readonly provider: string;
  readonly serviceName: string;
  readonly serviceNamespace: string;
}
