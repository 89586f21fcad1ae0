import { readdirSync, readFileSync } from 'fs';
import { join } from 'path';

const ROOT = join(__dirname, '..');
const under = (folder: string, end: string) => readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith(end)).map((file) => join(folder, file));
const FILES = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'llms.txt', ...under('docs', '.md'), ...under('src', '.ts'), ...under('test', '.ts')]
  .filter((file) => !file.endsWith('words.test.ts'));

/** Private words of earlier versions, each with the field's word; a context is where upstream or everyday English has the word too. */
const RETIRED: readonly (readonly [word: RegExp, instead: string, context?: RegExp])[] = [
  [/\bdoors?\b/i, 'edge gateway, endpoint or route'],
  [/\bfloors?\b/i, 'workload policy', /Math\.floor/],
  [/\bfronts?\b/i, 'MCP proxy', /in front of/],
  [/\badmissions?\b/i, 'connection rule', /ServiceAccount admission/],
  [/\bwhoever\b/i, 'any caller, any client'],
  [/\bbrought\b/i, 'existing'],
  [/\blets? .{0,20}\bout\b/i, 'allow an external host'],
  [/\bin the caller's stead\b/i, 'upstream credential injection'],
  [/\bis not to be had\b/i, 'is not supported'],
  [/\bwhom\b/i, 'a sentence of its own', /who may call whom/i],
  [/\b(podMarks|podsTake|letOut|mayRead|isReadAtWaypoint|isNotAsked|frontOf|ToolFront|MeshTells|Lacking|CAPABILITIES|OutsideHost|isOutside)\b/, 'the names of src/providers/backend.ts and src/model/feature.ts'],
];

test.each(RETIRED.map(([word, instead, context = /^$/]) => [word, instead, context] as const))('%s is retired: say %s', (word, _, context) => {
  const everywhere = new RegExp(context.source, 'gi');
  const found = FILES.flatMap((file) => readFileSync(join(ROOT, file), 'utf8').split('\n')
    .flatMap((line, i) => (word.test(line.replace(everywhere, '')) ? [`${file}:${i + 1}: ${line.trim()}`] : [])));
  expect(found).toEqual([]);
});
