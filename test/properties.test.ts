import fc from 'fast-check';
import { Agent, AgentMesh, InferenceGateway, McpServer, McpToolBoundary } from '../src';
import { MeshName, meshOn, MESHES, NEWEST } from './providers/suite';
import { runs } from './runs';
import { deploy, existing } from './story';
import { Manifest, Manifests, synth } from './synth';

/** A mesh by chance: agents of both kinds, tool servers, a gateway over some of them, and grants between them. */
interface Plan {
  readonly agents: readonly { readonly deployed: boolean; readonly namespace: string; readonly versions: number; readonly routed: 'pool' | 'service' | 'no' }[];
  readonly tools: readonly { readonly namespace: string; readonly count: number }[];
  readonly grants: readonly { readonly caller: number; readonly callee: number; readonly tool: boolean }[];
}

const namespace = fc.constantFrom('voice', 'team-a', 'team-b');
const plans: fc.Arbitrary<Plan> = fc.record({
  agents: fc.array(fc.record({ deployed: fc.boolean(), namespace, versions: fc.integer({ min: 1, max: 3 }), routed: fc.constantFrom('pool' as const, 'service' as const, 'no' as const) }), { minLength: 1, maxLength: 6 }),
  tools: fc.array(fc.record({ namespace, count: fc.integer({ min: 1, max: 3 }) }), { maxLength: 3 }),
  grants: fc.array(fc.record({ caller: fc.nat(), callee: fc.nat(), tool: fc.boolean() }), { maxLength: 12 }),
});

function build(mesh: AgentMesh, { agents, tools, grants }: Plan, on: MeshName): void {
  const gateway = new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' } });
  const made = agents.map(({ deployed, namespace: home, versions, routed }, i) => {
    const names = Array.from({ length: versions }, (_, v) => `v${v}`);
    const agent = new Agent(mesh, `agent-${i}`, {
      namespace: home, service: routed === 'pool' && deployed ? true : undefined,
      stable: 'v0', versions: Object.fromEntries(names.map((v) => [v, deployed ? deploy() : existing(`agent-${i}`, {
        namespace: home, labels: { app: `agent-${i}`, version: v }, ...(on === 'istioSidecar' && { service: { name: `agent-${i}-${v}`, port: 80 } }),
      })])),
    });
    if (routed === 'pool' && on !== 'linkerd') {
      const pool = gateway.addPool(`pool-${i}`, { workload: agent.version('v0'), innerPort: 21_000 + i });
      gateway.addRoute(`route-${i}`, { target: pool, pathPrefix: `/${i}` });
    }
    if (routed === 'service' && deployed) gateway.addRoute(`route-${i}`, { target: agent.version('v0'), pathPrefix: `/${i}` });
    return agent;
  });
  const servers = tools.map(({ namespace: home, count }, i) =>
    new McpToolBoundary(mesh, `tools-${i}`, { server: McpServer.of(deploy([8080]), { tools: Array.from({ length: count }, (_, t) => `tool_${t}`) }), namespace: home }));
  for (const { caller, callee, tool } of grants) {
    const from = made[caller % made.length];
    if (tool && servers.length > 0) servers[callee % servers.length].grantAllTools(from);
    else if (made[callee % made.length] !== from) made[callee % made.length].grantCall(from);
  }
}

const key = ({ kind, metadata }: Manifest) => `${kind}/${metadata.namespace ?? ''}/${metadata.name}`;

/** Grants that name agents by their place, so that an agent added at the end shifts none of them. */
function settled({ agents, tools, grants }: Plan): Plan['grants'] {
  return grants.map(({ caller, callee, tool }) => {
    const toTool = tool && tools.length > 0;
    return { caller: caller % agents.length, callee: callee % (toTool ? tools.length : agents.length), tool: toTool };
  });
}

/** The callee's policy alone; with sidecars also what its caller sees. */
const CHANGED_BY_A_GRANT = {
  istioAmbient: /^AuthorizationPolicy agent-1-v\d-workload$/,
  istioSidecar: /^(AuthorizationPolicy agent-1-v\d-workload|Sidecar agent-0(-v\d)?)$/,
  linkerd: /^MeshTLSAuthentication agent-1-v\d-8000$/,
};

describe.each(MESHES)('on %s', (on) => {
  const written = (plan: Plan): Manifests => synth((mesh) => build(mesh, plan, on), { ...meshOn(on, NEWEST), existingNamespaces: ['team-a', 'team-b'] });
  const text = (plan: Plan): string => JSON.stringify(written(plan).all);

  test('a mesh synthesizes to the same bytes each time', () => {
    fc.assert(fc.property(plans, (plan) => { expect(text(plan)).toBe(text(plan)); }), { numRuns: runs(25) });
  });

  test('the order of grants, and a repeated grant, change nothing', () => {
    fc.assert(fc.property(plans, fc.nat(), (plan, turn) => {
      const cut = plan.grants.length === 0 ? 0 : turn % plan.grants.length;
      const grants = [...plan.grants.slice(cut), ...plan.grants.slice(0, cut)].reverse();
      expect(text({ ...plan, grants: [...grants, ...grants.slice(0, 2)] })).toBe(text(plan));
    }), { numRuns: runs(25) });
  });

  test('adding an agent renames nothing and changes no policy of another', () => {
    fc.assert(fc.property(plans, (plan) => {
      const before = written(plan);
      const another = { deployed: true, namespace: 'voice', versions: 2, routed: 'no' as const };
      const after = written({ ...plan, grants: settled(plan), agents: [...plan.agents, another] });
      const known = new Map(after.all.map((object) => [key(object), JSON.stringify(object)]));
      for (const object of before.all) expect(known.get(key(object))).toBe(JSON.stringify(object));
    }), { numRuns: runs(25) });
  });

  test('a grant opens its callee and nothing else', () => {
    fc.assert(fc.property(plans.filter(({ agents }) => agents.length > 1), (plan) => {
      const before = new Map(written({ ...plan, grants: [] }).all.map((object) => [key(object), JSON.stringify(object)]));
      const after = written({ ...plan, grants: [{ caller: 0, callee: 1, tool: false }] });
      const changed = after.all.filter((object) => before.get(key(object)) !== JSON.stringify(object)).map(({ kind, metadata }) => `${kind} ${metadata.name}`);
      expect(changed.length).toBeGreaterThan(0);
      for (const one of changed) expect(one).toMatch(CHANGED_BY_A_GRANT[on]);
      expect(after.all.length).toBe(before.size);
    }), { numRuns: runs(25) });
  });
});
