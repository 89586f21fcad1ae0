import { ICaller, Identity } from './identity';
import { Trait } from '../model/trait';

/** What a token must say for a grant to hold. */
export interface TokenCallerOptions {
  /**
   * Its subject, as in the claim `sub`.
   *
   * @default - any
   */
  readonly subject?: string;
  /**
   * Other claims: the value of each, or one of its list; only strings are told apart.
   *
   * @default - none
   */
  readonly claims?: { [name: string]: string };
  /**
   * Who must carry it, by proven identity.
   *
   * @default - whoever proves an identity that the mesh can verify
   */
  readonly caller?: ICaller;
}

/**
 * Somebody whose token says something, of the issuer that the boundary names in `jwt`: a subject, claims, and where `caller` is
 * stated, that this workload carries it.
 */
export class TokenCaller implements ICaller {
  /** Who carries such a token. One of `subject` and `claims` at least. */
  public static of(options: TokenCallerOptions): TokenCaller {
    return new TokenCaller({ ...options, claims: options.claims && { ...options.claims } });
  }

  private constructor(options: TokenCallerOptions) {
    tokenCaller.give(this, options);
  }

  /** The identity of `caller`; without one, of nobody: it is the token that counts. */
  public get callerIdentity(): Identity {
    return tokenCaller.of(this).caller?.callerIdentity ?? Identity.of({ namespace: '*', serviceAccount: '*' });
  }
}

export const tokenCaller = new Trait<TokenCallerOptions>('a TokenCaller');
