import { InputProblem } from '../../model/problem';
import { SPACED_CLAIMS, TokenLimits } from '../../model/token';
import { TokenCallerOptions } from '../../values/token-caller';

const CLAIM = /^[A-Za-z0-9_][A-Za-z0-9_.:/-]{0,127}$/;

/** Printable text that a policy does not read as a pattern. */
const VALUE = /^[\x20-\x7e]{1,512}$/;

/** Returns what a TokenCaller requires of tokens from an issuer. */
export function tokenLimits({ subject, claims }: TokenCallerOptions, issuer: string): TokenLimits {
  const said = sorted(claims);
  return { issuer, ...(subject !== undefined && { subject }), ...(said.length > 0 && { claims: Object.fromEntries(said) }) };
}

/** Returns why no policy can match what a TokenCaller requires, or nothing. */
export function tokenProblem({ subject, claims }: TokenCallerOptions): InputProblem | undefined {
  const said = sorted(claims);
  if (subject === undefined && said.length === 0) return { message: 'a TokenCaller has neither `subject` nor `claims`', actual: {}, expected: 'a `subject`, or one or more `claims`', fix: 'set `subject` or `claims`' };
  const texts = [...subject === undefined ? [] : [subject], ...said.map(([, value]) => value)];
  if (!texts.every((text) => VALUE.test(text) && !text.includes('*')) || !said.every(([name]) => CLAIM.test(name))) {
    return { message: '`subject` or `claims` of a TokenCaller has characters that a policy cannot match', actual: subject ?? claims, expected: 'printable ASCII without "*" in values; letters, digits, "_", ".", ":", "/" and "-" in names of claims', fix: 'correct `subject` or `claims`' };
  }
  if (said.some(([name]) => name === 'iss' || name === 'sub')) {
    return { message: '`claims` of a TokenCaller cannot contain "iss" or "sub"', actual: claims, expected: 'other claims; `subject` requires "sub", and `jwt` requires "iss"', fix: 'use `subject`, or remove the claim' };
  }
  if (said.some(([name, value]) => SPACED_CLAIMS.includes(name) && value.includes(' '))) {
    const names = SPACED_CLAIMS.map((name) => `"${name}"`).join(' or ');
    return { message: `\`claims\` of a TokenCaller has several words for ${names}, but a policy matches single words of these claims`, actual: claims, expected: `a single word for ${SPACED_CLAIMS.join(' or ')}`, fix: 'keep one of the words' };
  }
  return undefined;
}

function sorted(claims: TokenCallerOptions['claims']): (readonly [name: string, value: string])[] {
  return Object.entries(claims ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
}
