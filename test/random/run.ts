import fc from 'fast-check';
import { migrationOf } from './migrations';
import { Family } from './plan';
import { programOf, Tapes, tapes } from './programs';
import { judge, judgeMigration } from './property';

/** How many programs the three test files try together: `PROGRAMS=10000 npx jest test/random`. `.ci/run` tries more than `npm test`. */
export const PROGRAMS = Number(process.env.PROGRAMS ?? 180);

/** Where the programs come from: always the same ones, those of another number (`SEED=7`), or of any (`SEED=random`). */
export const SEED = process.env.SEED === 'random' ? Math.floor(Math.random() * 2 ** 31) : Number(process.env.SEED ?? 1);

/** The one program of a failure that was reported: `PROGRAM_PATH=12`, beside its SEED. */
const PATH = process.env.PROGRAM_PATH;

/** Shrinking ends after this time, with the smallest program found until then. */
const SHRINKING_MS = 60_000;

const LEAST_ACCEPTED = 0.3;

/** Tests of one file: the programs on some families of meshes, which are a share of all that are tried. */
export function testPrograms(file: string, families: readonly Family[], share: number): void {
  const count = Math.round(PROGRAMS * share);

  test(`${count} random programs on ${families.join(' and ')} keep every promise of the library`, () => {
    const told = { tried: 0, accepted: 0 };
    let failedAt: number | undefined;
    const holds = (drawn: Tapes): void => {
      if (failedAt !== undefined && Date.now() - failedAt > SHRINKING_MS) return;
      try {
        const { refused } = judge(programOf(families, drawn), drawn.turn);
        told.tried++;
        if (refused === undefined) told.accepted++;
      } catch (error) {
        failedAt ??= Date.now();
        throw error;
      }
    };
    const details = fc.check(fc.property(tapes, holds), { numRuns: count, seed: SEED, path: PATH });
    if (details.failed) {
      const [drawn] = details.counterexample!;
      throw new Error(failure(file, details, programOf(families, drawn).source));
    }
    process.stderr.write(`${told.tried} random programs on ${families.join(' and ')}, ${told.accepted} of them accepted; seed ${SEED}, SEED=random for others\n`);
    if (PATH === undefined) expect(told.accepted / told.tried).toBeGreaterThan(LEAST_ACCEPTED);
  }, 3_600_000);
}

/** A share of the programs, each written as the steps of a migration from sidecars to ambient. */
export function testMigrations(file: string, share: number): void {
  const count = Math.round(PROGRAMS * share);
  test(`${count} random programs are written as migrations`, () => {
    const details = fc.check(fc.property(tapes, (drawn) => { judgeMigration(migrationOf(drawn)); }), { numRuns: count, seed: SEED, path: PATH });
    if (details.failed) {
      const { plan, write } = migrationOf(details.counterexample![0]);
      throw new Error(failure(file, details, `${plan.source}\n${write.text}`));
    }
  }, 3_600_000);
}

/** What broke, how to see it again, and the program as one would write it. */
function failure(file: string, { seed, counterexamplePath, numShrinks, errorInstance }: fc.RunDetails<[Tapes]>, source: string): string {
  const error = errorInstance as Error;
  return [
    error.message,
    `run it again: SEED=${seed} PROGRAM_PATH=${counterexamplePath?.split(':')[0]} npx jest --coverage=false ${file}`,
    `the program, made smaller ${numShrinks} times:`, source,
    error.stack ?? '',
  ].join('\n\n');
}
