import { CallerReference } from './references';
import { accepted } from '../input/guard';
import { MeshModel } from '../model/mesh';
import { Trait } from '../model/trait';

/**
 * A caller that can receive grants: an Agent, a Backend, a Workload, an Identity, an IdentityGroup or a TokenCaller. A class of yours can
 * be a caller too: its `asCaller` returns the `asCaller` of such an object.
 */
export interface ICaller {
  /** Reference to the caller. */
  readonly asCaller: CallerReference;
}

/** Options of `Identity.of`. */
export interface IdentityOptions {
  /** Namespace of the ServiceAccount. */
  readonly namespace: string;
  /** Name of the ServiceAccount. "default" is not allowed, because all pods that set no ServiceAccount share it. */
  readonly serviceAccount: string;
  /**
   * SPIFFE trust domain of the identity.
   *
   * @default - the trust domain of the mesh of the callee
   */
  readonly trustDomain?: string;
}

/**
 * Mutual TLS identity of a ServiceAccount: `spiffe://<trust domain>/ns/<namespace>/sa/<serviceAccount>` (on Linkerd the equivalent DNS
 * name).
 *
 * @example
 * // researcher: an Agent
 * researcher.grantCall(Identity.of({ namespace: 'ops', serviceAccount: 'auditor' }));
 */
export class Identity implements ICaller {
  /** Returns the identity of a workload that no construct of the program describes, for use as a caller. */
  public static of(options: IdentityOptions): Identity {
    [options] = accepted('Identity.of', [options]);
    return new Identity(options.namespace, options.serviceAccount, options.trustDomain);
  }

  /**
   * Returns every ServiceAccount of a namespace as one caller, for `grantCall`, `grantPorts` and `grantInfer`. Everyone who may create pods in the
   * namespace can use the grant. The callers must be in a service mesh, because mutual TLS authenticates their namespace.
   */
  public static allOf(namespace: string): IdentityGroup {
    [namespace] = accepted('Identity.allOf', [namespace]);
    return IdentityGroup._of(`every ServiceAccount of namespace ${namespace}`, namespace);
  }

  /** Reference to the identity as a caller. */
  public readonly asCaller: CallerReference;

  private constructor(
    /** Namespace of the ServiceAccount. */
    public readonly namespace: string,
    /** Name of the ServiceAccount. */
    public readonly serviceAccount: string,
    /** SPIFFE trust domain. If undefined, the trust domain of the mesh of the callee. */
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

/**
 * Several identities as one caller: all ServiceAccounts of a namespace (`Identity.allOf`), or of all namespaces of a mesh (`members` of
 * `AgentMesh`).
 *
 * @example
 * // collector: a Backend; mesh: its AgentMesh
 * collector.grantPorts([4317], mesh.members);
 */
export class IdentityGroup implements ICaller {
  /** @internal */
  public static _of(title: string, members: CallerGroup): IdentityGroup {
    const group = new IdentityGroup(title);
    callerGroup.give(group.asCaller, members);
    return group;
  }

  /** Reference to the group as a caller. */
  public readonly asCaller: CallerReference;

  private constructor(private readonly title: string) {
    this.asCaller = CallerReference._of(title);
  }

  /** Returns the display name, such as "every ServiceAccount of namespace voice". */
  public toString(): string {
    return this.title;
  }
}

/** A group of callers: the name of a namespace, or the mesh of all members. */
export type CallerGroup = string | (() => MeshModel);

export const callerGroup = new Trait<CallerGroup>('an IdentityGroup');

/** The Identity behind a caller reference. */
export const statedIdentity = new Trait<Identity>('an Identity');
