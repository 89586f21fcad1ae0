/** Somebody who can be granted something: an agent, or an identity that the team brings. */
export interface ICaller {
  /** What it proves to be when it calls. */
  readonly callerIdentity: Identity;
}

/** Options of `Identity.of`. */
export interface IdentityOptions {
  /** Namespace of the ServiceAccount. */
  readonly namespace: string;
  /** The ServiceAccount; never "default", which every pod without its own has. */
  readonly serviceAccount: string;
  /**
   * SPIFFE trust domain.
   *
   * @default - the trust domain of the mesh that grants it something
   */
  readonly trustDomain?: string;
}

/** A ServiceAccount as mutual TLS proves it: `spiffe://<trust domain>/ns/<namespace>/sa/<serviceAccount>`. */
export class Identity implements ICaller {
  /** A workload that is not defined under a mesh, as a caller. */
  public static of(options: IdentityOptions): Identity {
    return new Identity(options.namespace, options.serviceAccount, options.trustDomain);
  }

  private constructor(
    /** Namespace of the ServiceAccount. */
    public readonly namespace: string,
    /** Name of the ServiceAccount. */
    public readonly serviceAccount: string,
    /** SPIFFE trust domain; none stated means the mesh's. */
    public readonly trustDomain?: string,
  ) {}

  /** Itself, so that an identity can be granted something. */
  public get callerIdentity(): Identity {
    return this;
  }

  /** As in "voice/assistant", with the trust domain before it where one was stated. */
  public toString(): string {
    return `${this.trustDomain === undefined ? '' : `${this.trustDomain}:`}${this.namespace}/${this.serviceAccount}`;
  }
}
