/**
 * Reference to a caller, for classes of yours that implement `ICaller`. Only the library creates references: return the `asCaller` of a
 * construct or identity.
 */
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

/**
 * Reference to a callee, for classes of yours that implement `ICallee`. Only the library creates references: return the `asCallee` of a
 * construct.
 */
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

/**
 * Reference to a route target, for classes of yours that implement `IRouteTarget`. Only the library creates references: return the
 * `asRouteTarget` of a construct.
 */
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
