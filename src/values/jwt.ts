import { JwtFacts } from '../model/request-rule';

/** Tokens of requests, which are verified beside the identity of who calls (Istio 1.30, RequestAuthentication; agentgateway 1.4, jwtAuthentication). */
export interface JwtRequirement {
  /** Who issues them, as in the claim `iss`. */
  readonly issuer: string;
  /**
   * Audiences of which a token must name one.
   *
   * @default - any
   */
  readonly audiences?: string[];
  /**
   * Address of the issuer's public keys, `https://` or `http://`. Istio's control plane fetches them, or agentgateway's, and must be
   * let out to it.
   *
   * @default - none: they are stated as `jwks`
   */
  readonly jwksUri?: string;
  /**
   * The issuer's public keys themselves, as a JSON Web Key Set.
   *
   * @default - none: they are fetched from `jwksUri`
   */
  readonly jwks?: string;
  /**
   * Whether every request must carry one, whatever its path: no path can be left out, such as that of an agent card. Otherwise wrong ones are refused, and only callers who were granted something by what
   * their token says (`TokenCaller`) need one.
   *
   * @default true
   */
  readonly required?: boolean;
}

export function jwtFacts({ issuer, audiences, jwksUri, jwks, required }: JwtRequirement): JwtFacts {
  return { issuer, audiences: [...audiences ?? []], keys: { uri: jwksUri, inline: jwks }, required: required ?? true };
}
