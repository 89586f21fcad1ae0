import { CallerReference } from './references';
import { accepted } from '../input/guard';
import { Trait } from '../model/trait';

/** A caller that can receive grants: an Agent, an Identity, a TokenCaller, or a class of yours that returns the reference of one. */
export interface ICaller {
  /** Reference to the caller. */
  readonly asCaller: CallerReference;
}

/** Options of `Identity.of`. */
export interface IdentityOptions {
  /** Namespace of the ServiceAccount. */
  readonly namespace: string;
  /** Name of the ServiceAccount. "default" is not allowed, because all pods without a ServiceAccount of their own share it. */
  readonly serviceAccount: string;
  /**
   * SPIFFE trust domain of the identity.
   *
   * @default - the trust domain of the mesh that grants to the identity
   */
  readonly trustDomain?: string;
}

/**
 * Identity of a ServiceAccount in mutual TLS: `spiffe://<trust domain>/ns/<namespace>/sa/<serviceAccount>`.
 *
 * @example
 * researcher.grantCall(Identity.of({ namespace: 'ops', serviceAccount: 'auditor' }));
 */
export class Identity implements ICaller {
  /** Returns the identity of a workload that is not defined under a mesh, for use as a caller. */
  public static of(options: IdentityOptions): Identity {
    [options] = accepted('Identity.of', [options]);
    return new Identity(options.namespace, options.serviceAccount, options.trustDomain);
  }

  /** Reference to the identity as a caller. */
  public readonly asCaller: CallerReference;

  private constructor(
    /** Namespace of the ServiceAccount. */
    public readonly namespace: string,
    /** Name of the ServiceAccount. */
    public readonly serviceAccount: string,
    /** SPIFFE trust domain. The trust domain of the mesh if undefined. */
    public readonly trustDomain?: string,
  ) {
    this.asCaller = CallerReference._of(`identity ${this}`);
    statedIdentity.give(this.asCaller, this);
  }

  /** Returns the identity as text such as "voice/assistant", prefixed with the trust domain if it is set. */
  public toString(): string {
    return `${this.trustDomain === undefined ? '' : `${this.trustDomain}:`}${this.namespace}/${this.serviceAccount}`;
  }
}

/** The identity of a caller that is one. */
export const statedIdentity = new Trait<Identity>('an Identity');
