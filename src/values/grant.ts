/**
 * A grant: callers that a callee now accepts. Grants only add callers; repeating one changes nothing.
 *
 * @example
 * const grant = researcher.grantCall(planner);
 * const text = grant.toString(); // 'agent planner may call agent researcher'
 */
export class Grant {
  /** @internal */
  public static _of(callee: string, callers: readonly string[], items: readonly string[], isAccepted: boolean): Grant {
    return new Grant(callee, [...callers], [...items], isAccepted);
  }

  private constructor(
    /** Display name of the callee, such as "tool server crm". */
    public readonly callee: string,
    /** Display names of the callers, such as "agent planner", in the order of the grant. Callers that were refused are left out. */
    public readonly callers: string[],
    /** Names of the granted tools, prompts or resources. Empty if the grant is for everything that the callee offers. */
    public readonly items: string[],
    /** Whether the grant took effect as a whole. If not, synth fails with the reason. */
    public readonly isAccepted: boolean,
  ) {}

  /** Returns the grant as text, such as "agent planner may call tool server crm: find_customer". */
  public toString(): string {
    const items = this.items.length === 0 ? '' : `: ${this.items.join(', ')}`;
    return `${this.callers.join(', ') || 'nobody'} may call ${this.callee}${items}`;
  }
}
