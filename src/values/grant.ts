/**
 * A grant: the callers that a grant method allowed at a callee. A grant only adds callers, and a repeated grant changes nothing.
 *
 * @example
 * // researcher and planner: Agents
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
    /** Display names of the callers, such as "agent planner", in the order of the grant. Callers that could not be granted are left out. */
    public readonly callers: string[],
    /** Names of the granted tools, prompts or resources. Empty if the grant is not limited to single items. */
    public readonly items: string[],
    /** Whether the grant took effect for all callers and items. If false, synth fails with the reason. */
    public readonly isAccepted: boolean,
  ) {}

  /** Returns the grant as text, such as "agent planner may call tool server crm: find_customer". */
  public toString(): string {
    const items = this.items.length === 0 ? '' : `: ${this.items.join(', ')}`;
    return `${this.callers.join(', ') || 'nobody'} may call ${this.callee}${items}`;
  }
}
