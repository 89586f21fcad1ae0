import { mkdirSync, mkdtempSync, rmSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { cases } from './cases';
import { faultOf, verdictOf } from './judge';
import { VALID, World } from './program';
import { propsOf } from './types';
import { STRUCTS } from '../../src/input/schema';

/** How many cases are tried: a sample, or `CASES=all`. */
const CASES = process.env.CASES === 'all' ? Infinity : Number(process.env.CASES ?? 500);

/** The sample of `SEED=7`; another one at each run if it is not set. */
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));

/** One case, or all whose name contains the text: `CASE='new Agent servicePort null'`. */
const ONLY = process.env.CASE;

const MOST_SHOWN = 25;

test('a valid value of every struct has every prop of the struct', () => {
  const world = new World();
  const known = Object.fromEntries(Object.keys(STRUCTS).map((struct) => [struct, propsOf(struct).map(({ name }) => name)]));
  expect(Object.fromEntries(Object.keys(VALID).sort().map((struct) => [struct, Object.keys(VALID[struct](world)).sort()]))).toEqual(known);
});

describe('rubbish in the place of a value', () => {
  const home = process.cwd();
  const folder = mkdtempSync(join(tmpdir(), 'rubbish-'));
  beforeAll(() => {
    const deep = join(folder, 'a/b/c/d'); // a path as a value must not lead out of it
    mkdirSync(deep, { recursive: true });
    process.chdir(deep);
  });
  afterAll(() => {
    process.chdir(home);
    rmSync(folder, { recursive: true });
  });

  test('is accepted for what it means, or refused by one problem at its line', () => {
    const all = cases();
    const tried = ONLY === undefined ? sample(all, CASES, SEED) : all.filter(({ name }) => name.includes(ONLY));
    const told: Record<string, number> = {};
    const failures = tried.flatMap((one) => {
      const verdict = verdictOf(one);
      told[verdict.outcome] = (told[verdict.outcome] ?? 0) + 1;
      const fault = faultOf(one, verdict);
      return fault === undefined ? [] : [`${one.name}\n    ${fault.split('\n').slice(0, 6).join('\n    ')}\n    again: CASE='${one.name}' npx jest --coverage=false test/input/rubbish.test.ts`];
    });
    process.stderr.write(`${tried.length} of ${all.length} cases of rubbish: ${JSON.stringify(told)}, ${failures.length} failed; SEED=${SEED} for the same ones\n`);
    expect(failures.length === 0 ? '' : [`${failures.length} of ${tried.length} cases failed`, ...failures.slice(0, MOST_SHOWN)].join('\n\n')).toBe('');
  }, 3_600_000);
});

/** Picks cases at random, the same ones for the same seed. */
function sample<T>(all: readonly T[], count: number, seed: number): T[] {
  let state = seed;
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const left = [...all];
  for (let i = 0; i < Math.min(count, left.length); i++) {
    const j = i + Math.floor(random() * (left.length - i));
    [left[i], left[j]] = [left[j], left[i]];
  }
  return left.slice(0, count);
}
