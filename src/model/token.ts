/** What a good token must say. */
export interface TokenLimits {
  readonly issuer: string;
  readonly subject?: string;
  /** By the name of the claim: its value, or one of its list. */
  readonly claims?: Readonly<Record<string, string>>;
}

/** Claims whose text is words with a blank between them, each of which is one (RFC 8693, scope; Istio 1.30, JWT filter). */
export const SPACED_CLAIMS: readonly string[] = ['scope', 'permission'];

/** "a token of https://issuer.example.com for alice whose tier is gold" */
export function tokenText({ issuer, subject, claims = {} }: TokenLimits): string {
  return [`a token of ${issuer}`, ...subject === undefined ? [] : [`for ${subject}`], ...Object.entries(claims).map(([name, value]) => `whose ${name} is ${value}`)].join(' ');
}
