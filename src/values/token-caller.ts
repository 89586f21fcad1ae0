import { ICaller } from './identity';
import { CallerReference } from './references';
import { accepted } from '../input/guard';
import { Trait } from '../model/trait';

/** Options of `TokenCaller.of`: requirements on the JWT in a request. */
export interface TokenCallerOptions {
  /**
   * Required subject of the JWT, as in the claim `sub`.
   *
   * @default - any subject
   */
  readonly subject?: string;
  /**
   * Other required claims of the JWT by name, with their values. If a claim is a list, the list must contain the value. Numbers,
   * booleans and objects never match. For `scope` and `permission`, the value is one of the words in the claim, which spaces separate.
   *
   * @default - no other claims
   */
  readonly claims?: { [name: string]: string };
  /**
   * Required mesh identity of the workload that sends the JWT.
   *
   * @default - any workload that the mesh can authenticate
   */
  readonly caller?: ICaller;
}

/**
 * A caller that is identified by the JWT in its requests: by the subject and other claims of the JWT, and optionally by the mesh identity
 * of the workload that sends the JWT. It can receive grants of an `McpToolBoundary` with `jwt`, which states the issuer.
 *
 * @example
 * // crm: an McpToolBoundary with `jwt`; planner: an Agent
 * crm.grantAllTools(TokenCaller.of({ caller: planner, claims: { role: 'supervisor' } }));
 */
export class TokenCaller implements ICaller {
  /** Returns a caller with a JWT that meets the given requirements. At least one of `subject` and `claims` is required. */
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
