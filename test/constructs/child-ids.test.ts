import { ApiObject } from 'cdk8s';
import { MAIN, roleOf, ROLES } from './child-roles';
import { ConstructName, Emitted, emittedObjects, movingObjects } from './emitted-objects';
import { Agent, ExternalHost, McpServer, McpToolBoundary } from '../../src';
import { MESHES, meshOn, NEWEST } from '../providers/suite';
import { deploy } from '../story';
import { meshOf } from '../synth';

const emitted = emittedObjects();
const all: readonly Omit<Emitted, 'mesh' | 'by'>[] = [...emitted, ...movingObjects()];
const NAMES = Object.keys(ROLES) as ConstructName[];

test('every object has a role that the table lists', () => {
  const unlisted = all.filter(({ construct, path }) => roleOf(construct, path) === undefined).map(({ construct, path, kind }) => `${construct} ${path} (${kind})`);
  expect([...new Set(unlisted)]).toEqual([]);
});

test.each(NAMES)('every role that the table lists for %s is emitted', (name) => {
  const roles = new Set(all.filter(({ construct }) => construct === name).map(({ construct, path }) => roleOf(construct, path)));
  expect(Object.keys(ROLES[name]).filter((role) => !roles.has(role))).toEqual([]);
});

test('an id means one thing: on a provider it is of one kind', () => {
  const kinds = new Map<string, Set<string>>();
  for (const { mesh, by, construct, path, kind } of emitted) {
    const key = `${mesh} ${by === 'agentgateway'} ${construct} ${path}`;
    kinds.set(key, (kinds.get(key) ?? new Set()).add(kind));
  }
  expect([...kinds].filter(([, { size }]) => size > 1)).toEqual([]);
});

test.each(NAMES)('what ApiObject.of returns of %s has the same role on every provider', (name) => {
  const mains = emitted.filter(({ construct, isMain }) => construct === name && isMain);
  const main = (meshes: readonly string[]) => [...new Set(mains.filter(({ mesh }) => meshes.includes(mesh)).map(({ path }) => roleOf(name, path)!))];
  expect(main(MESHES).sort()).toEqual([...MAIN[name]].sort());
  for (const mesh of MESHES) expect(MAIN[name]).toEqual(expect.arrayContaining(main([mesh])));
});

describe.each(MESHES.flatMap((mesh) => (['istio', 'agentgateway'] as const).map((by) => [mesh, by] as const)))('on %s with %s', (name, by) => {
  const { mesh } = meshOf((of) => {
    new Agent(of, 'planner', { versions: { v1: deploy() } });
    new Agent(of, 'writer', { versions: { v1: deploy(), v2: deploy() }, stable: 'v1' });
    new McpToolBoundary(of, 'crm', { server: McpServer.of(deploy([8080]), { tools: ['find'] }) });
  }, meshOn(name, NEWEST, by));
  const roleAt = (...ids: string[]) => {
    const construct = ids.reduce((at, id) => at.node.findChild(id), mesh as Parameters<typeof ApiObject.of>[0]);
    return ApiObject.of(construct).node.id;
  };

  test('it is the workload policy of an agent, of a version, and of a boundary whose only server is in pods', () => {
    expect([roleAt('planner'), roleAt('writer', 'v1'), roleAt('writer', 'v2'), roleAt('crm')]).toEqual(Array(4).fill('workload-policy'));
  });
  test('of an agent with versions it is that of the stable one', () => {
    expect(ApiObject.of(mesh.node.findChild('writer')).name).toContain('writer-v1');
  });
});

test.each([
  ['of an external server', 'istioAmbient', 'istio', { server: McpServer.external({ host: ExternalHost.https('mcp.example.com'), tools: ['find'] }) }],
  ['of an external server', 'istioAmbient', 'agentgateway', { server: McpServer.external({ host: ExternalHost.https('mcp.example.com'), tools: ['find'] }) }],
  ['of several servers', 'linkerd', 'agentgateway', { servers: { one: McpServer.of(deploy([8080]), { tools: ['find'] }), two: McpServer.of(deploy([8081]), { tools: ['find'] }) } }],
] as const)('it is the request policy of a boundary %s (%s, %s)', (_, name, by, props) => {
  const { mesh } = meshOf((of) => { new McpToolBoundary(of, 'crm', props); }, meshOn(name, NEWEST, by));
  expect(ApiObject.of(mesh.node.findChild('crm')).node.id).toBe('request-policy');
});
