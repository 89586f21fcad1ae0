import { App, Chart } from 'cdk8s';
import {
  Agent, AgentMesh, Call, Cluster, GatewayProvider, ICallee, Identity, InferenceGateway, McpProvider, McpServer,
  McpToolBoundary, MediaPort, MeshProvider, Port, Workload,
} from '../../src';
import { deploy, existing, IMAGE, story } from '../story';
import { Build, meshOf } from '../synth';

/** What `decide` throws, without the line; the decision where it throws nothing. */
function said(mesh: AgentMesh, call: Call): string {
  try {
    const { allowed, reason } = mesh.decide(call);
    return `${allowed ? 'yes' : 'no'}: ${reason}`;
  } catch (error) {
    const { message } = error as Error;
    expect(message).toMatch(/^[^:]+: .+ \[AM001\] \(test\/constructs\/call-mistakes\.test\.ts:\d+\)$/);
    return message.replace(/ \[AM001\] .*$/, '');
  }
}

const { mesh, ...parts } = (() => {
  let made: ReturnType<typeof story> | undefined;
  const it = meshOf((one) => { made = story(one); });
  return { ...it, ...made! };
})();
const { assistant, gateway, stable, crm } = parts;

test.each<[what: string, call: Call, expected: string]>([
  ['a tool', { callee: crm, tool: 'refnud' }, 'app/mesh: tool refnud is not declared by tool server crm; got "refnud"; allowed: refund, find_customer; correct `tool` of the call, or add the name to `tools` of its McpServer'],
  ['a tool by the name of a property', { callee: crm, tool: 'constructor' }, 'app/mesh: tool constructor is not declared by tool server crm; got "constructor"; allowed: find_customer, refund; '],
  ['a tool of an agent', { callee: assistant, tool: 'refund' }, 'app/mesh: the call names a tool, but agent assistant is not an McpToolBoundary; got "refund"; allowed: `tool` only if `callee` is an McpToolBoundary'],
  ['a tool of a gateway', { callee: gateway, tool: 'refund' }, 'app/mesh: the call names a tool, but gateway voice-gw is not an McpToolBoundary; '],
  ['a tool of a pool', { callee: stable, tool: 'refund' }, 'app/mesh: the call names a tool, but pool assistant-v1 is not an McpToolBoundary; '],
  ['a port of a tool server', { callee: crm, port: 808 }, 'app/mesh: tool server crm has no port 808; got 808; allowed: 80, 8080; '],
  ['a port of an agent that a pool serves', { callee: assistant, port: 80 }, 'app/mesh: agent assistant has no port 80; got 80; allowed: 8000; '],
  ['a port of a pool', { callee: stable, port: 443 }, 'app/mesh: pool assistant-v1 has no port 443; got 443; allowed: 80, 8000; '],
  ['a port of a gateway', { callee: gateway, port: 80 }, 'app/mesh: gateway voice-gw has no port 80; got 80; allowed: 443; '],
  ['the admin port of another mesh', { callee: crm, port: 4191 }, 'app/mesh: tool server crm has no port 4191; '],
  ['a host of a tool server', { callee: crm, host: 'crm.voise' }, 'app/mesh: tool server crm has no host name crm.voise; got "crm.voise"; allowed: crm.voice, crm.voice.svc, crm, crm.voice.svc.cluster.local; '],
  ['a host of a pool', { callee: stable, host: 'voice.example.com' }, 'app/mesh: pool assistant-v1 has no host name voice.example.com; got "voice.example.com"; allowed: assistant-v1-inference, assistant-v1-inference.voice, assistant-v1-inference.voice.svc, assistant-v1-inference.voice.svc.cluster.local; correct `host` of the call, or omit it; for a host of a gateway, pass the gateway as `callee`'],
  ['a host with a scheme', { callee: gateway, host: 'https://voice.example.com' }, 'app/mesh: `host` of the call is not a host name; got "https://voice.example.com"; '],
  ['a host with a port', { callee: gateway, host: 'voice.example.com:443' }, 'app/mesh: `host` of the call is not a host name; '],
  ['a method', { callee: crm, method: 'PSOT' }, 'app/mesh: `method` of the call is not an HTTP method; got "PSOT"; allowed: POST, '],
  ['a method in other letters', { callee: crm, method: 'get' }, 'app/mesh: `method` of the call is not an HTTP method; got "get"; allowed: GET, '],
  ['a method of MCP', { callee: crm, method: 'tools/call' }, 'app/mesh: `method` of the call is not an HTTP method; got "tools/call"; '],
  ['a path without its slash', { callee: crm, path: 'mcp' }, 'app/mesh: `path` of the call is not a path as HTTP requests carry it; got "mcp"; allowed: "/" and visible ASCII without "#"; other characters percent-encoded; write it as "/mcp"'],
  ['an empty path', { callee: crm, path: '' }, 'app/mesh: `path` of the call is not a path as HTTP requests carry it; got ""; '],
  ['a path with a space', { callee: crm, path: '/a b' }, 'app/mesh: `path` of the call is not a path as HTTP requests carry it; got "/a b"; '],
  ['a path that proxies rewrite, at a gateway', { callee: gateway, path: '/%761/x' }, 'app/mesh: `path` of the call has segments or escapes that gateways rewrite before they match routes, each in its own way; got "/%761/x"; allowed: paths without empty and dot segments, without "%2f" and without escapes of letters, digits, "-", ".", "_" and "~"; write it as "/v1/x"'],
  ['a path with dot segments, at a gateway', { callee: gateway, path: '/v1/../admin' }, 'app/mesh: `path` of the call has segments or escapes that gateways rewrite before they match routes, each in its own way'],
  ['a header that has a prop', { callee: gateway, headers: { Host: 'voice.example.com' } }, 'app/mesh: `headers` of the call has a header for which the call has its own prop; got "Host"; allowed: only headers that routes match, such as "x-canary"; set `host` instead'],
  ['the header of a token', { callee: crm, headers: { authorization: 'Bearer x' } }, 'app/mesh: `headers` of the call has a header for which the call has its own prop; got "authorization"; allowed: only headers that routes match, such as "x-canary"; set `tokenIssuer` instead'],
  ['pods that no construct uses', { callee: deploy() }, `app/mesh: ${IMAGE} has no pods in a mesh of this app; got "${IMAGE}"; `],
  ['a version that the agent does not have', { callee: assistant.version('v9') }, 'app/mesh: a missing version of agent assistant has no pods in a mesh of this app; '],
])('%s is a mistake of the call, and no denial', (_, call, expected) => {
  expect(said(mesh, call)).toContain(expected);
  expect(said(mesh, { ...call, caller: assistant })).toContain(expected);
});

test.each<[what: string, call: Call, expected: string]>([
  ['a path that nothing serves', { callee: crm, caller: assistant, path: '/admin' }, 'no: agent assistant may not send POST /admin to tool server crm'],
  ['a path as nobody writes it', { callee: crm, caller: assistant, path: '/a/../%6dcp?x=%20' }, 'no: agent assistant may not send POST /a/../%6dcp'],
  ['an identity that nobody has', { callee: crm, caller: Identity.of({ namespace: 'voice', serviceAccount: 'nobody' }) }, 'no: no grant allows identity cluster.local/ns/voice/sa/nobody'],
  ['the pods\' port of a tool server', { callee: crm, caller: assistant, port: 8080 }, 'no: agent assistant may call tool server crm on port 80, not on port 8080'],
  ['a host name of the Service', { callee: crm, caller: assistant, host: 'CRM.voice' }, 'yes: agent assistant was granted'],
  ['a method that the server does not have', { callee: crm, caller: assistant, method: 'PATCH' }, 'no: agent assistant may not send PATCH'],
  ['headers of no route', { callee: crm, caller: assistant, headers: { 'x-canary': 'true' } }, 'yes: agent assistant was granted'],
  ['an issuer that nobody knows', { callee: crm, caller: assistant, tokenIssuer: 'https://nobody.example', tokenClaims: { a: 'b' } }, 'no: tool server crm denies requests that carry credentials of the caller, and the call carries a token'],
])('%s is none', (_, call, expected) => {
  expect(said(mesh, call)).toContain(expected);
});

test('on Linkerd the admin port of the proxy is a port of every workload', () => {
  const it = meshOf(() => {}, { mesh: MeshProvider.linkerd() }).mesh;
  expect(said(it, { callee: new Agent(it, 'a', { versions: { v1: deploy() } }), port: 4191, path: '/metrics', method: 'GET' })).toContain('no: GET /metrics of the proxy of agent a is allowed for nobody');
});

test('a media port is open to anyone, as it is outside the mesh', () => {
  const { mesh: it } = meshOf(() => {}, { mesh: MeshProvider.istioSidecar() });
  const agent = new Agent(it, 'rtc', { versions: { v1: Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], mediaPorts: [MediaPort.tcp(9443), MediaPort.udp(8000)] }) } });
  expect(said(it, { callee: agent, port: 9443 })).toBe('yes: TCP port 9443 of agent rtc is excluded from the mesh: anyone who can reach the pods may call it');
  expect(said(it, { callee: agent, port: 8000 })).toBe('no: agent rtc cannot be called without an authenticated identity');
});

test('a group of several namespaces is no caller of a question, and a namespace is', () => {
  const { mesh: it } = meshOf(() => {});
  const agent = new Agent(it, 'agent', { versions: { v1: deploy() } });
  agent.grantCall(Identity.allOf('ops'));
  expect(said(it, { callee: agent, caller: Identity.allOf('ops') })).toContain('yes: every ServiceAccount of namespace ops was granted calls to agent agent');
  expect(said(it, { callee: agent, caller: Identity.allOf('dev') })).toContain('no: ');
  expect(said(it, { callee: agent, caller: it.members })).toContain('`caller` of the call is a group of callers in several namespaces: all members of mesh voice');
});

test('the Services of the versions have ports of the agent', () => {
  const { mesh: it } = meshOf(() => {}, { mesh: MeshProvider.istioSidecar() });
  const version = (name: string) => existing('split', { labels: { app: name }, service: { name, port: 9000 } });
  const agent = new Agent(it, 'split', { versions: { v1: version('one'), v2: version('two') }, stable: 'v1' });
  const caller = new Agent(it, 'caller', { versions: { v1: deploy() } });
  agent.grantCall(caller);
  expect(said(it, { callee: agent, caller, port: 80 })).toContain('agent split has no port 80; got 80; allowed: 8000, 9000');
  expect(said(it, { callee: agent, caller, port: 9000 })).toContain('yes: agent caller was granted calls to agent split');
  expect(said(it, { callee: agent, caller, host: 'one.voice.svc' })).toContain('yes: ');
});

test('items are asked for by the names that callers use', () => {
  const { mesh: it } = meshOf(() => {}, { mcp: McpProvider.agentgateway() });
  const desk = new McpToolBoundary(it, 'desk', { servers: { a: McpServer.of(deploy([8080]), { tools: ['find'] }), b: McpServer.of(deploy([8081]), { tools: ['find'] }) } });
  const caller = new Agent(it, 'caller', { versions: { v1: deploy() } });
  desk.grantTools(['a_find'], caller);
  expect(['a_find', 'b_find', 'find'].map((tool) => said(it, { callee: desk, caller, tool }))).toEqual([
    expect.stringMatching(/^yes: /), expect.stringMatching(/^no: /), expect.stringContaining('tool find is not declared by tool server desk; got "find"; allowed: a_find, b_find'),
  ]);
});

describe('a callee of another mesh', () => {
  const build = (app: App, id: string, props: object = {}): AgentMesh =>
    new AgentMesh(new Chart(app, id), 'mesh', { namespace: id, mesh: MeshProvider.istioAmbient(), gateway: GatewayProvider.istio(), ...props });
  const parts2 = (it: AgentMesh) => {
    const agent = new Agent(it, 'agent', { versions: { v1: deploy() } });
    const edge = new InferenceGateway(it, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' } });
    const pool = edge.addPool('llm', { workload: existing('llm') });
    edge.addRoute('r', { target: agent.version() });
    const tools = new McpToolBoundary(it, 'tools', { server: McpServer.of(deploy([8080]), { tools: ['t'] }) });
    tools.grantAllTools(agent);
    return { agent, edge, pool, tools };
  };
  const ways = (it: AgentMesh): ICallee[] => { const { agent, edge, pool, tools } = parts2(it); return [agent, agent.version(), edge, pool, tools]; };

  test('of the same app is decided by its own mesh', () => {
    const app = new App();
    const [home, far] = [build(app, 'home'), build(app, 'far')];
    const { agent, ...rest } = parts2(far);
    const callees = [agent, agent.version(), ...Object.values(rest)];
    const calls = callees.flatMap((callee): Call[] => [{ callee }, { callee, caller: agent }]);
    expect(calls.map((call) => home.decide(call))).toEqual(calls.map((call) => far.decide(call)));
    expect(home.decide({ callee: rest.tools, caller: agent }).allowed).toBe(true);
    expect(home.decide({ callee: rest.edge }).allowed).toBe(true);
  });

  test.each<[string, object, object]>([
    ['of one provider', {}, {}], ['of others', { mesh: MeshProvider.istioSidecar() }, { cluster: Cluster.of({ name: 'prod' }) }],
  ])('of another app, %s, is a mistake', (_, one, other) => {
    const home = build(new App(), 'home', one);
    for (const callee of ways(build(new App(), 'far', other))) {
      const found = said(home, { callee, caller: new Agent(home, `caller-${home.node.children.length}`, { versions: { v1: deploy() } }) });
      expect(found).toMatch(/home\/mesh: (.+) belongs to another cdk8s App; got "\1"; allowed: callees of the App of this mesh; call `decide` of the AgentMesh of the callee/);
    }
  });

  test('is the caller of another app, by its identity', () => {
    const [home, far] = [build(new App(), 'home'), build(new App(), 'far')];
    const { tools } = parts2(home);
    expect(said(home, { callee: tools, caller: new Agent(far, 'caller', { versions: { v1: deploy() } }) })).toBe('no: no grant allows identity cluster.local/ns/far/sa/caller to call tool server tools');
  });
});

test.each<[what: string, call: object, expected: string]>([
  ['neither a callee nor a host', {}, 'the call names neither a callee nor an external host; '],
  ['a callee that is none', { callee: { title: 'mine' } }, '`callee` has the wrong type; got an object; allowed: '],
  ['a caller that is none', { callee: crm, caller: {} }, '`caller` has the wrong type; got an object; allowed: '],
])('%s is not of the declared type', (_, call, expected) => {
  expect(() => mesh.decide(call as Call)).toThrow(expected);
});

test('a pool with problems is not decided', () => {
  const build: Build = (it) => { new InferenceGateway(it, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' } }); };
  const { mesh: it } = meshOf(build, { mesh: MeshProvider.linkerd(), gateway: GatewayProvider.istioAgentgateway() });
  const pool = (it.node.findChild('gw') as InferenceGateway).addPool('llm', { workload: deploy() });
  expect(said(it, { callee: pool })).toContain('calls to pool llm cannot be decided, because the pool itself has problems');
});

test('an existing gateway is asked at the ports and for the routes that the program knows', () => {
  const { mesh: it } = meshOf(() => {});
  const agent = new Agent(it, 'a', { versions: { v1: deploy() } });
  const corp = InferenceGateway.fromGatewayName(it, 'corp', { gatewayName: 'corp', namespace: 'ingress', hostnames: ['desk.example.com'], listener: 'https' });
  corp.addRoute('web', { target: agent.version(), pathPrefix: '/desk' });
  const clients = 'clients that the existing Gateway accepts, including pods of the cluster unless it denies them';
  expect(said(it, { callee: corp, port: 8443, path: '/desk/1' })).toBe(`yes: route web of gateway corp: all requests to agent a, for ${clients}`);
  expect(said(it, { callee: corp, path: '/desktop' })).toBe('no: no route of gateway corp for path /desktop of host desk.example.com; the existing Gateway may have other routes, which this mesh does not know');
});
