import { readFileSync } from 'fs';
import { join } from 'path';
import { Cluster } from '../src';
import { declaredRefusal, MeshName, MESHES, NEWEST, USUAL_GATEWAY } from './providers/suite';
import { Feature } from '../src/model/feature';

/** The features of each row of the README's table of meshes, by how the row begins. */
const ROWS: readonly (readonly [begin: string, features: readonly Feature[]])[] = [
  ['mutual TLS', ['identity']], ['MCP endpoint', ['path']], ['single MCP tools', ['tool']], ['`InferencePool`', ['pool']], ['edge gateway', ['gateway-route']],
  ['canary', ['gateway-canary', 'mesh-canary']], ['external MCP server', ['external-tools']], ['egress to named hosts', ['named-hosts']],
];

const lines = readFileSync(join(__dirname, '../README.md'), 'utf8').split('\n');
const start = lines.findIndex((line) => line.startsWith('| feature |'));
const rows = lines.slice(start, lines.indexOf('', start)).map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim()));

/** What a cell must say, by what the providers declare for the newest releases and for the default cluster. */
function expected(mesh: MeshName, feature: Feature): RegExp {
  if (!declaredRefusal(mesh, feature, NEWEST)) {
    if (declaredRefusal(mesh, feature, Cluster.of())) return /^experimental channel/;
    return feature === 'gateway-route' ? new RegExp(`^\`GatewayProvider\\.${USUAL_GATEWAY[mesh]}\\(\\)\`$`) : /^yes$/;
  }
  if (!declaredRefusal(mesh, feature, NEWEST, 'agentgateway')) return /^with `McpProvider\.agentgateway\(\)`|^as ambient$/;
  return feature === 'tool' ? /^if the server checks mirrored headers$/ : /^refused/;
}

test('the README\'s table has a column for each mesh and a row for each of these features', () => {
  expect(rows[0].slice(1)).toEqual(MESHES.map((name) => `\`MeshProvider.${name}()\``));
  expect(rows.slice(2).map(([first]) => ROWS.find(([begin]) => first.startsWith(begin))?.[0])).toEqual(ROWS.map(([begin]) => begin));
});

test.each(ROWS.flatMap(([begin, features]) => features.flatMap((feature) => MESHES.map((mesh) => [begin, feature, mesh] as const))))(
  'the README\'s row "%s" says of %s on %s what the providers declare', (begin, feature, mesh) => {
    const row = rows.find(([first]) => first.startsWith(begin))!;
    expect(row[1 + MESHES.indexOf(mesh)]).toMatch(expected(mesh, feature));
  });
