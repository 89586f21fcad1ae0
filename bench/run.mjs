// What the library costs beside the generated classes alone, and beside plain ApiObjects in the layouts of large teams: `npm run bench`.
// Figures of one run are compared as ratios; the processes take turns, so that what else the machine does falls on all of them.
// It takes about eight minutes on a machine that does nothing else; with `TURNS=5`, less than half.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const SIZES = [10, 100, 1000, 5000];
const MEANS = ['library', 'l1', 'plain'];
const TURNS = Number(process.env.TURNS ?? 11);
const LAYOUT_TURNS = Math.max(1, Math.floor(TURNS / 2));
const BUDGET = {
  overL1: 1.15, from1000To5000: 5.5, requireMilliseconds: 40,
  // A layout of four times as much: 4 and noise; or, where cdk8s itself goes through the app for each chart, what plain objects grow by, and more
  // by what these passes are of the whole, since an agent and its policy are two constructs.
  growth: 5.5, growthOverPlain: 1.5,
  overPlain: 2,
  // cdk8s goes through the whole app once for each chart. Agents are constructs above their objects, and a mesh has constructs of its own:
  // plain objects that stand in one construct each cost 1.4 to 1.6 times plain objects that stand in the chart.
  overPlainOf: { 'a chart for each mesh': 2.75, 'one mesh over many charts': 2.75 },
  // Thousands of grants become one object: only their growth says something.
  notOverPlain: ['tools granted one by one on ambient'],
};

const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.floor(sorted.length / 2)]) / 2;
};
const child = (...args) => execFileSync(process.execPath, args.map(String), { encoding: 'utf8', maxBuffer: 1 << 30 });
const milliseconds = (...args) => Number(child(...args));
const progress = (text) => process.stderr.write(`\r${text.padEnd(78)}`);
const times = (count, make) => Array.from({ length: count }, (_, i) => make(i));
/** What is measured one after the other in a turn is compared with each other, so a ratio holds even while the machine gets slower or faster. */
const ratio = (own, others) => median(own.map((value, turn) => value / others[turn]));

const verdicts = [...overL1(), ...requiring(), ...layouts()];
console.log();
for (const [what, got, budget, unit = ''] of verdicts) {
  console.log(`${got <= budget ? 'within' : 'OVER'} budget: ${what}: ${got.toFixed(2)}${unit} of at most ${budget.toFixed(2)}${unit}`);
}
process.exitCode = verdicts.every(([, got, budget]) => got <= budget) ? 0 : 1;

/** The same mesh by the library, by the generated classes and by plain objects. */
function overL1() {
  const meshes = join(here, 'meshes.cjs');
  for (const size of [10, 100]) {
    const [library, l1, plain] = MEANS.map((means) => child(meshes, means, size, 'yaml'));
    if (library !== l1 || library !== plain) throw new Error(`at ${size} agents the means do not write the same bytes`);
  }
  const cost = {};
  for (const size of SIZES) {
    const turns = size >= 5000 ? Math.ceil(TURNS * 2 / 3) : TURNS;
    for (let turn = 0; turn < turns; turn++) {
      progress(`${size} agents, turn ${turn + 1} of ${turns}`);
      for (const means of [...MEANS, ...size <= 1000 ? ['deployed'] : []]) {
        ((cost[means] ??= {})[size] ??= []).push(milliseconds(meshes, means, size));
      }
    }
  }
  progress('');
  const over = (means, size) => (cost[means][size] ? ratio(cost[means][size], cost.l1[size]) : NaN);
  console.log('\nuser CPU of building and synthesizing, as ratios to the L1 classes of the same run');
  table(['agents', 'library', 'plain ApiObjects', 'agents deployed through cdk8s-plus'], SIZES.map((size) => [size, over('library', size), over('plain', size), over('deployed', size)]));
  return [
    ['library over L1 classes at 1,000 agents', over('library', 1000), BUDGET.overL1],
    ['library over L1 classes at 5,000 agents', over('library', 5000), BUDGET.overL1],
    ['growth of the library from 1,000 to 5,000 agents', median(cost.library[5000]) / median(cost.library[1000]), BUDGET.from1000To5000],
  ];
}

function requiring() {
  const load = `require('cdk8s'); require('cdk8s-plus-30'); const start = process.cpuUsage(); require(process.argv[1]); process.stdout.write(String(process.cpuUsage(start).user / 1000));`;
  return [['what require adds to cdk8s and cdk8s-plus, cold', median(times(11, () => milliseconds('-e', load, join(here, '..')))), BUDGET.requireMilliseconds, ' ms']];
}

/** What grows in the layouts of large teams, by the library and by plain objects that write the same bytes into the same charts. */
function layouts() {
  const script = join(here, 'layouts.cjs');
  const { LAYOUTS } = createRequire(import.meta.url)(script);
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const measured = Object.entries(LAYOUTS).map(([layout, [n]]) => {
    const sizes = [n, 4 * n];
    const files = sizes.map((size) => join(folder, `${size}.json`));
    progress(`${layout}: what the library writes`);
    sizes.forEach((size, i) => child(script, 'write', layout, size, files[i]));
    const turns = times(LAYOUT_TURNS, (turn) => {
      progress(`${layout}, turn ${turn + 1} of ${LAYOUT_TURNS}`);
      return ['library', 'plain'].map((means) => sizes.map((size, i) => milliseconds(script, means, layout, size, files[i])));
    });
    const of = (means, size) => turns.map((turn) => turn[means][size]);
    return {
      layout, sizes, growth: ratio(of(0, 1), of(0, 0)), plainGrowth: ratio(of(1, 1), of(1, 0)), over: [ratio(of(0, 0), of(1, 0)), ratio(of(0, 1), of(1, 1))],
    };
  });
  rmSync(folder, { recursive: true });
  progress('');
  console.log('\nlayouts of large teams: growth with four times as much, and ratios to plain ApiObjects of the same run');
  table(['layout', 'n', '4n', 'library from n to 4n', 'plain from n to 4n', 'library over plain at n', 'at 4n'],
    measured.map(({ layout, sizes, growth, plainGrowth, over }) => [layout, ...sizes, growth, plainGrowth, ...over]));
  return measured.flatMap(({ layout, growth, plainGrowth, over }) => [
    [`growth of ${layout}`, growth, Math.max(BUDGET.growth, BUDGET.growthOverPlain * plainGrowth)],
    ...BUDGET.notOverPlain.includes(layout) ? [] : [[`${layout}, library over plain objects`, over[1], BUDGET.overPlainOf[layout] ?? BUDGET.overPlain]],
  ]);
}

function table(titles, rows) {
  const texts = [titles, ...rows.map((row) => row.map((cell) => (typeof cell !== 'number' ? cell : Number.isNaN(cell) ? 'not measured' : Number.isInteger(cell) ? String(cell) : cell.toFixed(2))))];
  const widths = titles.map((_, column) => Math.max(...texts.map((row) => row[column].length)));
  for (const row of texts) console.log(row.map((text, column) => (column === 0 ? text.padEnd(widths[0]) : text.padStart(widths[column]))).join(' | '));
}
