import fc from 'fast-check';
import { Drawing, Temper } from './drawing';
import { mesh } from './draws/meshes';
import { Family, Plan } from './plan';
import { takeLeading, takeStep } from './steps';
import { Tape } from './tape';

/** What a program is drawn from: a tape for its first mesh, and one for each step, so that a failing program loses whole steps first. */
export interface Tapes {
  readonly head: readonly number[];
  readonly steps: readonly (readonly number[])[];
  /** Which variant of the program is compared with it (see property.ts). */
  readonly turn: number;
}

const tape = (most: number): fc.Arbitrary<number[]> => fc.array(fc.nat(0xffff), { minLength: most, maxLength: most });

export const tapes: fc.Arbitrary<Tapes> = fc.record({ head: tape(24), steps: fc.array(tape(64), { minLength: 1, maxLength: 13, size: 'max' }), turn: fc.nat(2) });

const TEMPERS: readonly Temper[] = ['plain', 'plain', 'plain', 'plain', 'plain', 'bold', 'bold', 'odd', 'odd'];

/** A program on one of the families of meshes; `sought` is a part of the public API that it is made to show. */
export function programOf(families: readonly Family[], { head, steps }: Tapes, sought?: string): Plan {
  const plan = new Plan();
  const first = new Tape(head);
  const on = new Drawing(first, plan, first.pick(sought === undefined ? TEMPERS : PLAIN), sought);
  mesh(on, first.pick(families));
  if (sought !== undefined) takeLeading(on.by(new Tape(steps.flat())), sought);
  else for (const numbers of steps) takeStep(on.by(new Tape(numbers)));
  return plan;
}

const PLAIN: readonly Temper[] = ['plain'];
