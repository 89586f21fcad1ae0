import { distinctPrincipals, Principal } from './principal';

/** A caller that can receive grants. */
export interface Caller {
  /** Display name in messages, such as "agent planner". */
  readonly title: string;
  readonly principal: Principal;
}

/** Callers that hold a grant for one callee. Repeating a grant has no effect. */
export class Callers {
  private readonly byKey = new Map<string, Caller>();

  /** Adds a caller and returns whether it is new. */
  public add(caller: Caller): boolean {
    const { key } = caller.principal;
    if (this.byKey.has(key)) return false;
    this.byKey.set(key, caller);
    return true;
  }

  /** Callers sorted by key, so that the order of the grants does not change the output. */
  public get all(): Caller[] {
    return distinctPrincipals(this.principals).map(({ key }) => this.byKey.get(key)!);
  }

  /** Principals of the callers, each once, unsorted. */
  public get principals(): Principal[] {
    return Array.from(this.byKey.values(), ({ principal }) => principal);
  }

  /** Returns whether the caller with this key has a grant. */
  public has(key: string): boolean {
    return this.byKey.has(key);
  }

  public get isEmpty(): boolean {
    return this.byKey.size === 0;
  }
}
