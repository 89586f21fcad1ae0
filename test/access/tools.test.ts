import fc from 'fast-check';
import { onIstioAmbient, onIstioSidecars } from './istio';
import { onLinkerd } from './linkerd';
import { Attempt, callOf, completed, Program, programOf, ProviderName, PROVIDERS, Verdict, workloadOf, World } from './program';
import { toolRows, toolsProgram } from './tools-table';
import { Agent, AgentMesh, McpServer, McpToolBoundary, MeshProvider } from '../../src';
import { runs } from '../runs';
import { deploy } from '../story';
import { Build, Manifest, problemsOf, synth } from '../synth';

const JUDGES: Record<ProviderName, (world: World, attempt: Attempt) => Verdict> = {
  'Istio ambient': onIstioAmbient, 'Istio sidecars': onIstioSidecars, 'Linkerd': onLinkerd,
};
const NAMES = Object.keys(PROVIDERS) as ProviderName[];

function program(provider: ProviderName): Program {
  return completed(programOf(provider, toolsProgram), { objects: [], pods: [] });
}

const podNamed = ({ world }: Program, name: string) => world.pods.find((pod) => `${pod.namespace}/${pod.name}` === name)!;

test('the table has enough rows', () => {
  expect(toolRows().length).toBeGreaterThanOrEqual(60);
});

describe.each(NAMES)('on %s', (provider) => {
  const all = program(provider);

  test.each(toolRows().map((row) => [row.title, row] as const))('%s', (_, { asker, asking: { headers, method, path }, allowed }) => {
    const { decision, attempt } = callOf(all, podNamed(all, asker), workloadOf(all, 'tool server crm'), { headers, method, path });
    const verdict = JUDGES[provider](all.world, attempt);
    expect({ model: decision.allowed, objects: verdict.allowed, status: verdict.status })
      .toEqual({ model: allowed, objects: allowed, status: expect.any(String) });
  });
});

/** Grants by chance: which of three agents gets which of three tools of two servers, or every one. */
const grants = fc.array(fc.record({ caller: fc.nat(2), server: fc.nat(1), tool: fc.nat(3) }), { maxLength: 10 });
const TOOLS = ['a', 'b_c', 'D'];

type Given = readonly { readonly caller: number; readonly server: number; readonly tool: number }[];

function build(mesh: AgentMesh, given: Given): void {
  const agents = [0, 1, 2].map((i) => new Agent(mesh, `agent-${i}`, { versions: { v1: deploy() } }));
  const servers = [0, 1].map((i) => new McpToolBoundary(mesh, `tools-${i}`, { server: McpServer.of(deploy([8080]), { tools: TOOLS, enforcesMirroredHeaders: true }) }));
  for (const { caller, server, tool } of given) {
    if (tool === TOOLS.length) servers[server].grantAllTools(agents[caller]);
    else servers[server].grantTools([TOOLS[tool]], agents[caller]);
  }
}

const called = (name: string) => ({
  path: '/mcp', method: 'POST', headers: { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': name },
});

/** What is allowed of every agent, server and tool: by the model, and by what was compiled. */
function decisions(provider: ProviderName, given: Given): { model: string[]; objects: string[] } {
  const all = completed(programOf(provider, (mesh) => build(mesh, given)), { objects: [], pods: [] });
  const model: string[] = [];
  const objects: string[] = [];
  for (const caller of [0, 1, 2]) {
    for (const server of [0, 1]) {
      for (const tool of [...TOOLS, 'other']) {
        const { decision, attempt } = callOf(all, podNamed(all, `voice/agent-${caller}`), workloadOf(all, `tool server tools-${server}`), called(tool));
        if (decision.allowed) model.push(`${caller} ${server} ${tool}`);
        if (JUDGES[provider](all.world, attempt).allowed) objects.push(`${caller} ${server} ${tool}`);
      }
    }
  }
  return { model, objects };
}

describe.each(NAMES)('for random grants on %s', (provider) => {
  test('the objects decide as the model does', () => {
    fc.assert(fc.property(grants, (given) => {
      const { model, objects } = decisions(provider, given);
      expect(objects).toEqual(model);
    }), { numRuns: runs(25) });
  });

  test('a removed grant opens nothing', () => {
    fc.assert(fc.property(grants.filter((given) => given.length > 0), fc.nat(), (given, which) => {
      const fewer = given.filter((_, i) => i !== which % given.length);
      const before = new Set(decisions(provider, given).objects);
      expect(decisions(provider, fewer).objects.filter((one) => !before.has(one))).toEqual([]);
    }), { numRuns: runs(15) });
  });
});

/** Rows that a mutant of the objects answers otherwise. */
function wrong(provider: ProviderName, mutate: (objects: Manifest[]) => void): string[] {
  const all = program(provider);
  const objects = structuredClone(all.world.objects) as Manifest[];
  mutate(objects);
  return toolRows().filter(({ asker, asking: { headers, method, path }, allowed }) => {
    const { attempt } = callOf(all, podNamed(all, asker), workloadOf(all, 'tool server crm'), { headers, method, path });
    return JUDGES[provider]({ ...all.world, objects }, attempt).allowed !== allowed;
  }).map(({ title }) => title);
}

test('many tools fit into one policy, and no name matches another', () => {
  const tools = [...Array.from({ length: 600 }, (_, i) => `tool_${i}`), 'a_b', 'a-b-648fa9b3'];
  const allOfThem: Build = (mesh) => new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy([8080]), { tools, enforcesMirroredHeaders: true }) }).grantTools(tools, new Agent(mesh, 'planner', { versions: { v1: deploy() } }));
  const { rules } = synth(allOfThem).get('AuthorizationPolicy', 'crm').spec;
  expect(rules.length).toBeLessThan(5);
  expect(rules.flatMap(({ when }: any) => when.flatMap(({ key, values }: any) => key === 'request.headers[mcp-name]' ? values : []))).toEqual(tools);
  expect(problemsOf(allOfThem, { mesh: MeshProvider.linkerd() })).toEqual([]);
});

test('a policy without the protocol revision allows unchecked requests', () => {
  expect(wrong('Istio ambient', (objects) => {
    for (const { spec } of objects.filter(({ kind, metadata }) => kind === 'AuthorizationPolicy' && metadata.name === 'crm')) {
      for (const rule of spec.rules) rule.when = rule.when?.filter(({ key }: { key: string }) => !key.includes('version'));
    }
  })).toEqual(expect.arrayContaining(['voice/planner may not: a tool without the revision that checks it', 'voice/planner may not: a tool by an older revision']));
});

test('an authorization of the Server in addition to its routes opens every tool', () => {
  expect(wrong('Linkerd', (objects) => {
    const planner = objects.find(({ kind, metadata }) => kind === 'AuthorizationPolicy' && metadata.name === 'crm-8080-discover')!;
    objects.push({ ...structuredClone(planner), metadata: { name: 'broad', namespace: 'voice' }, spec: { ...planner.spec, targetRef: { group: 'policy.linkerd.io', kind: 'Server', name: 'crm-8080' } } });
  })).toEqual(expect.arrayContaining(['voice/planner may not: tools/call refund']));
});
