import fc from 'fast-check';
import { migrationOf } from './migrations';
import { Family, Plan } from './plan';
import { programOf, tapes } from './programs';
import { judge, judgeMigration } from './property';
import { Build } from './runner';
import { publicSurface } from './surface';
import { isTried } from '../runs';

const FAMILIES: readonly Family[] = ['ambient', 'migration', 'sidecars', 'linkerd'];

/** Programs of any kind, before those that are drawn for one use each. */
const ANY = 160;

/** How often one use is sought before it counts as one that no accepted program has. */
const TRIES = 150;

/** Programs of any kind are judged in the other files. */
const isAccepted = (plan: Plan): boolean => new Build(plan).synth().refused === undefined;

test('every class, method, value and prop of the public API is used by a random program that is accepted', () => {
  const missing = new Set(publicSurface());
  const drawn = fc.sample(tapes, { numRuns: ANY + TRIES, seed: 1 });
  const use = (uses: Iterable<string>) => [...uses].forEach((one) => missing.delete(one));
  for (const [i, one] of drawn.slice(0, ANY).entries()) {
    const plan = programOf([FAMILIES[i % FAMILIES.length]], one);
    if (isAccepted(plan)) use(plan.uses);
  }
  for (const one of drawn.slice(0, 20)) {
    const migration = migrationOf(one);
    if (![...migration.write.uses].some((each) => missing.has(each))) continue;
    if (judgeMigration(migration).refused === undefined) use(migration.write.uses);
  }
  for (const [i, sought] of [...missing].entries()) {
    for (const one of drawn.slice(ANY)) {
      if (!missing.has(sought)) break;
      const plan = programOf(FAMILIES, one, sought);
      if (!plan.uses.has(sought) || !isAccepted(plan)) continue;
      if (isTried(i)) judge(plan, one.turn);
      use(plan.uses);
    }
  }
  expect([...missing]).toEqual([]);
}, 600_000);
