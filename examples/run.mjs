// Synthesizes every example into its `dist` folder, and prints the written objects and the access report: `npm run example [NAME...]`.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const names = process.argv.length > 2 ? process.argv.slice(2) : readdirSync(here, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name);

for (const name of names) {
  const dist = join(here, name, 'dist');
  rmSync(dist, { recursive: true, force: true });
  const cwd = mkdtempSync(join(tmpdir(), 'example-'));
  const printed = execFileSync(process.execPath, [
    join(root, 'node_modules/tsx/dist/cli.mjs'), '--tsconfig', join(root, 'test/tsconfig.json'), join(here, name, 'main.ts'),
  ], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], cwd, env: { ...process.env, CDK8S_OUTDIR: dist } });
  for (const file of readdirSync(dist)) {
    const kinds = parseAllDocuments(readFileSync(join(dist, file), 'utf8')).map((document) => document.get('kind'));
    const counts = [...new Set(kinds)].sort().map((kind) => `${kinds.filter((one) => one === kind).length} ${kind}`);
    console.log(`wrote ${relative(process.cwd(), join(dist, file))}: ${kinds.length} objects (${counts.join(', ')})`);
  }
  console.log(`\naccess report of ${name}:\n${readFileSync(join(cwd, 'access.txt'), 'utf8')}${printed}`);
}
