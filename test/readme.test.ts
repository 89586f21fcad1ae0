import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'fs';
import { tmpdir } from 'os';
import { dirname, join } from 'path';
import { inspect } from 'util';
import ts from 'typescript';
import { wholeOf } from './golden-whole';
import { problemsOf } from './synth';
import { typeErrors } from './type-check';
import { Agent, Port, Workload } from '../src';

const ROOT = join(__dirname, '..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const markdownIn = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.md')).sort().map((file) => join(folder, file));
const documents = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', ...markdownIn('docs'), ...markdownIn('examples')];

interface Snippet {
  readonly document: string;
  readonly where: string;
  readonly code: string;
  /** The file that the reader writes it to, so that other blocks of the document can import it. */
  readonly file?: string;
  /** Whether it is a test file, which does not run inside another test. */
  readonly isTest: boolean;
}

/**
 * The TypeScript blocks of a document. A block with `fixture=story` continues the README's first block, before its synth. A block with
 * `file=` continues the blocks above it of the same file.
 */
function snippets(document: string): Snippet[] {
  const files = new Map<string, string>();
  return [...read(document).matchAll(/^```ts(.*)\n([^]*?)^```$/gm)].map(([, info, code], i) => {
    const [, file] = /\bfile=(\S+)/.exec(info) ?? [];
    if (file) files.set(file, `${files.get(file) ?? ''}${code}`);
    const continued = info.includes('fixture=story') ? `${first().replace(/^app\.synth\(\);\n[^]*/m, '')}\n${code}\napp.synth();\n` : code;
    return { document, where: `${document}, block ${i + 1}`, file, code: file ? files.get(file)! : continued, isTest: /^test\(/m.test(code) };
  });
}

function first(): string {
  return /^```ts.*\n([^]*?)^```$/m.exec(read('README.md'))![1];
}

const all = documents.flatMap(snippets);

/** The files of all documents, complete. */
const pageFiles = new Map(all.flatMap(({ file, code }) => (file ? [[file, code] as const] : [])));

test('every TypeScript block of README and docs compiles', () => {
  const files = new Map([...all.map(({ code }, i) => [`snippet-${i}.ts`, code] as const), ...pageFiles]);
  const where = (file: string) => all[Number(/^snippet-(\d+)/.exec(file)?.[1])]?.where ?? file;
  expect(typeErrors(files).map(({ file, message }) => `${where(file)}: ${message}`)).toEqual([]);
  expect(all).toHaveLength(documents.flatMap((document) => read(document).match(/^ *```ts/gm) ?? []).length);
}, 60_000);

test('every page whose blocks continue the program of the README says so', () => {
  const continues = documents.filter((document) => document.startsWith('docs/') && read(document).includes('fixture=story'));
  expect(continues.filter((document) => !read(document).includes('README.md#quickstart'))).toEqual([]);
  expect(continues.length).toBeGreaterThan(10);
});

/** Runs a snippet, and what it imports of other blocks, and compares what it prints with its comments. */
function runs(code: string): object {
  const checked = code.replace(/^console\.log\((.*)\); \/\/ (.*)$/gm, (_, value, comment) => `shows(${value}, ${JSON.stringify(comment)});`);
  const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true };
  const { outputText } = ts.transpileModule(checked, { compilerOptions });
  const shows = (value: unknown, comment: string) => expect(comment.startsWith('"') ? JSON.stringify(value) : inspect(value)).toBe(comment);
  const modules = (name: string) => {
    if (name.startsWith('./')) return runs(pageFiles.get(`${name.slice(2)}.ts`)!);
    return name === 'cdk8s-agent-mesh' ? require('../src') : require(name); // eslint-disable-line @typescript-eslint/no-require-imports
  };
  const exported = {};
  new Function('require', 'exports', 'shows', outputText)(modules, exported, shows);
  return exported;
}

test.each(all.filter(({ isTest }) => !isTest))('$where synthesizes, and prints the values in its comments', ({ code, document }) => {
  const [home, outdir] = [process.cwd(), process.env.CDK8S_OUTDIR];
  const log = jest.spyOn(console, 'log').mockImplementation(() => {});
  try {
    process.chdir(mkdtempSync(join(tmpdir(), 'snippet-')));
    process.env.CDK8S_OUTDIR = join(process.cwd(), 'dist');
    runs(code);
    for (const [, file, text] of read(document).matchAll(/^```text file=(\S+)\n([^]*?)^```$/gm)) {
      if (existsSync(file)) expect(readFileSync(file, 'utf8')).toContain(text);
    }
  } finally {
    process.chdir(home);
    if (outdir === undefined) delete process.env.CDK8S_OUTDIR;
    else process.env.CDK8S_OUTDIR = outdir;
    log.mockRestore();
  }
});

test.each([['README.md', 'voice-agents'], ['docs/how-to/existing-workloads.md', 'what-already-runs']])('%s contains the example %s, word for word', (document, example) => {
  expect(snippets(document)[0].code).toBe(read(`examples/${example}/main.ts`));
});

test('the page about Python contains the program of the README in Python, word for word', () => {
  expect(read('docs/how-to/python.md')).toContain(`\`\`\`python\n${read('examples/voice-agents/main.py')}\`\`\`\n`);
});

test('the README counts the objects right', () => {
  const objects = wholeOf('voice-agents', 'istio-ambient').split(/^---$/m).length;
  expect(read('README.md')).toContain(`writes ${objects} objects`);
});

test('the README quotes an error report', () => {
  const [problem] = problemsOf((it) => { new Agent(it, 'assistant', { versions: { v1: Workload.deploy({ image: 'registry.example.com/assistant', ports: [Port.http(8000)] }) } }); });
  const [, message] = /assistant: (.*) \[AM001\]/.exec(problem)!;
  expect(read('README.md')).toContain(`voice-agents/mesh/assistant: ${message} [AM001] (main.ts:14)\n`);
});

/** The anchors that GitHub gives the headings of a document. */
const anchors = (document: string): string[] =>
  [...read(document).matchAll(/^#+ (.*)$/gm)].map(([, heading]) => `#${heading.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-')}`);

test.each([...documents, 'llms.txt'])('%s links to files and headings that exist', (document) => {
  const links = [...read(document).matchAll(/\]\(([^)#\s]*)(#[^)\s]*)?\)/g)].filter(([, target]) => !/^https?:/.test(target));
  const isBroken = ([, target, anchor]: RegExpExecArray) => {
    const file = target === '' ? document : join(dirname(document), target);
    return !existsSync(join(ROOT, file)) || (anchor !== undefined && !anchors(file).includes(anchor));
  };
  expect(links.filter(isBroken).map(([link]) => link)).toEqual([]);
});

test('the index of docs and llms.txt list every page', () => {
  const pages = markdownIn('docs').filter((page) => page !== 'docs/README.md');
  expect(pages.filter((page) => !read('docs/README.md').includes(`(${page.slice('docs/'.length)})`))).toEqual([]);
  expect(pages.filter((page) => !page.startsWith('docs/decisions/') && !read('llms.txt').includes(`(${page})`))).toEqual([]);
});
