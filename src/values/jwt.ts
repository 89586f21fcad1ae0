import { JwtFacts } from '../model/request-rule';

/**
 * JWT validation of requests, in addition to the caller identity (Istio 1.30, RequestAuthentication; agentgateway 1.4, jwtAuthentication).
 */
export interface JwtRequirement {
  /** Issuer of the tokens, as in the claim `iss`. */
  readonly issuer: string;
  /**
   * Accepted audiences. A token must contain at least one of them.
   *
   * @default - any audience
   */
  readonly audiences?: string[];
  /**
   * URL of the public keys of the issuer, `https://` or `http://`. The control plane of Istio or agentgateway fetches them, so its egress
   * must allow the URL.
   *
   * @default - the keys are given inline as `jwks`
   */
  readonly jwksUri?: string;
  /**
   * Public keys of the issuer, inline as a JSON Web Key Set.
   *
   * @default - the keys are fetched from `jwksUri`
   */
  readonly jwks?: string;
  /**
   * Whether every request needs a valid token. No path can be excluded, for example for an agent card. If false, invalid tokens are denied,
   * and only callers with a grant by token (`TokenCaller`) need a token.
   *
   * @default true
   */
  readonly required?: boolean;
}

export function jwtFacts({ issuer, audiences, jwksUri, jwks, required }: JwtRequirement): JwtFacts {
  return { issuer, audiences: [...audiences ?? []], keys: { uri: jwksUri, inline: jwks }, required: required ?? true };
}
