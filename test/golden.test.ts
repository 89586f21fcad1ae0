import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { App } from 'cdk8s';
import { checksTable } from './checks-table';
import { partsOf } from './golden-parts';
import { wholeOf } from './golden-whole';
import { objectsTable } from './objects-table';
import { providersTable } from './providers/table';
import { wrapped, wrappedExpressions } from './wrapped-expressions';

const ROOT = join(__dirname, '..');
const IS_UPDATE = process.env.UPDATE_GOLDEN === 'true';

const contentOf = (folder: string, file: string): string => readFileSync(join(folder, file), 'utf8');

/** What an example prints and writes, and its access report. */
function run(example: string): { app: App; printed: string; written: string; access: string } {
  const [cwd, out] = [mkdtempSync(join(tmpdir(), 'golden-')), mkdtempSync(join(tmpdir(), 'golden-'))];
  const [home, before] = [process.cwd(), process.env.CDK8S_OUTDIR];
  const log = jest.spyOn(console, 'log').mockImplementation(() => {});
  const synth = jest.spyOn(App.prototype, 'synth');
  try {
    process.chdir(cwd);
    process.env.CDK8S_OUTDIR = out;
    require(`../examples/${example}/main.ts`); // eslint-disable-line @typescript-eslint/no-require-imports
    const written = readdirSync(out).sort().map((file) => contentOf(out, file)).join('---\n');
    return { app: synth.mock.contexts[0], printed: log.mock.calls.map(([line]) => `${line}\n`).join(''), written, access: contentOf(cwd, 'access.txt') };
  } finally {
    process.chdir(home);
    if (before === undefined) delete process.env.CDK8S_OUTDIR;
    else process.env.CDK8S_OUTDIR = before;
    log.mockRestore();
    synth.mockRestore();
  }
}

/** The golden files are the output that is promised, byte for byte: `npm run golden` writes them anew, for review. */
function golden(path: string, text: string): void {
  const file = join(__dirname, 'golden', path);
  if (IS_UPDATE) writeFileSync(file, text);
  expect(existsSync(file) ? readFileSync(file, 'utf8') : '').toBe(text);
}

/** The files of a folder, and no others. */
function goldenFolder(path: string, files: readonly (readonly [file: string, text: string])[]): void {
  const folder = join(__dirname, 'golden', path);
  if (IS_UPDATE) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
  }
  for (const [file, text] of files) golden(join(path, file), text);
  expect(readdirSync(folder).sort()).toEqual(files.map(([file]) => file).sort());
}

test.each([
  ['voice-agents', 'voice-agents', 'istio-ambient'],
  ['voice-agents-sidecar', 'voice-agents', 'istio-sidecar'],
  ['voice-agents-linkerd', 'voice-agents', 'linkerd'],
  ['llm-serving', 'llm-serving', 'istio-ambient'],
  ['acme', 'acme', 'istio-ambient'],
  ['acme-sidecar', 'acme', 'istio-sidecar'],
  ['acme-linkerd', 'acme', 'linkerd'],
  ['what-already-runs', 'what-already-runs', 'istio-ambient'],
  ['tool-boundary', 'tool-boundary', 'agentgateway'],
  ['tool-boundary-waypoint', 'tool-boundary', 'istio-ambient'],
])('%s synthesizes exactly its golden files', (example, story, provider) => {
  const { app, printed, written, access } = run(example);
  goldenFolder(`${story}/${provider}`, partsOf(app, written).flatMap(({ file, text: part }) => {
    const expressions = wrappedExpressions(part);
    return [[file, part] as const, ...(expressions === '' ? [] : [[file.replace('.yaml', '.expressions.txt'), expressions] as const])];
  }));
  expect(wholeOf(story, provider)).toBe(written);
  golden(`${story}/${provider}.access.txt`, access + printed);
});

test('a long expression is wrapped at its operators, and what is quoted stays whole', () => {
  expect(wrapped('(a == "x && y" && has(b)) || (c in ["(", ")"] && d)').split('\n'))
    .toEqual(['(a == "x && y"', '  && has(b))', '|| (c in ["(", ")"]', '  && d)']);
});

test('the table of providers equals the declared features', () => {
  golden('../../docs/reference/providers.md', providersTable());
});

test('the table of checks equals the declared checks', () => {
  golden('../../docs/reference/checks.md', checksTable());
});

test('the tables of objects say what is emitted', () => {
  golden('../../docs/reference/objects.md', objectsTable());
}, 60_000);

test('README and docs quote the access reports', () => {
  const pages = ['README.md', ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.md')).map((file) => `docs/${file}`)];
  for (const page of pages) {
    const text = readFileSync(join(ROOT, page), 'utf8');
    const current = text.replace(/^(```text golden=(\S+)\n)([^]*?)(?=^```$)/gm, (_, head: string, file: string, quoted: string) =>
      head + readFileSync(join(__dirname, 'golden', file), 'utf8').split('\n').slice(0, quoted.split('\n').length - 1).map((line) => `${line}\n`).join(''));
    golden(`../../${page}`, current);
  }
});

const lines = (example: string): string[] => readFileSync(join(ROOT, 'examples', example, 'main.ts'), 'utf8').split('\n');

test('the story with sidecars differs from ambient only in the line of the mesh', () => {
  const ambient = lines('voice-agents');
  const sidecar = lines('voice-agents-sidecar');
  expect(sidecar).toHaveLength(ambient.length);
  expect(sidecar.filter((line, i) => line !== ambient[i])).toEqual(['  mesh: MeshProvider.istioSidecar(),']);
});

test('tool boundaries with a waypoint differ from agentgateway only in `mcp`, upstream credentials and a comment', () => {
  const proxied = lines('tool-boundary');
  const waypoint = lines('tool-boundary-waypoint');
  expect(waypoint).toHaveLength(proxied.length);
  expect(waypoint.filter((line, i) => line !== proxied[i])).toEqual([
    '  Agent, AgentMesh, ExternalHost, Identity, McpServer, McpToolBoundary, MeshProvider, Port, TokenCaller, Workload,',
    '  // Without `mcp`, waypoints match the mirrored MCP headers, which these servers check against the body.',
    '// Grant tools one by one. A tool without a grant cannot be called. A waypoint does not change responses, so `tools/list` still names it.',
    '      host: ExternalHost.https(\'mcp.weather.example\'), tools: [\'forecast\', \'history\'], enforcesMirroredHeaders: true,',
  ]);
});

test('the story on Linkerd differs from ambient only in the line of the mesh and in a split of Services instead of pools', () => {
  const ambient = lines('voice-agents');
  const linkerd = lines('voice-agents-linkerd');
  expect(linkerd.filter((line) => !ambient.includes(line))).toEqual([
    '  mesh: MeshProvider.linkerd(),',
    '  canary: { version: \'v2\', percent: 5 }, // plus every request with the header "x-canary: true"',
    '// The edge gateway: HTTPS, then a Service for each version, because Linkerd does not support InferencePools.',
    'gateway.addRoute(\'chat\', { target: assistant });',
  ]);
});
