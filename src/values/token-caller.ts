import { ICaller } from './identity';
import { CallerReference } from './references';
import { accepted } from '../input/guard';
import { Trait } from '../model/trait';

/** Options of `TokenCaller.of`: requirements on the JWT of the caller. */
export interface TokenCallerOptions {
  /**
   * Required subject, as in the claim `sub`.
   *
   * @default - any subject
   */
  readonly subject?: string;
  /**
   * Other required claims with their values. If a claim is a list, it must contain the value. Only strings are compared.
   *
   * @default - no other claims
   */
  readonly claims?: { [name: string]: string };
  /**
   * Required identity of the caller that sends the token.
   *
   * @default - any identity that the mesh can authenticate
   */
  readonly caller?: ICaller;
}

/**
 * A caller that is identified by its JWT: by subject, by claims, and optionally by the identity of the workload that sends it. The issuer is
 * the one in `jwt` of the boundary.
 *
 * @example
 * crm.grantAllTools(TokenCaller.of({ caller: planner, claims: { role: 'supervisor' } }));
 */
export class TokenCaller implements ICaller {
  /** Returns a caller that sends a token with the given properties. At least one of `subject` and `claims` is required. */
  public static of(options: TokenCallerOptions): TokenCaller {
    [options] = accepted('TokenCaller.of', [options]);
    return new TokenCaller(options);
  }

  /** Reference to the token as a caller. */
  public readonly asCaller: CallerReference;

  private constructor(options: TokenCallerOptions) {
    this.asCaller = CallerReference._of('a TokenCaller');
    tokenCaller.give(this.asCaller, options);
  }
}

export const tokenCaller = new Trait<TokenCallerOptions>('a TokenCaller');
