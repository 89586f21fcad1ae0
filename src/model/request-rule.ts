import { Principal } from './principal';
import { normalizedPath } from './request-path';
import { TokenLimits } from './token';

/** An exact path with its allowed methods. */
export interface Endpoint {
  readonly path: string;
  readonly methods: readonly string[];
}

/** Suffix of a path that stands for every path below it, as in policies of Istio. */
export const BELOW = '/*';

/**
 * Returns whether the path of a request is one of `paths`, or is below a path that ends in `/*`. It normalizes the path and ignores the
 * query, as proxies do.
 */
export function isAmong(paths: readonly string[], path: string): boolean {
  const asked = normalizedPath(path);
  return paths.some((one) => (one.endsWith(BELOW) ? asked.startsWith(one.slice(0, -1)) : asked === one));
}

/** Limits on the requests that are allowed. Fields that are undefined do not limit. */
export interface RequestLimits {
  readonly endpoints?: readonly Endpoint[];
  /** Paths with every method, exact or ending in `/*`. All paths if undefined. */
  readonly paths?: readonly string[];
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
  /** Ports of the Service. All ports if undefined. */
  readonly ports?: readonly number[];
}

/** Returns the rules that allow CORS preflights, which browsers send without credentials before the actual request. */
export function preflights(
  origins: readonly string[] | undefined, endpoints: readonly Endpoint[] | undefined, principals: readonly Principal[],
): RequestRule[] {
  if (!origins || origins.length === 0 || !endpoints || principals.length === 0) return [];
  return [{ principals, endpoints: endpoints.map(({ path }) => ({ path, methods: ['OPTIONS'] })), preflightsOf: origins }];
}

/** Splits rules by token requirement. Rules with the requirement of every request come first, then rules with another requirement. */
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
  /** Paths whose requests need no token, exact or ending in `/*`. */
  readonly exemptPaths: readonly string[];
}

/** Returns the limits of requests that need no token although others need one. */
export function exemptLimits(jwt: JwtFacts | undefined): RequestLimits[] {
  return jwt?.required && jwt.exemptPaths.length > 0 ? [{ paths: jwt.exemptPaths }] : [];
}

/** External authorizer of every request. */
export interface ExternalAuthorizerFacts {
  /** Name of the extension provider in the mesh configuration. */
  readonly provider: string;
  readonly serviceName: string;
  readonly serviceNamespace: string;
}
