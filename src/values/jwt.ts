import { GatewayJwtFacts } from '../model/gateway';
import { JwtFacts } from '../model/request-rule';

/**
 * JWT validation of requests, in addition to the authorization by mesh identity (sources: Istio 1.30, RequestAuthentication; agentgateway
 * 1.4, jwtAuthentication).
 */
export interface JwtRequirement {
  /** Issuer of the tokens, as in the claim `iss`. */
  readonly issuer: string;
  /**
   * Accepted audiences. The claim `aud` of a token must contain at least one of them.
   *
   * @default - any audience
   */
  readonly audiences?: string[];
  /**
   * URL of the JSON Web Key Set of the issuer, with `https://` or `http://`. istiod or the agentgateway controller fetches it, so their
   * egress must allow the URL. Set exactly one of `jwksUri` and `jwks`.
   *
   * @default - the inline keys of `jwks`
   */
  readonly jwksUri?: string;
  /**
   * Public keys of the issuer as an inline JSON Web Key Set. Set exactly one of `jwksUri` and `jwks`.
   *
   * @default - the keys of `jwksUri`
   */
  readonly jwks?: string;
  /**
   * Whether every request needs a valid token. If false, requests without a token are allowed for callers with a grant by identity, and
   * requests with an invalid token are still denied. Callers with a grant by token (`TokenCaller`) always need one.
   *
   * @default true
   */
  readonly required?: boolean;
  /**
   * Paths at which requests need no token, such as "/.well-known/agent-card.json", or "/docs/*" for every path below "/docs/". Callers
   * still need a grant, and requests with an invalid token are still denied. Proxies compare paths without the query and with dot segments
   * resolved. They do not decode escaped slashes: "/docs/..%2fadmin" is below "/docs/", so use exact paths if the server decodes them.
   * Synth fails for an `McpToolBoundary`, which accepts requests at its endpoint only.
   *
   * @default - none: every request needs a token
   */
  readonly exemptPaths?: string[];
}

/**
 * JWT validation at an edge gateway. The gateway validates the token of each request that it receives, also from pods of the mesh. Calls
 * between workloads that do not pass the gateway are not checked (source: Istio 1.31, RequestAuthentication).
 */
export interface GatewayJwtRequirement extends JwtRequirement {
  /**
   * Claims that the gateway sends to the targets of routes as headers, by header name, such as `{ 'x-user': 'sub' }`. The gateway removes
   * these headers from client requests, so that clients cannot set them. It denies requests with a header that differs only by "_" instead
   * of "-", because many servers treat both as the same header. A header name has up to six parts of lower case letters and digits, with
   * "-" between them. The value of a claim should be a string, a number or a boolean. Lists and objects are encoded as base64.
   *
   * @default - no headers
   */
  readonly claimHeaders?: { [header: string]: string };
  /**
   * Whether the gateway forwards the token to the targets of routes. Set it to true if a target has `jwt` too, because the target then
   * validates the token again.
   *
   * @default false
   */
  readonly forwardToken?: boolean;
}

export function jwtFacts({ issuer, audiences, jwksUri, jwks, required, exemptPaths }: JwtRequirement): JwtFacts {
  return {
    issuer, audiences: [...audiences ?? []], keys: { uri: jwksUri, inline: jwks }, required: required ?? true, exemptPaths: [...new Set(exemptPaths)],
  };
}

export function gatewayJwtFacts({ claimHeaders, forwardToken, ...jwt }: GatewayJwtRequirement): GatewayJwtFacts {
  const sorted = Object.entries(claimHeaders ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return { ...jwtFacts(jwt), claimHeaders: Object.fromEntries(sorted), isForwarded: forwardToken ?? false };
}
