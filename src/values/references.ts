/** Proof that an object can receive grants. Only the library makes it, so nothing else passes for a caller. */
export class CallerReference {
  /** @internal */
  public static _of(title: string): CallerReference {
    return new CallerReference(title);
  }

  private constructor(private readonly title: string) {}

  /** Returns the display name of the caller, such as "agent planner". */
  public toString(): string {
    return this.title;
  }
}

/** Proof that an object can be called. Only the library makes it, so nothing else passes for a callee. */
export class CalleeReference {
  /** @internal */
  public static _of(title: string): CalleeReference {
    return new CalleeReference(title);
  }

  private constructor(private readonly title: string) {}

  /** Returns the display name of the callee, such as "tool server crm". */
  public toString(): string {
    return this.title;
  }
}

/** Proof that a route can send requests to an object. Only the library makes it, so nothing else passes for a target. */
export class RouteTargetReference {
  /** @internal */
  public static _of(title: string): RouteTargetReference {
    return new RouteTargetReference(title);
  }

  private constructor(private readonly title: string) {}

  /** Returns the display name of the target, such as "pool llama". */
  public toString(): string {
    return this.title;
  }
}
