import { execFileSync } from 'child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';

const ROOT = join(__dirname, '..');

/** What an example prints and writes, run as a user would. */
function run(example: string): { printed: string; written: string } {
  const out = mkdtempSync(join(tmpdir(), 'golden-'));
  const printed = execFileSync(process.execPath, [
    join(ROOT, 'node_modules/tsx/dist/cli.mjs'), '--tsconfig', join(ROOT, 'test/tsconfig.json'), join(ROOT, 'examples', example, 'main.ts'),
  ], { encoding: 'utf8', env: { ...process.env, CDK8S_OUTDIR: out } });
  return { printed, written: readdirSync(out).sort().map((file) => readFileSync(join(out, file), 'utf8')).join('---\n') };
}

/** The golden files are the output that is promised, byte for byte: `npm run golden` writes them anew, for review. */
function golden(path: string, text: string): void {
  const file = join(__dirname, 'golden', path);
  if (process.env.UPDATE_GOLDEN === 'true') writeFileSync(file, text);
  expect(existsSync(file) ? readFileSync(file, 'utf8') : '').toBe(text);
}

test.each([['voice-agents', 'istio-ambient.yaml'], ['what-already-runs', 'istio-ambient.yaml']])('%s synthesizes exactly what was reviewed', (example, file) => {
  const { printed, written } = run(example);
  golden(`${example}/${file}`, written);
  golden(`${example}/access.txt`, printed);
}, 60_000);
