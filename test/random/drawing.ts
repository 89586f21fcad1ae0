import { Plan } from './plan';
import { leadsTo } from './sought';
import { Tape } from './tape';

/**
 * What a program tries: "plain" ones mean to be accepted; "bold" ones also ask for what a provider refuses; "odd" ones also give values
 * that nobody should, such as an empty name or the port 65536. Values of a wrong type are the matter of test/input.
 */
export type Temper = 'plain' | 'bold' | 'odd';

/** What a part of a program is drawn with. */
export class Drawing {
  /** `sought` is the part of the public API that the program is made to show, such as "AgentProps.waypoint": it is drawn wherever it fits. */
  public constructor(public readonly tape: Tape, public readonly plan: Plan, public readonly temper: Temper, private readonly sought?: string) {}

  /** The same program, from another tape. */
  public by(tape: Tape): Drawing {
    return new Drawing(tape, this.plan, this.temper, this.sought);
  }

  /** Whether the program is made to show one part of the public API. */
  public get isSeeking(): boolean {
    return this.sought !== undefined;
  }

  public isSought(use: string): boolean {
    return this.sought !== undefined && (this.sought === use || leadsTo(use, this.sought));
  }

  /** One of the choices, by what each uses of the public API; the one that is sought, where it is among them. */
  public choice<T>(uses: Readonly<Record<string, T>>): T {
    const all = Object.keys(uses);
    return uses[all.find((use) => this.isSought(use)) ?? this.tape.pick(all)];
  }

  /** Whether to ask, once in a while, for what will hardly be accepted: in bold programs alone. */
  public get isBold(): boolean {
    return this.temper === 'bold' && this.tape.oneIn(5);
  }

  /** Whether to ask for something: where it is possible, and once in a while where it is not. */
  public dares(isPossible: boolean): boolean {
    return isPossible || this.isBold;
  }

  /** An odd value, once in a while and in odd programs alone; otherwise the plain one. */
  public odd<T>(values: readonly T[], plain: () => T): T {
    return this.temper === 'odd' && this.tape.oneIn(8) ? this.tape.pick(values) : plain();
  }
}
