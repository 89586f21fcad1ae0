import { Plan } from './plan';
import { leadsTo } from './sought';
import { Tape } from './tape';

/** How a program is meant: to be accepted; to ask for what it may not get; or to state values that nobody should. */
export type Temper = 'plain' | 'bold' | 'odd';

/** What a part of a program is drawn with. */
export class Drawing {
  /** `sought` is a use that is drawn wherever it can be, such as "AgentProps.waypoint". */
  public constructor(public readonly tape: Tape, public readonly plan: Plan, public readonly temper: Temper, private readonly sought?: string) {}

  /** The same program, from another tape. */
  public by(tape: Tape): Drawing {
    return new Drawing(tape, this.plan, this.temper, this.sought);
  }

  public isSought(use: string): boolean {
    return this.sought !== undefined && (this.sought === use || leadsTo(use, this.sought));
  }

  /** One of the choices; the one that is sought, where it is among them. */
  public choice<T>(uses: Readonly<Record<string, T>>): T {
    const all = Object.keys(uses);
    return uses[all.find((use) => this.isSought(use)) ?? this.tape.pick(all)];
  }

  /** Whether what is hardly accepted is asked for all the same. */
  public get isBold(): boolean {
    return this.temper === 'bold' && this.tape.oneIn(5);
  }

  /** Whether something can be had; or is asked for all the same. */
  public dares(isPossible: boolean): boolean {
    return isPossible || this.isBold;
  }

  /** In odd programs once in a while one of the odd values; elsewhere the plain one. */
  public odd<T>(values: readonly T[], plain: () => T): T {
    return this.temper === 'odd' && this.tape.oneIn(8) ? this.tape.pick(values) : plain();
  }
}
