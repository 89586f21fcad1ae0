/** Tokens that requests must carry, beside the identity of who calls (Istio 1.30, RequestAuthentication). */
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
   * Address of the issuer's public keys, `https://` or `http://`.
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
}
