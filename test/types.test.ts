import {
  Agent, AgentMesh, ExternalHost, IAgent, ICallee, ICaller, InferenceGateway, IRouteTarget, McpServer, McpToolBoundary,
} from '../src';
import { deploy, existing } from './story';
import { meshOf } from './synth';
import { typeErrors } from './type-check';

const PROGRAM = `
import { Agent, AgentMesh, EndpointPicker, GuardrailPhase, InferenceGateway, InferencePool, McpToolBoundary } from 'cdk8s-agent-mesh';
declare const mesh: AgentMesh, agent: Agent, gateway: InferenceGateway, pool: InferencePool, boundary: McpToolBoundary;
`;

const REFUSED: readonly (readonly [rule: string, line: string])[] = [
  ['a string is no caller', "agent.grantCall('voice/planner');"],
  ['a gateway is no caller: clients outside have no identity', 'agent.grantCall(gateway);'],
  ['what only looks like a caller is none', "agent.grantCall({ asCaller: { toString: () => 'agent planner' } });"],
  ['an endpoint picker is no target of a route', "gateway.addRoute('r', { target: EndpointPicker.deploy() });"],
  ['a boundary is no guardrail service', "const guardrails = [{ service: boundary, methods: { '*': GuardrailPhase.FULL } }]; new McpToolBoundary(mesh, 'crm', { guardrails });"],
  ['what only has a title is no callee', "mesh.decide({ callee: { title: 'mine' } });"],
];

describe('the compiler', () => {
  const ACCEPTED = "agent.grantCall(agent); gateway.addRoute('r', { target: pool }); gateway.addRoute('s', { target: agent }); gateway.addRoute('t', { target: boundary }); mesh.decide({ callee: gateway });";
  const failing = new Set<string>();
  beforeAll(() => {
    const files = [ACCEPTED, ...REFUSED.map(([, line]) => line)].map((line, i) => [`line-${i}.ts`, PROGRAM + line] as const);
    for (const { file } of typeErrors(new Map(files))) failing.add(file);
  }, 60_000);
  test('accepts callers, callees and targets', () => {
    expect(failing.has('line-0.ts')).toBe(false);
  });
  test.each(REFUSED.map(([rule], i) => [rule, `line-${i + 1}.ts`] as const))('knows that %s', (_, file) => {
    expect(failing.has(file)).toBe(true);
  });
});

/** A construct of a team around an agent. */
class Wrapped implements ICaller, ICallee, IRouteTarget {
  public readonly title = 'wrapped';
  public constructor(private readonly agent: IAgent, private readonly version: IRouteTarget) {}
  public get asCaller() { return this.agent.asCaller; }
  public get asCallee() { return this.agent.asCallee; }
  public get asRouteTarget() { return this.version.asRouteTarget; }
}

test('a class of a team that returns the references of an agent passes for the agent', () => {
  const { mesh } = meshOf(() => {});
  const [planner, writer] = ['planner', 'writer'].map((id) => {
    const agent = new Agent(mesh, id, { versions: { v1: deploy() } });
    return new Wrapped(agent, agent.version());
  });
  const tools = new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy([8080]), { tools: ['find'] }) });
  const grant = tools.grantAllTools(planner);
  expect([grant.callers, grant.callee, grant.items, grant.isAccepted]).toEqual([['agent planner'], 'tool server crm', [], true]);
  expect(mesh.decide({ caller: planner, callee: tools }).allowed).toBe(true);
  expect(mesh.decide({ caller: writer, callee: tools }).allowed).toBe(false);
  expect(mesh.decide({ caller: planner, callee: writer }).reason).toContain('agent writer');
  expect(() => new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' } }).addRoute('r', { target: writer })).not.toThrow();
});

test('a grant says what it grants, and whether it took effect', () => {
  const { mesh } = meshOf(() => {});
  const [planner, writer] = ['planner', 'writer'].map((id) => new Agent(mesh, id, { versions: { v1: deploy() } }));
  const tools = new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy([8080]), { tools: ['find'], enforcesMirroredHeaders: true }) });
  expect(`${writer.grantCall(planner)}`).toBe('agent planner may call agent writer');
  expect(`${tools.grantTools(['find'], planner, writer)}`).toBe('agent planner, agent writer may call tool server crm: find');
  const refused = tools.grantTools(['fnid'], planner);
  expect([refused.isAccepted, `${refused}`]).toEqual([false, 'nobody may call tool server crm: fnid']);
});

test('what callers call is told', () => {
  const { mesh } = meshOf(() => {});
  const near = new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy([8080]), { tools: ['find'], path: '/tools' }) });
  const other = new McpToolBoundary(mesh, 'desk', { server: McpServer.of(deploy([8080]), { tools: ['find'] }), servicePort: 8080 });
  const far = new McpToolBoundary(mesh, 'weather', { servers: { weather: McpServer.external({ host: ExternalHost.https('mcp.weather.example'), tools: ['forecast'] }) } });
  const gateway = new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com', '*.b.example.com'], tls: { secretName: 'tls' } });
  expect([near.serviceName, near.url, other.url, far.url, ...gateway.urls]).toEqual([
    'crm', 'http://crm.voice.svc.cluster.local/tools', 'http://desk.voice.svc.cluster.local:8080/mcp', 'http://mcp.weather.example/mcp', 'https://a.example.com',
  ]);
  const pair = new Agent(mesh, 'pair', { versions: { v1: deploy(), v2: deploy() }, stable: 'v2', servicePort: 8080 });
  const running = new Agent(mesh, 'running', { versions: { v1: existing('running', { service: { name: 'theirs', port: 80 } }) } });
  expect([pair.serviceName, pair.url, running.serviceName, running.url]).toEqual(['pair', 'http://pair.voice.svc.cluster.local:8080', 'theirs', 'http://theirs.voice.svc.cluster.local']);
});

test.each<[string, (mesh: AgentMesh) => { readonly url: string }, string]>([
  ['an agent that listens on nothing', (mesh) => new Agent(mesh, 'a', { versions: { v1: deploy([]) } }), 'app/mesh/a: agent a has no URL, because no Service has the name of the agent; got "v1"; allowed: a stable version with a Service; set `ports` of the version, or `stable` of the agent'],
  ['an agent without a stable version', (mesh) => new Agent(mesh, 'a', { versions: { v1: deploy(), v2: deploy() } }), 'agent a has no URL, because no Service has the name of the agent'],
  ['an agent that a pool serves', (mesh) => {
    const agent = new Agent(mesh, 'a', { versions: { v1: deploy() } });
    new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' } }).addPool('llm', { workload: agent.version() });
    return agent;
  }, 'agent a has no URL, because no Service has the name of the agent'],
  ['a server without a Service', (mesh) => new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy([]), { tools: ['find'] }) }), 'app/mesh/crm: tool server crm has no Service, so it has no URL; got "crm"; allowed: a server with a port'],
])('%s has no URL, and says so at the line', (_, made, message) => {
  const { mesh } = meshOf(() => {});
  expect(() => made(mesh).url).toThrow(message);
});
