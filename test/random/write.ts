// Writes what the library makes of random programs: `tsx test/random/write.ts DIR`, for a real API server to judge.
import { mkdirSync, writeFileSync } from 'fs';
import { join } from 'path';
import { Yaml } from 'cdk8s';
import fc from 'fast-check';
import { Family } from './plan';
import { programOf, tapes } from './programs';
import { Build } from './runner';

const EACH = 8;
const [, , dir] = process.argv;
mkdirSync(dir, { recursive: true });

/** The accepted programs of a family, with what the library makes of each: the team's own objects are nobody's to judge. */
function* accepted(family: Family, seed: number): Generator<{ readonly source: string; readonly manifests: readonly object[] }> {
  for (const drawn of fc.sample(tapes, { numRuns: 40 * EACH, seed })) {
    const plan = programOf([family], drawn);
    const build = new Build(plan);
    if (build.synth().refused !== undefined) continue;
    const manifests = build.objects.filter(({ isOurs }) => isOurs).map(({ manifest }) => manifest);
    if (manifests.length > 8) yield { source: plan.source, manifests };
  }
}

for (const family of ['ambient', 'migration', 'sidecars', 'linkerd'] as const) {
  let count = 0;
  for (const { source, manifests } of accepted(family, Number(process.env.SEED ?? 1))) {
    if (count === EACH) break;
    const name = join(dir, `${family}-${String(count++).padStart(2, '0')}`);
    writeFileSync(`${name}.yaml`, Yaml.stringify(...manifests));
    writeFileSync(`${name}.ts`, source);
  }
  process.stderr.write(`${family}: ${count} programs\n`);
}
