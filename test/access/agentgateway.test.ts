import fc from 'fast-check';
import { BY_HBONE, BY_LINKERD, isAtHome, McpRequest, onAgentgateway, STRAIGHT_TO_PODS, Way } from './agentgateway';
import { celValue } from './cel';
import { Attempt, completed, mcpProxyPod, Pod, podOf, Program, programOf, ProviderName, Verdict, workloadOf } from './program';
import { Agent, AgentMesh, AgentMeshProps, Identity, McpProvider, McpServer, McpToolBoundary, Port, Workload } from '../../src';
import { Decision } from '../../src/analysis/call';
import { decide } from '../../src/analysis/decision';
import { ITEM_METHODS } from '../../src/model/item-grants';
import { principalOf } from '../../src/model/principal';
import { celString } from '../../src/providers/agentgateway/cel';
import { runs } from '../runs';
import { deploy, IMAGE } from '../story';
import { Manifest } from '../synth';

const MESHES = { ambient: { provider: 'Istio ambient', way: BY_HBONE }, linkerd: { provider: 'Linkerd', way: BY_LINKERD } } as const;
type MeshName = keyof typeof MESHES;
const NAMES = Object.keys(MESHES) as MeshName[];

/** Three servers and four agents, each with other tools; and an identity of the team that may use everything of one. */
function tools(mesh: AgentMesh): void {
  const [planner, writer, librarian] = ['planner', 'writer', 'librarian', 'idle'].map((name) => new Agent(mesh, name, { versions: { v1: deploy() } }));
  const server = () => Workload.deploy({ image: IMAGE, ports: [Port.http(8080)] });
  const crm = new McpToolBoundary(mesh, 'crm', { server: McpServer.of(server(), { tools: ['find_customer', 'refund'], prompts: ['greeting'] }) });
  const search = new McpToolBoundary(mesh, 'search', { server: McpServer.of(server(), { tools: ['query', 'refund'], resources: ['search://index'] }) });
  const mail = new McpToolBoundary(mesh, 'mail', { server: McpServer.of(server(), { tools: ['send'] }) });
  crm.grantTools(['find_customer'], planner, writer);
  crm.grantTools(['refund'], writer);
  crm.grantPrompts(['greeting'], writer);
  search.grantTools(['query'], planner, librarian);
  search.grantResources(['search://index'], librarian);
  mail.grantAllTools(Identity.of({ namespace: 'ops', serviceAccount: 'auditor' }));
}

const ASKERS = ['voice/planner', 'voice/writer', 'voice/librarian', 'voice/idle', 'ops/auditor', 'elsewhere/intruder', 'outside/intruder'];

/** A "y" for each asker who is let through, in their order. */
const TABLE: readonly (readonly [server: string, kind: McpRequest['kind'], name: string | undefined, by: string])[] = [
  ['crm', 'tool', 'find_customer', 'yy-----'],
  ['crm', 'tool', 'refund', '-y-----'],
  ['crm', 'tool', 'query', '-------'],
  ['crm', 'tool', 'FIND_CUSTOMER', '-------'],
  ['crm', 'tool', 'find_customer"] || true || mcp.tool.name in ["', '-------'],
  ['crm', 'prompt', 'greeting', '-y-----'],
  ['crm', 'prompt', 'find_customer', '-------'],
  ['crm', 'resource', 'find_customer', '-------'],
  ['crm', undefined, undefined, 'yy-----'],
  ['search', 'tool', 'query', 'y-y----'],
  ['search', 'tool', 'refund', '-------'],
  ['search', 'resource', 'search://index', '--y----'],
  ['search', undefined, undefined, 'y-y----'],
  ['mail', 'tool', 'send', '----y--'],
  ['mail', 'tool', 'anything', '----y--'],
  ['mail', 'prompt', 'anything', '----y--'],
];

const rows = TABLE.flatMap(([server, kind, name, by]) => ASKERS.map((asker, i) => {
  const allowed = by[i] === 'y';
  return { asker, server, kind, name, allowed, title: `${asker} ${allowed ? 'may' : 'may not'} ask ${server} for ${[kind, name].filter(Boolean).join(' ') || 'what there is'}` };
}));

function programOn(mesh: MeshName, build = tools, props: Partial<AgentMeshProps> = {}): Program {
  const provider: ProviderName = MESHES[mesh].provider;
  return completed(programOf(provider, build, { mcp: McpProvider.agentgateway(), ...props }), { objects: [], pods: [] });
}

const podNamed = ({ world }: Program, name: string): Pod => world.pods.find((pod) => `${pod.namespace}/${pod.name}` === name)!;

interface Asked extends McpRequest { readonly asker: string; readonly server: string }

function attemptOf(program: Program, { asker, server }: Asked): Attempt {
  return { from: podNamed(program, asker), to: mcpProxyPod(program.world, server), port: 8080, path: '/mcp', method: 'POST' };
}

function judged(program: Program, way: Way, asked: Asked): Verdict {
  return onAgentgateway(program.world, way, attemptOf(program, asked), asked.server, asked);
}

function modelled(program: Program, { asker, server, kind, name }: Asked): Decision {
  const { trustDomain, namespace, serviceAccount } = podNamed(program, asker);
  const caller = trustDomain === undefined ? undefined : principalOf(trustDomain, namespace, serviceAccount);
  const mcp = kind ? { method: ITEM_METHODS[kind].use, name } : { method: 'server/discover' };
  return decide(program.model, { caller, callee: workloadOf(program, `tool server ${server}`), port: 8080, path: '/mcp', method: 'POST', mcp }, program.gateways);
}

test('the table has enough rows', () => {
  expect(rows.length).toBeGreaterThanOrEqual(60);
});

describe.each(NAMES)('agentgateway on %s', (mesh) => {
  const program = programOn(mesh);
  const { way } = MESHES[mesh];

  test.each(rows.map((row) => [row.title, row] as const))('%s', (_, row) => {
    const verdict = judged(program, way, row);
    expect({ model: modelled(program, row).allowed, objects: verdict.allowed, status: verdict.status })
      .toEqual({ model: row.allowed, objects: row.allowed, status: expect.any(String) });
  });

  test('a caller of another trust domain is distinct from its local namesake', () => {
    const auditor = { namespace: 'ops', serviceAccount: 'auditor' };
    const [home, foreign] = ['ops/auditor', 'ops/foreign-auditor'];
    const one = programOn(mesh, (of1) => {
      const [near, far] = ['near', 'far'].map((name) => new McpToolBoundary(of1, name, { server: McpServer.of(deploy([8080]), { tools: ['send'] }) }));
      near.grantAllTools(Identity.of(auditor));
      far.grantAllTools(Identity.of({ ...auditor, trustDomain: 'other.example' }));
    }, { trustedDomains: ['other.example'] });
    const mayUse = (server: string) => [home, foreign].filter((asker) => judged(one, way, { asker, server, kind: 'tool', name: 'send' }).allowed);
    expect([mayUse('near'), mayUse('far')]).toEqual([[home], [foreign]]);
  });

  test('another path has no route', () => {
    const asked = { asker: 'voice/planner', server: 'crm', kind: 'tool', name: 'find_customer' } as const;
    expect(onAgentgateway(program.world, way, { ...attemptOf(program, asked), path: '/admin' }, 'crm', asked).allowed).toBe(false);
  });

  test('only the proxy may connect to the pods of a server', () => {
    const to = podOf(program.world, 'voice', { 'app.kubernetes.io/name': 'crm-server' });
    const straight = (from: Pod) => STRAIGHT_TO_PODS[mesh](program.world, { from, to, port: 8080, path: '/mcp', method: 'POST' }).allowed;
    expect(ASKERS.filter((asker) => straight(podNamed(program, asker)))).toEqual([]);
    expect(straight({ ...mcpProxyPod(program.world, 'crm'), labels: {} })).toBe(true);
    expect(straight({ ...mcpProxyPod(program.world, 'search'), labels: {} })).toBe(false);
  });

  test.each([[['https://desk.example'], 'yyn'], [[], 'ynn'], [undefined, 'yyy']] as [string[] | undefined, string][])('with origins %j the verdicts of three pages are %s', (origins, by) => {
    const one = programOn(mesh, (of1) => {
      const desk = new McpToolBoundary(of1, 'desk', { server: McpServer.of(deploy([8080]), { tools: ['send'] }), allowedOrigins: origins });
      desk.grantAllTools(new Agent(of1, 'planner', { versions: { v1: deploy() } }));
    });
    const from = (asker: string, origin?: string) => judged(one, way, { asker, server: 'desk', kind: 'tool', name: 'send', origin }).allowed;
    expect([undefined, 'https://desk.example', 'https://rebound.example'].map((origin) => from('voice/planner', origin) ? 'y' : 'n').join('')).toBe(by);
    expect([undefined, 'https://desk.example'].filter((origin) => from('elsewhere/intruder', origin))).toEqual([]);
    expect(one.world.objects.filter(({ metadata }) => metadata.name.endsWith('-origins'))).toEqual([]);
  });

  const grants = fc.array(fc.record({ caller: fc.nat(2), tool: fc.nat(2) }), { maxLength: 8 });
  const NAMED = ['a', 'b_c', 'D'];
  const build = (given: readonly { caller: number; tool: number }[]) => (of3: AgentMesh) => {
    const agents = [0, 1, 2].map((i) => new Agent(of3, `agent-${i}`, { versions: { v1: deploy() } }));
    const boundary = new McpToolBoundary(of3, 'crm', { server: McpServer.of(deploy([8080]), { tools: NAMED }) });
    for (const { caller, tool } of given) boundary.grantTools([NAMED[tool]], agents[caller]);
  };
  const granted = (given: readonly { caller: number; tool: number }[]): { model: string[]; objects: string[] } => {
    const one = programOn(mesh, build(given));
    const all = [0, 1, 2].flatMap((caller) => [...NAMED, 'other'].map((name): Asked => (
      { asker: `voice/agent-${caller}`, server: 'crm', kind: 'tool', name })));
    const key = ({ asker, name }: Asked) => `${asker} ${name}`;
    return {
      model: all.filter((asked) => modelled(one, asked).allowed).map(key),
      objects: all.filter((asked) => judged(one, way, asked).allowed).map(key),
    };
  };

  test('for random grants the policies decide as the model does, and a removed grant opens nothing', () => {
    fc.assert(fc.property(grants, (given) => {
      const { model, objects } = granted(given);
      expect(objects).toEqual(model);
      const fewer = new Set(objects);
      expect(granted(given.slice(1)).objects.filter((one) => !fewer.has(one))).toEqual([]);
    }), { numRuns: runs(20) });
  });

  test('policies attached by others open nothing', () => {
    const authorization = { action: 'Allow', policy: { matchExpressions: ['true'] } };
    const foreign = (kind: string, name: string, metadata: string) => ({
      kind: 'AgentgatewayPolicy', metadata: { name: metadata, namespace: 'voice' }, spec: { targetRefs: [{ kind, name }], traffic: { authorization }, backend: { mcp: { authorization } } },
    });
    const route = {
      kind: 'HTTPRoute', metadata: { name: 'theirs', namespace: 'voice' }, spec: {
        parentRefs: [{ name: 'crm' }], rules: [{ matches: [{ path: { type: 'Exact', value: '/theirs' } }], backendRefs: [{ name: 'crm-server', port: 80 }] }],
      },
    };
    const objects = [...program.world.objects, foreign('Gateway', 'crm', 'a'), foreign('HTTPRoute', 'crm', 'b'), foreign('AgentgatewayBackend', 'crm', 'c'), route] as Manifest[];
    const changed = { ...program, world: { ...program.world, objects } };
    expect(rows.filter((row) => judged(changed, way, row).allowed !== row.allowed)).toEqual([]);
    const around = (asker: string) => onAgentgateway(changed.world, way, { ...attemptOf(program, { asker, server: 'crm' }), path: '/theirs' }, 'crm', {}).allowed;
    expect(ASKERS.filter(around)).toEqual(['voice/planner', 'voice/writer']);
  });

  test('a mutant of the policies is caught', () => {
    const wrong = (mutate: (objects: Manifest[]) => void): string[] => {
      const objects = structuredClone(program.world.objects) as Manifest[];
      mutate(objects);
      const mutant = { ...program, world: { ...program.world, objects } };
      return rows.filter((row) => judged(mutant, way, row).allowed !== row.allowed).map(({ title }) => title);
    };
    const policy = (objects: Manifest[], name: string) => objects.find(({ kind, metadata }) => kind === 'AgentgatewayPolicy' && metadata.name === name)!;
    // Each "&&" written as an expression of its own is an "or".
    expect(wrong((objects) => {
      const { authorization } = policy(objects, 'crm').spec.backend.mcp;
      const { policy: { matchExpressions } } = authorization;
      authorization.action = 'Allow';
      matchExpressions.push(...matchExpressions[0].replace(/[()]/g, '').split(/ \|\| | && /));
    })).toContain('voice/planner may not ask crm for tool refund');
    expect(wrong((objects) => { objects.splice(objects.indexOf(policy(objects, 'crm')), 1); })).toContain('voice/planner may not ask crm for tool refund');
  });
});

test('text in an expression is escaped', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => {
    expect(celString(text)).toMatch(/^"[\x20-\x7e]*"$/);
    expect(celValue(celString(text), {})).toBe(text);
  }));
});

test('pods have the trust domain of their mesh', () => {
  expect(BY_HBONE.seen(podNamed(programOn('ambient'), 'voice/planner'))).toMatchObject({ source: { identity: { namespace: 'voice', serviceAccount: 'planner' } } });
  expect(isAtHome(podNamed(programOn('ambient'), 'voice/planner'))).toBe(true);
});
