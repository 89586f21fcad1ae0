import { distinctPrincipals, Principal } from './principal';

/** Somebody who may be granted something. */
export interface Caller {
  /** What people call it: "agent planner". */
  readonly title: string;
  readonly principal: Principal;
}

/** Who was granted to call one callee; a repeated grant is one grant. */
export class Callers {
  private readonly byKey = new Map<string, Caller>();

  /** Whether it was not among them. */
  public add(caller: Caller): boolean {
    const { key } = caller.principal;
    if (this.byKey.has(key)) return false;
    this.byKey.set(key, caller);
    return true;
  }

  /** In one order, whatever the order of the grants. */
  public get all(): Caller[] {
    return distinctPrincipals(this.principals).map(({ key }) => this.byKey.get(key)!);
  }

  /** What they prove to be, each once, in no order. */
  public get principals(): Principal[] {
    return Array.from(this.byKey.values(), ({ principal }) => principal);
  }

  /** Whether a caller is among them, by its key. */
  public has(key: string): boolean {
    return this.byKey.has(key);
  }

  public get isEmpty(): boolean {
    return this.byKey.size === 0;
  }

  public get count(): number {
    return this.byKey.size;
  }
}
