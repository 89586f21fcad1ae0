import { BY_HBONE, BY_LINKERD, onAgentgateway, Way } from './agentgateway';
import { Asks, boundaryProgram, boundaryRows, Row, TOKENS } from './boundary-table';
import { onIstioAmbient, onIstioSidecars, toHostOutside } from './istio';
import { onLinkerd } from './linkerd';
import { Attempt, completed, frontPod, Pod, podOf, Program, programOf, ProviderName, PROVIDERS as MESHES, Verdict, workloadOf, World } from './program';
import { GatewayApiChannel, GatewayProvider } from '../../src';
import { decide } from '../../src/analysis/decision';
import { ITEM_METHODS } from '../../src/model/item-grants';
import { principalOf } from '../../src/model/principal';
import { Manifest, problemsOf } from '../synth';

interface Provider {
  readonly mesh: ProviderName;
  readonly gateway: () => GatewayProvider;
  readonly asks: Asks;
  readonly credentials: 'refused' | 'taken-away';
  readonly judge: (program: Program, world: World, row: Row) => Verdict;
}

const podNamed = ({ world }: Program, name: string): Pod => world.pods.find((pod) => `${pod.namespace}/${pod.name}` === name)!;

/** What a call says in headers, and what it is shown with. */
function attempted(program: Program, { caller, server, tool, token }: Row, to: Pod, port: number): Attempt {
  const said = TOKENS[token];
  return {
    from: podNamed(program, caller), to, service: server, port, path: '/mcp', method: 'POST', token: said,
    headers: { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': tool, ...(said && { authorization: 'Bearer it' }) },
  };
}

const byMesh = (judge: (world: World, attempt: Attempt) => Verdict) => (program: Program, world: World, row: Row): Verdict => {
  if (row.server === 'weather') return toHostOutside(world, 'mcp.weather.example', attempted(program, row, podNamed(program, row.caller), 80));
  return judge(world, attempted(program, row, podOf(program.world, 'voice', { 'app.kubernetes.io/name': row.server }), 80));
};

const byAgentgateway = (way: Way) => (program: Program, world: World, row: Row): Verdict => {
  const { service: _, ...attempt } = attempted(program, row, frontPod(program.world, row.server), 8080);
  return onAgentgateway(world, way, attempt, row.server, { kind: 'tool', name: row.tool });
};

const ALL: Asks = { tokens: true, outside: true };
const PROVIDERS: Readonly<Record<string, Provider>> = {
  'a waypoint': { mesh: 'Istio ambient', gateway: () => GatewayProvider.istio(), asks: ALL, credentials: 'refused', judge: byMesh(onIstioAmbient) },
  'sidecars': { mesh: 'Istio sidecars', gateway: () => GatewayProvider.istio(), asks: { ...ALL, outside: false }, credentials: 'refused', judge: byMesh(onIstioSidecars) },
  'Linkerd': { mesh: 'Linkerd', gateway: () => GatewayProvider.istio(), asks: { tokens: false, outside: false }, credentials: 'taken-away', judge: byMesh(onLinkerd) },
  'agentgateway in ambient': { mesh: 'Istio ambient', gateway: () => GatewayProvider.agentgateway(), asks: ALL, credentials: 'taken-away', judge: byAgentgateway(BY_HBONE) },
  'agentgateway on Linkerd': { mesh: 'Linkerd', gateway: () => GatewayProvider.agentgateway(), asks: ALL, credentials: 'taken-away', judge: byAgentgateway(BY_LINKERD) },
};

function programBy({ mesh, gateway, asks }: Provider): Program {
  const props = { gateway: gateway(), gatewayApiChannel: GatewayApiChannel.EXPERIMENTAL };
  return completed(programOf(mesh, (one) => boundaryProgram(one, asks), props), { objects: [], pods: [] });
}

function modelled(program: Program, { caller, server, tool, token }: Row): boolean {
  const { trustDomain, namespace, serviceAccount } = podNamed(program, caller);
  const callee = workloadOf(program, `tool server ${server}`);
  return decide(program.model, {
    caller: trustDomain === undefined ? undefined : principalOf(trustDomain, namespace, serviceAccount), callee, port: callee.service!.port,
    path: '/mcp', method: 'POST', token: TOKENS[token], mcp: { method: ITEM_METHODS.tool.use, name: tool },
  }, program.gateways).allowed;
}

test('the table is large enough to be worth it', () => {
  expect(boundaryRows(ALL, 'refused').length).toBeGreaterThanOrEqual(60);
});

describe.each(Object.keys(PROVIDERS))('by %s', (name) => {
  const provider = PROVIDERS[name];
  const program = programBy(provider);

  test.each(boundaryRows(provider.asks, provider.credentials).map((row) => [row.title, row] as const))('%s', (_, row) => {
    const verdict = provider.judge(program, program.world, row);
    expect({ model: modelled(program, row), objects: verdict.allowed, status: verdict.status })
      .toEqual({ model: row.allowed, objects: row.allowed, status: expect.any(String) });
  });
});

test.each(Object.entries(PROVIDERS).filter(([, { asks }]) => !asks.tokens || !asks.outside))('what %s does not hold of the table it refuses', (_, { mesh, gateway, asks }) => {
  const props = { provider: MESHES[mesh](), gateway: gateway(), gatewayApiChannel: GatewayApiChannel.EXPERIMENTAL };
  const refused = problemsOf((one) => boundaryProgram(one, ALL), props);
  if (!asks.tokens) expect(refused).toEqual(expect.arrayContaining([expect.stringContaining('a token that requests must carry is not to be had')]));
  expect(refused).toEqual(expect.arrayContaining([expect.stringContaining('an MCP server outside the cluster is not to be had')]));
});

/** Rows that a mutant of the objects answers otherwise. */
function wrong(name: string, mutate: (objects: Manifest[]) => void): string[] {
  const provider = PROVIDERS[name];
  const program = programBy(provider);
  const objects = structuredClone(program.world.objects) as Manifest[];
  mutate(objects);
  return boundaryRows(provider.asks, provider.credentials)
    .filter((row) => provider.judge(program, { ...program.world, objects }, row).allowed !== row.allowed).map(({ title }) => title);
}

test('a claim that is looked for within a text is taken from a longer one', () => {
  expect(wrong('agentgateway on Linkerd', (objects) => {
    for (const { spec } of objects.filter(({ kind }) => kind === 'AgentgatewayPolicy')) {
      const rules = [spec.traffic?.authorization, spec.backend?.mcp?.authorization].filter((one) => one !== undefined);
      for (const { policy } of rules) policy.matchExpressions = policy.matchExpressions.map((text: string) => text.replace(/jwt\["role"\]\.exists\(one, one == "supervisor"\)/g, 'jwt["role"].contains("supervisor")'));
    }
  })).toEqual(['voice/writer may call crm/refund with the token of bosses', 'voice/writer may not call crm/refund with the token of nearly']);
});

test('without the deny of credentials they reach a server that asks for none', () => {
  expect(wrong('a waypoint', (objects) => {
    objects.splice(objects.findIndex(({ kind, metadata }) => kind === 'AuthorizationPolicy' && metadata.name === 'mail-credentials'), 1);
  })).toEqual(['voice/planner may not call mail/draft with the token of alice', 'voice/writer may not call mail/draft with the token of alice']);
});

test('a policy that does not ask for the claim admits every token of the caller', () => {
  expect(wrong('a waypoint', (objects) => {
    for (const rule of objects.find(({ kind, metadata }) => kind === 'AuthorizationPolicy' && metadata.name === 'crm')!.spec.rules) {
      rule.when = rule.when.filter(({ key }: { key: string }) => !key.includes('claims'));
    }
  })).toEqual(expect.arrayContaining(['voice/writer may not call crm/refund with the token of alice']));
});
