/**
 * The random numbers that a part of a program is drawn from, one for each choice. Zero draws the plainest choice, and a tape that has ended
 * gives zeros: fast-check makes a failing program smaller by making its numbers smaller.
 */
export class Tape {
  private at = 0;

  public constructor(private readonly numbers: readonly number[]) {}

  /** A whole number from 0. */
  public below(count: number): number {
    const number = this.numbers[this.at++] ?? 0;
    return number % count;
  }

  public pick<T>(choices: readonly T[]): T {
    if (choices.length === 0) throw new Error('nothing to pick from');
    return choices[this.below(choices.length)];
  }

  /** True once in so many times; never where nothing is left of the tape. */
  public oneIn(times: number): boolean {
    return this.below(times) === times - 1;
  }

  /** So many of the choices, in their order. */
  public some<T>(choices: readonly T[], count: number): T[] {
    const left = [...choices];
    const taken = new Set(Array.from({ length: Math.min(count, choices.length) }, () => left.splice(this.below(left.length), 1)[0]));
    return choices.filter((choice) => taken.has(choice));
  }
}
