import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { App } from 'cdk8s';
import { checksTable } from './checks-table';
import { partsOf } from './golden-parts';
import { wholeOf } from './golden-whole';
import { providersTable } from './providers/table';
import { wrapped, wrappedExpressions } from './wrapped-expressions';

const ROOT = join(__dirname, '..');
const IS_UPDATE = process.env.UPDATE_GOLDEN === 'true';

/** What an example prints and writes, and its access report, run as a user would. */
function run(example: string): { printed: string; written: string; access: string } {
  const out = mkdtempSync(join(tmpdir(), 'golden-'));
  const cwd = mkdtempSync(join(tmpdir(), 'golden-'));
  const printed = execFileSync(process.execPath, [
    join(ROOT, 'node_modules/tsx/dist/cli.mjs'), '--tsconfig', join(ROOT, 'test/tsconfig.json'), join(ROOT, 'examples', example, 'main.ts'),
  ], { encoding: 'utf8', cwd, env: { ...process.env, CDK8S_OUTDIR: out } });
  return { printed, access: readFileSync(join(cwd, 'access.txt'), 'utf8'), written: readdirSync(out).sort().map((file) => readFileSync(join(out, file), 'utf8')).join('---\n') };
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
  ['what-already-runs', 'what-already-runs', 'istio-ambient'],
  ['tool-boundary', 'tool-boundary', 'agentgateway'],
  ['tool-boundary-waypoint', 'tool-boundary', 'istio-ambient'],
])('%s synthesizes exactly what was reviewed', (example, story, provider) => {
  const { printed, written, access } = run(example);
  golden(`${story}/${provider}.yaml`, written);
  golden(`${story}/${provider}.access.txt`, access + printed);
}, 60_000);

test('the table of providers equals the declared features', () => {
  golden('../../docs/reference/providers.md', providersTable());
});

test('the table of checks equals the declared checks', () => {
  golden('../../docs/reference/checks.md', checksTable());
});

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

test('tool boundaries with a waypoint differ from agentgateway only in `mcp` and upstream credentials', () => {
  const proxied = lines('tool-boundary');
  const waypoint = lines('tool-boundary-waypoint');
  expect(waypoint).toHaveLength(proxied.length);
  expect(waypoint.filter((line, i) => line !== proxied[i])).toEqual([
    '  Agent, AgentMesh, ExternalHost, Identity, McpServer, McpToolBoundary, MeshProvider, Port, TokenCaller, Workload,',
    '  // Without `mcp`, waypoints match the mirrored MCP headers, which these servers check against the body.',
    '  servers: { forecasts: McpServer.external({ host: ExternalHost.https(\'mcp.weather.example\'), tools: [\'forecast\', \'history\'] }) },',
  ]);
});

test('the story on Linkerd differs from ambient only in the line of the mesh and in Services instead of pools', () => {
  const ambient = lines('voice-agents');
  const linkerd = lines('voice-agents-linkerd');
  expect(linkerd).toHaveLength(ambient.length);
  expect(linkerd.filter((line, i) => line !== ambient[i])).toEqual([
    '  mesh: MeshProvider.linkerd(),',
    '// The edge gateway: HTTPS, then a Service for each version, because Linkerd does not support InferencePools.',
    '  stable: assistant.version(\'v1\'),',
    '  canary: assistant.version(\'v2\'),',
  ]);
});
