import { ALL, modelled, programBy, PROVIDERS, ToolCall } from './boundary-providers';
import { boundaryProgram, boundaryRows, Row, TOKENS } from './boundary-table';
import { PROVIDERS as MESHES } from './program';
import { Cluster, GatewayApiChannel } from '../../src';
import { Manifest, problemsOf } from '../synth';

const callOf = ({ token, ...row }: Row): ToolCall => ({ ...row, said: TOKENS[token] });

test('the table has enough rows', () => {
  expect(boundaryRows(ALL, 'refused').length).toBeGreaterThanOrEqual(60);
});

describe.each(Object.keys(PROVIDERS))('by %s', (name) => {
  const provider = PROVIDERS[name];
  const program = programBy(provider, (one) => boundaryProgram(one, provider.asks));

  test.each(boundaryRows(provider.asks, provider.credentials).map((row) => [row.title, row] as const))('%s', (_, row) => {
    const verdict = provider.judge(program, program.world, callOf(row));
    expect({ model: modelled(program, callOf(row)), objects: verdict.allowed, status: verdict.status })
      .toEqual({ model: row.allowed, objects: row.allowed, status: expect.any(String) });
  });
});

test.each(Object.entries(PROVIDERS).filter(([, { asks }]) => !asks.tokens || !asks.external))('%s refuses the rows that it cannot enforce', (_, { mesh, mcp, asks }) => {
  const props = { mesh: MESHES[mesh](), mcp, cluster: Cluster.of({ gatewayApiChannel: GatewayApiChannel.EXPERIMENTAL }) };
  const refused = problemsOf((one) => boundaryProgram(one, ALL), props);
  if (!asks.tokens) expect(refused).toEqual(expect.arrayContaining([expect.stringContaining('a token requirement (`jwt`) is not supported by MeshProvider.')]));
  expect(refused).toEqual(expect.arrayContaining([expect.stringContaining('an MCP server outside the cluster is not supported by MeshProvider.')]));
});

/** Rows that a mutant of the objects answers otherwise. */
function wrong(name: string, mutate: (objects: Manifest[]) => void): string[] {
  const provider = PROVIDERS[name];
  const program = programBy(provider, (one) => boundaryProgram(one, provider.asks));
  const objects = structuredClone(program.world.objects) as Manifest[];
  mutate(objects);
  return boundaryRows(provider.asks, provider.credentials)
    .filter((row) => provider.judge(program, { ...program.world, objects }, callOf(row)).allowed !== row.allowed).map(({ title }) => title);
}

test('a claim matched by substring accepts a longer claim', () => {
  expect(wrong('agentgateway on Linkerd', (objects) => {
    for (const { spec } of objects.filter(({ kind }) => kind === 'AgentgatewayPolicy')) {
      const rules = [spec.traffic?.authorization, spec.backend?.mcp?.authorization].filter((one) => one !== undefined);
      for (const { policy } of rules) policy.matchExpressions = policy.matchExpressions.map((text: string) => text.replace(/\(type\(jwt\["role"\]\) == list && .*?exists\(one, one == "supervisor"\)\)/g, 'jwt["role"].contains("supervisor")'));
    }
  })).toEqual(['voice/writer may call crm/refund with the token of bosses', 'voice/writer may not call crm/refund with the token of nearly']);
});

test('without the deny policy, credentials reach a server that needs none', () => {
  expect(wrong('a waypoint', (objects) => {
    objects.splice(objects.findIndex(({ kind, metadata }) => kind === 'AuthorizationPolicy' && metadata.name === 'mail-credentials'), 1);
  })).toEqual(['voice/planner may not call mail/draft with the token of alice', 'voice/writer may not call mail/draft with the token of alice']);
});

test('a policy without the claim allows every token of the caller', () => {
  expect(wrong('a waypoint', (objects) => {
    for (const rule of objects.find(({ kind, metadata }) => kind === 'AuthorizationPolicy' && metadata.name === 'crm')!.spec.rules) {
      rule.when = rule.when.filter(({ key }: { key: string }) => !key.includes('[role]'));
    }
  })).toEqual(expect.arrayContaining(['voice/writer may not call crm/refund with the token of alice']));
});
