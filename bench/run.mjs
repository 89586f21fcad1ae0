// What the library costs beside the generated classes alone: `npm run bench`. Figures of one run are compared as ratios;
// the processes take turns, so that what else the machine does falls on all of them.
import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const SIZES = [10, 100, 1000, 5000];
const MEANS = ['library', 'l1', 'plain'];
const TURNS = Number(process.env.TURNS ?? 11);
const BUDGET = { overL1At1000: 1.25, from1000To5000: 5.5, requireMilliseconds: 40 };

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const child = (...args) => execFileSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 1 << 30 });
const meshes = join(here, 'meshes.cjs');

for (const size of [10, 100]) {
  const [library, l1, plain] = MEANS.map((means) => child(meshes, means, String(size), 'yaml'));
  if (library !== l1 || library !== plain) throw new Error(`at ${size} agents the means do not write the same bytes`);
}
console.log('the three means write the same bytes');

const cost = {};
for (const size of SIZES) {
  const turns = size >= 5000 ? Math.ceil(TURNS / 2) : TURNS;
  for (let turn = 0; turn < turns; turn++) {
    process.stderr.write(`\r${size} agents, turn ${turn + 1} of ${turns}   `);
    for (const means of [...MEANS, ...size <= 1000 ? ['deployed'] : []]) {
      ((cost[means] ??= {})[size] ??= []).push(Number(child(meshes, means, String(size))));
    }
  }
}
process.stderr.write('\n');

const at = (means, size) => median(cost[means][size]);
// The means of one turn run one after the other, so their ratio holds even while the machine gets slower or faster.
const ratio = (means, size) => median(cost[means][size].map((own, turn) => own / cost.l1[size][turn]));
console.log('\nuser CPU of building and synthesizing, as ratios to the L1 classes of the same run');
console.log('agents | library | plain ApiObjects | agents deployed through cdk8s-plus');
for (const size of SIZES) {
  const deployed = cost.deployed[size] ? ratio('deployed', size).toFixed(2) : 'not measured';
  console.log(`${String(size).padStart(6)} | ${ratio('library', size).toFixed(2).padStart(7)} | ${ratio('plain', size).toFixed(2).padStart(16)} | ${deployed}`);
}

const load = `require('cdk8s'); require('cdk8s-plus-30'); const start = process.cpuUsage(); require(process.argv[1]); process.stdout.write(String(process.cpuUsage(start).user / 1000));`;
const required = median(Array.from({ length: 11 }, () => Number(child('-e', load, join(here, '../lib/src')))));

const verdicts = [
  ['library over L1 classes at 1,000 agents', ratio('library', 1000), BUDGET.overL1At1000, ''],
  ['growth of the library from 1,000 to 5,000 agents', at('library', 5000) / at('library', 1000), BUDGET.from1000To5000, ''],
  ['what require adds to cdk8s and cdk8s-plus, cold', required, BUDGET.requireMilliseconds, ' ms'],
];
console.log();
for (const [what, got, budget, unit] of verdicts) console.log(`${got <= budget ? 'within' : 'OVER'} budget: ${what}: ${got.toFixed(2)}${unit} of at most ${budget}${unit}`);
process.exitCode = verdicts.every(([, got, budget]) => got <= budget) ? 0 : 1;
