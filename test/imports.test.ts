import { execFileSync } from 'child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'fs';
import { tmpdir } from 'os';
import { join, resolve } from 'path';

const ROOT = join(__dirname, '..');
const CRDS = resolve(ROOT, process.env.CRDS ?? '../shared/crds');
const sources = JSON.parse(readFileSync(join(ROOT, 'imports/sources.json'), 'utf8')) as { name: string; kinds: Record<string, string> }[];
const committed = readdirSync(join(ROOT, 'imports')).filter((file) => file.endsWith('.ts')).sort();

if (existsSync(CRDS)) {
  test('the committed imports equal those generated from the pinned CRDs', () => {
    const out = mkdtempSync(join(tmpdir(), 'imports-'));
    execFileSync(process.execPath, [join(ROOT, 'imports/regenerate.mjs'), '--crds', CRDS, '--out', out], { stdio: ['ignore', 'ignore', 'ignore'] });
    expect(readdirSync(out).sort()).toEqual(committed);
    for (const file of committed) expect(readFileSync(join(out, file), 'utf8')).toBe(readFileSync(join(ROOT, 'imports', file), 'utf8'));
  }, 120_000);
} else {
  test.skip(`the committed imports are what the pinned sources give (skipped: there are no CRDs at ${CRDS}; name a folder as CRDS)`, () => {});
}

test('every imported kind is pinned', () => {
  const kinds = committed.flatMap((file) => [...readFileSync(join(ROOT, 'imports', file), 'utf8').matchAll(/^ {4}kind: '(\w+)',$/gm)].map(([, kind]) => kind));
  expect(kinds.sort()).toEqual(sources.flatMap((source) => Object.keys(source.kinds)).sort());
});

test('the imports contain no descriptions from upstream', () => {
  for (const file of committed) {
    const comments = readFileSync(join(ROOT, 'imports', file), 'utf8').match(/^\s*\* \w.*$/gm) ?? [];
    const own = /@schema|@default|@param|Converts an object of type|Defines a|Renders|Returns the apiVersion|This can be used to inline/;
    expect(comments.filter((line) => !own.test(line))).toEqual([]);
  }
});
