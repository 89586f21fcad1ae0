import { existsSync, mkdtempSync, mkdirSync, readFileSync, realpathSync, symlinkSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { ApiObject, App, Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { Agent, AgentMesh, Identity, McpAccessPolicy, McpServer, McpToolBoundary, MeshProvider, Port, Workload } from '../../src';
import { deploy, existing, story } from '../story';

interface Made { readonly app: App; readonly chart: Chart; readonly mesh: AgentMesh }

function made(build: (mesh: AgentMesh, chart: Chart) => void = (mesh) => { story(mesh); }, outdir = mkdtempSync(join(tmpdir(), 'out-'))): Made {
  const app = new App({ outdir });
  const chart = new Chart(app, 'app');
  const mesh = new AgentMesh(chart, 'mesh', { namespace: 'voice', mesh: MeshProvider.istioAmbient() });
  build(mesh, chart);
  return { app, chart, mesh };
}

function thrown(act: () => unknown): string {
  try {
    act();
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

const policy = (chart: Chart, id: string, namespace = 'voice') =>
  new ApiObject(chart, id, { apiVersion: 'security.istio.io/v1', kind: 'AuthorizationPolicy', metadata: { name: id, namespace }, spec: { rules: [{}] } } as never);

/** A problem of each origin: recorded at its line, of the whole mesh, of a provider, of an object of the app, of the app itself, and of an export. */
const broken = (mesh: AgentMesh, chart: Chart) => {
  const agent = new Agent(mesh, 'agent', { versions: { v1: Workload.deploy({ image: 'registry.example.com/a:latest', ports: [Port.http(8000)] }) } });
  agent.grantCall(Identity.of({ namespace: 'ops', serviceAccount: 'default' }));
  new Agent(mesh, 'empty', { versions: {} });
  policy(chart, 'allow-all');
  new ApiObject(chart, 'twin', { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'agent', namespace: 'voice' } });
  new McpAccessPolicy(mesh, 'export', { boundary: new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy([8080]), { tools: ['t'] }) }), backendName: 'crm' });
};

describe('the problems of a mesh', () => {
  test('are the lines of the report of synth, as data', () => {
    const { app, mesh } = made(broken);
    const problems = mesh.validate();
    expect(new Set(problems.map(({ id }) => id))).toEqual(new Set(['AM001', 'AM218', 'AM216', 'AM103', 'AM110', 'AM361']));
    expect(thrown(() => app.synthYaml())).toBe(`Validation failed with the following errors:\n  ${problems.map(({ text }) => `[app/mesh] ${text}`).join('\n  ')}`);
    expect(problems.find(({ id }) => id === 'AM218')).toEqual({
      id: 'AM218', path: 'app/mesh/agent', message: 'identity ops/default uses the ServiceAccount "default", which is shared by every pod of the namespace that sets none',
      actual: '"ops/default"', expected: 'a dedicated ServiceAccount', fix: 'use another name or a dedicated ServiceAccount', at: expect.stringMatching(/^test\/constructs\/mesh-problems\.test\.ts:\d+$/),
      text: expect.stringMatching(/^app\/mesh\/agent: identity ops\/default .+; got "ops\/default"; allowed: a dedicated ServiceAccount; use another name .+ \[AM218\] \(test\/constructs\/mesh-problems\.test\.ts:\d+\)$/),
    });
  });

  test('are those of now: a program that is not complete can be asked, and synthesizes as if nobody had', () => {
    const { app, chart, mesh } = made();
    const asked = () => mesh.validate().map(({ id }) => id);
    expect([asked(), asked()]).toEqual([[], []]);
    policy(chart, 'allow-all');
    expect(asked()).toEqual(['AM103']);
    mesh.acknowledge('AM103', 'the smoke test');
    expect(asked()).toEqual([]);
    const twin = made();
    twin.mesh.acknowledge('AM103', 'the smoke test');
    policy(twin.chart, 'allow-all');
    expect(app.synthYaml()).toBe(twin.app.synthYaml());
    expect(asked()).toEqual([]);
  });

  test('of the whole app are told once, by its first mesh', () => {
    const { app, chart, mesh } = made();
    const second = new AgentMesh(chart, 'second', { namespace: 'second', mesh: MeshProvider.istioAmbient() });
    new ApiObject(chart, 'twin', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'second', labels: { 'istio.io/dataplane-mode': 'ambient' } } });
    expect([mesh, second].map((one) => one.validate().map(({ id }) => id))).toEqual([['AM110'], []]);
    expect(thrown(() => app.synthYaml()).split('\n')).toHaveLength(2);
  });

  test('cannot be changed by who reads them, and hold no control characters', () => {
    const { mesh } = made((it) => { new Agent(it, 'agent', { versions: { v1: existing('a\u001b[31m\nb') } }); });
    const [problem] = mesh.validate();
    (problem as { message: string }).message = 'changed';
    for (const value of mesh.validate().flatMap((one) => Object.values(one))) expect(value).toMatch(/^(?!changed)[\x20-\x7e]*$/);
  });
});

describe('the access report is written', () => {
  const home = process.cwd();
  let folder: string;
  beforeEach(() => { process.chdir(folder = realpathSync(mkdtempSync(join(tmpdir(), 'access-')))); });
  afterEach(() => process.chdir(home));

  test('below the working directory, in folders that are made for it, the same every time', () => {
    const { app, mesh } = made();
    mesh.writeAccess('reports/of/access.txt');
    const first = readFileSync(join(folder, 'reports/of/access.txt'), 'utf8');
    expect(first).toBe(`${mesh.describeAccess()}\n`);
    app.synth();
    mesh.writeAccess('./reports/of/../of/access.txt');
    mesh.writeAccess(join(folder, 'other.txt'));
    expect([readFileSync('reports/of/access.txt', 'utf8'), readFileSync('other.txt', 'utf8')]).toEqual([first, first]);
  });

  test('not into the output folder, however it is named', () => {
    mkdirSync('dist');
    symlinkSync('dist', 'out');
    for (const [outdir, file] of [
      ['dist', 'dist/access.txt'], ['dist', './dist/deep/access.txt'], ['dist/', join(folder, 'dist', 'access.txt')], ['dist', 'out/access.txt'], ['out', 'dist/access.txt'], ['dist', 'dist'], ['.', 'access.txt'],
      ['new', 'new/access.txt'],
    ]) {
      const { mesh } = made(undefined, outdir);
      expect(thrown(() => mesh.writeAccess(file))).toMatch(new RegExp(`^app/mesh: the path of the access report is in the output folder of the app, .+; got "${file}"; allowed: a path outside ${outdir}; use a path beside the program, such as "access.txt" \\[AM001\\] \\(.+test\\.ts:\\d+\\)$`));
      expect(existsSync(file === 'dist' ? 'dist/access.txt' : file)).toBe(false);
    }
    made(undefined, 'dist').mesh.writeAccess('dist-access/..access.txt');
    expect(existsSync('dist-access/..access.txt')).toBe(true);
  });

  test('not into the output folder that cdk8s-cli names', () => {
    process.env.CDK8S_OUTDIR = 'made';
    try {
      const mesh = new AgentMesh(new Chart(new App(), 'app'), 'mesh', { namespace: 'voice', mesh: MeshProvider.istioAmbient() });
      expect(thrown(() => mesh.writeAccess('made/access.txt'))).toContain('allowed: a path outside made');
    } finally {
      delete process.env.CDK8S_OUTDIR;
    }
  });

  test('not where it cannot be', () => {
    const { mesh } = made();
    mkdirSync('taken');
    mesh.writeAccess('file');
    for (const file of ['taken', '', 'file/access.txt', 'file/of/access.txt', 'a\0b']) {
      expect(thrown(() => mesh.writeAccess(file))).toMatch(/^app\/mesh: the access report cannot be written: .+; got ".*"; allowed: a path that the program may write to; .+ \[AM001\] \(.+\)$/);
    }
  });

  test('of no program with problems: the error is the report of synth', () => {
    for (const build of [broken, (_: AgentMesh, chart: Chart) => { new Construct(chart, 'theirs').node.addValidation({ validate: () => ['one of theirs'] }); }]) {
      const { app, mesh } = made(build);
      const report = thrown(() => mesh.writeAccess('new/access.txt'));
      expect(report).toMatch(/^Validation failed with the following errors:\n {2}\[app\//);
      expect(thrown(() => app.synth())).toBe(report);
      expect(existsSync('new')).toBe(false);
    }
  });

  test('of a mesh whose chart is in no App', () => {
    const mesh = new AgentMesh(new Chart(undefined as never, ''), 'mesh', { namespace: 'voice', mesh: MeshProvider.istioAmbient() });
    mesh.writeAccess('access.txt');
    expect(existsSync('access.txt')).toBe(true);
  });
});
