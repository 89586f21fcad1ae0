import { Chart, Testing } from 'cdk8s';
import { argumentsOf } from './cases';
import { callOf, World } from './program';
import { entries, parametersOf } from './types';
import { Agent, AgentMesh, Cluster, InferenceGateway, McpServer, McpToolBoundary, MediaPort, MeshProvider, Port, Workload } from '../../src';
import { CLASSES, ENTRIES, STRUCTS } from '../../src/input/schema';
import { publicSurface } from '../random/surface';
import { deploy, IMAGE } from '../story';
import { meshOf, problemsOf, synth } from '../synth';

/** The lines of the report that a call is refused with. */
function linesOf(call: () => unknown): string[] {
  try {
    call();
    return [];
  } catch (error) {
    return (error as Error).message.split('\n  ').slice(1).map((line) => line.replace(/ \([^()]+:\d+\)$/, ''));
  }
}
const deployed = (options: object) => linesOf(() => Workload.deploy({ image: IMAGE, ports: [Port.http(80)], ...options }));

const WITHOUT_PARAMETERS = ['GatewayProvider.istioAgentgateway', 'AccessLogs.envoy', 'AccessLogs.off', 'AccessLogs.existing', 'EndpointPickerConfig.wideExpertParallel'];

describe('the table of types', () => {
  test('has every class, prop and method of the sources: run `npm run schema`', () => {
    const surface = publicSurface();
    const structs = new Map<string, string[]>(Object.entries(STRUCTS).map(([name, text]) => [name, text.split(' ').map((one) => one.split(/[?:]/)[0])]));
    const missing = surface.filter((one) => {
      const [name, member] = one.split('.');
      return structs.has(name) && !structs.get(name)!.includes(member);
    });
    const unknown = surface.filter((one) => one.startsWith('new ')).map((one) => one.slice(4)).filter((name) => !(name in CLASSES));
    const statics = surface.filter((one) => /^[A-Z]\w*\.[a-z]\w*$/.test(one) && one.split('.')[0] in CLASSES && !(one in ENTRIES) && !WITHOUT_PARAMETERS.includes(one));
    expect([missing, unknown, statics]).toEqual([[], [], []]);
  });
  test.each(entries.flatMap((entry) => parametersOf(entry).map(({ name }, index) => [entry, name, index] as const)))('%s is refused null as `%s`', (entry, name, index) => {
    const world = new World();
    const call = callOf(entry, world);
    const args = argumentsOf(entry, world);
    args[index] = null;
    const told = linesOf(() => call(args)).filter((line) => line.includes('[AM003]'));
    expect(told).toEqual([expect.stringMatching(new RegExp(`: \`${name}(\\[0\\])?\` has the wrong type; got null; .* \\[AM003\\]$`))]);
  });
});

describe('a refusal', () => {
  test('has all faults of the call, and then the problems that the mesh has recorded', () => {
    const lines = linesOf(() => meshOf((mesh) => {
      new Agent(mesh, 'Bad_Name', { versions: { v1: deploy() } });
      new Agent(mesh, 'agent', { versions: { v1: 'w' }, servicePort: '80', nam: 'x' } as never);
    }));
    expect(lines).toEqual([
      '[app/mesh] app/mesh/agent: `versions.v1` has the wrong type; got a string; allowed: a Workload; pass a Workload [AM003]',
      '[app/mesh] app/mesh/agent: `servicePort` has the wrong type; got a string; allowed: a number; write it without quotes [AM003]',
      expect.stringMatching(/app\/mesh\/agent: `nam` is not a prop of AgentProps; allowed: canary, .*; rename it to `name`, if that is meant, or remove it \[AM003\]$/),
      expect.stringMatching(/app\/mesh\/Bad_Name: the name of the agent is not a valid Kubernetes name.*\[AM001\]$/),
    ]);
  });
  test('leaves nothing behind', () => {
    const { mesh, chart } = meshOf(() => {});
    expect(linesOf(() => new Agent(mesh, 'agent', { versions: null } as never))).toHaveLength(1);
    new Agent(mesh, 'agent', { versions: { v1: deploy() } });
    expect(() => Testing.synth(chart)).not.toThrow();
  });
  test('never shows what a text of the wrong place says', () => {
    expect(deployed({ args: '--password=hunter2', env: 'PASSWORD=hunter2', replicas: 'hunter2' }).join()).not.toContain('hunter2');
    expect(deployed({ image: 'x'.repeat(2 ** 20 + 1) })[0].length).toBeLessThan(200);
  });
  test('names at most 20 faults of a call', () => {
    const lines = deployed({ args: Array.from({ length: 30 }, (_, i) => i) });
    expect([lines.length, lines[19], lines[20]]).toEqual([21, 'Workload.deploy: `args[19]` has the wrong type; got 19; allowed: a string; put it in quotes [AM003]', 'Workload.deploy: 10 more values of this call are wrong; correct the values above first [AM003]']);
  });
  test.each<[string, object, string]>([
    ['a string for a list', { args: '--a' }, '`args` has the wrong type; got a string; allowed: an array, each entry a string; write a list: ["..."]'],
    ['a number in a list', { args: ['a', 1] }, '`args[1]` has the wrong type; got 1; allowed: a string; put it in quotes'],
    ['null for an optional prop', { healthPath: null }, '`healthPath` has the wrong type; got null; allowed: a string; omit the value'],
    ['a prop that is missing', { image: undefined }, '`image` is missing; allowed: a string; set `image`'],
    ['a nested prop that is missing', { jwt: {} }, '`jwt.issuer` is missing; allowed: a string; set `issuer`'],
    ['an odd key of a map', { env: { 'a b': 1 } }, '`env["a b"]` has the wrong type; got 1; allowed: a string; put it in quotes'],
    ['NaN', { replicas: NaN }, '`replicas` is not a finite number; got NaN; allowed: a finite number; check how it is computed'],
    ['a boxed text', { image: new String('x') }, '`image` has the wrong type; got an object of class String; allowed: a string; remove `new`'],
    ['a Map', { env: new Map() }, '`env` has the wrong type; got an object of class Map; allowed: an object, each value a string; pass Object.fromEntries(map)'],
    ['a token', { image: 'registry/${Token[TOKEN.3]}:1' }, '`image` is a Token or Lazy value, which is only known at synth, but the library checks the value when the program runs; allowed: the value itself, not a Token or Lazy; pass the literal value'],
    ['an instance of another class', { mediaPorts: [Cluster.of()] }, '`mediaPorts[0]` has the wrong type; got an object of class Cluster; allowed: a MediaPort; pass a MediaPort'],
    ['an object that only looks like an instance', { mediaPorts: [{ port: 1, protocol: 'UDP' }] }, '`mediaPorts[0]` has the wrong type; got an object; allowed: a MediaPort; pass a MediaPort'],
    ['a getter that throws', Object.defineProperty({}, 'args', { enumerable: true, get: () => { throw new Error('no'); } }), '`args` cannot be read: no; allowed: plain data without getters that throw; pass a plain value'],
  ])('of %s says what to do', (_, options, message) => {
    const given = Object.defineProperties({ image: IMAGE, ports: [Port.http(80)] }, Object.getOwnPropertyDescriptors(options));
    expect(linesOf(() => Workload.deploy(given as never))).toEqual([`Workload.deploy: ${message} [AM003]`]);
  });
  test('tells of another copy of the library', () => {
    let other: { readonly MediaPort: typeof MediaPort } | undefined;
    jest.isolateModules(() => { other = jest.requireActual<{ readonly MediaPort: typeof MediaPort }>('../../src'); });
    expect(deployed({ mediaPorts: [other!.MediaPort.udp(1)] })).toEqual([expect.stringContaining('check that the package is installed only once (npm ls cdk8s-agent-mesh)')]);
  });
});

describe('after the call', () => {
  test('a change of what was passed changes nothing', () => {
    const build = (isChanged: boolean) => synth((mesh) => {
      const [hosts, names] = [['a.example.com'], ['find']];
      const made: Record<string, Workload> = { v1: deploy() };
      const gateway = new InferenceGateway(mesh, 'gw', { hostnames: hosts, tls: { secretName: 'tls' } });
      new Agent(mesh, 'agent', { versions: made });
      const crm = new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy([8080]), { tools: names }) });
      if (!isChanged) return;
      hosts.push('evil.example.com');
      gateway.hostnames.push('evil.example.com');
      crm.tools.push('refund');
      names.push('refund');
      made.v2 = deploy();
    }).all;
    expect(build(true)).toEqual(build(false));
  });
  test('a getter is read no second time', () => {
    let reads = 0;
    Workload.deploy({ ports: [Port.http(80)], get image() { reads++; return IMAGE; } });
    expect(reads).toBe(1);
  });
});

test('an id of a mesh that is taken or reserved is reported with the rest', () => {
  const ids = (...all: string[]) => problemsOf((_, chart) => all.forEach((id) => new AgentMesh(chart, id, { mesh: MeshProvider.istioAmbient(), namespace: 'far' })));
  expect(ids('mesh')).toEqual(expect.arrayContaining([expect.stringContaining('[app/mesh-2] app/mesh-2: another construct in this scope has the same id; got "mesh"')]));
  expect(ids('')).toEqual(expect.arrayContaining([expect.stringContaining('the construct id is empty; got ""')]));
});

test('a mesh outside of a chart is refused at its line', () => {
  expect(linesOf(() => new AgentMesh(Testing.app() as never, 'mesh', { mesh: MeshProvider.istioAmbient() }))).toEqual(['mesh: `scope` is not in a chart; define the mesh under a Chart [AM003]']);
  expect(linesOf(() => AgentMesh.of(new Chart(Testing.app(), 'lonely')))).toEqual(['lonely: the construct is not in the scope of an AgentMesh; define the construct in the scope of an AgentMesh, or pass one as `mesh` [AM003]']);
});
