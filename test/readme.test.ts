import { readdirSync, readFileSync } from 'fs';
import { join } from 'path';
import { ApiObject, Testing } from 'cdk8s';
import ts from 'typescript';
import { story } from './story';
import { meshOf } from './synth';

const ROOT = join(__dirname, '..');
const documents = ['README.md', ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.md')).map((file) => join('docs', file))];

/** The TypeScript blocks of a document; one with `fixture=story` goes on where the README's first block ends. */
function snippets(document: string): { where: string; code: string }[] {
  const text = readFileSync(join(ROOT, document), 'utf8');
  return [...text.matchAll(/^```ts(.*)\n([^]*?)^```$/gm)].map(([, info, code], i) => ({
    where: `${document}, block ${i + 1}`,
    code: info.includes('fixture=story') ? `${first()}\n${code}` : code,
  }));
}

function first(): string {
  return /^```ts\n([^]*?)^```$/m.exec(readFileSync(join(ROOT, 'README.md'), 'utf8'))![1];
}

const all = documents.flatMap(snippets);

test('every TypeScript block of README and docs compiles', () => {
  const { config } = ts.readConfigFile(join(ROOT, 'test/tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, join(ROOT, 'test'));
  const files = new Map(all.map(({ code }, i) => [join(ROOT, `test/snippet-${i}.ts`), code]));
  const host = ts.createCompilerHost({ ...options, noEmit: true });
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (file) => files.has(file) || fileExists.call(host, file);
  host.readFile = (file) => files.get(file) ?? readFile.call(host, file);
  host.getSourceFile = (file, ...rest) => (files.has(file)
    ? ts.createSourceFile(file, files.get(file)!, rest[0])
    : getSourceFile.call(host, file, ...rest));
  const diagnostics = ts.getPreEmitDiagnostics(ts.createProgram([...files.keys()], { ...options, noEmit: true, noUnusedLocals: false }, host));
  expect(diagnostics.map(({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`)).toEqual([]);
  expect(files.size).toBeGreaterThan(1);
}, 60_000);

test.each([['voice-agents', 0], ['what-already-runs', 1]])('the README tells the example %s, word for word', (example, block) => {
  expect(snippets('README.md')[block].code).toBe(readFileSync(join(ROOT, 'examples', example, 'main.ts'), 'utf8'));
});

test('the README counts the objects right', () => {
  const objects = readFileSync(join(ROOT, 'test/golden/voice-agents/istio-ambient.yaml'), 'utf8').split(/^---$/m).length;
  expect(readFileSync(join(ROOT, 'README.md'), 'utf8')).toContain(`Out come ${objects} objects`);
});

test('the table of children names every child that the story has', () => {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const { mesh, chart } = meshOf((it) => { story(it); });
  Testing.synth(chart);
  const ids = mesh.node.findAll().filter((one) => ApiObject.isApiObject(one)).map(({ node }) => node.id);
  const parents = mesh.node.findAll().filter((one) => ApiObject.isApiObject(one)).map(({ node }) => node.scope!.node.id);
  const named = ['Namespaces', 'picker', ...ids.filter((id) => id !== 'Resource')];
  for (const id of new Set(named)) expect(readme).toContain(`\`${id}\``);
  expect(parents).toContain('inner-voice');
});
