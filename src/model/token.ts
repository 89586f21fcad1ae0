/** Requirements on a valid JWT. */
export interface TokenLimits {
  readonly issuer: string;
  readonly subject?: string;
  /** Required value by claim. If the claim is a list, one entry must match. */
  readonly claims?: Readonly<Record<string, string>>;
}

/** Claims whose string is a space-delimited list of values (RFC 8693, scope; Istio 1.30, JWT filter). */
export const SPACED_CLAIMS: readonly string[] = ['scope', 'permission'];

/** Returns text such as "a token from https://issuer.example.com (sub=alice, tier=gold)". */
export function tokenText({ issuer, subject, claims = {} }: TokenLimits): string {
  const required = [...subject === undefined ? [] : [`sub=${subject}`], ...Object.entries(claims).map(([name, value]) => `${name}=${value}`)];
  return `a token from ${issuer}${required.length > 0 ? ` (${required.join(', ')})` : ''}`;
}
