import {
  Agent, AgentMesh, CalleeReference, Cluster, ICallee, Identity, InferenceGateway, McpProvider, McpServer, McpToolBoundary, MeshProvider, Port,
  Workload,
} from '../../src';
import { deploy, existing, IMAGE } from '../story';
import { meshOf } from '../synth';

function program(mesh: AgentMesh) {
  const planner = new Agent(mesh, 'planner', { versions: { v1: deploy() } });
  const writer = new Agent(mesh, 'writer', { versions: { v1: existing('writer', { ports: [Port.http(9000)] }) } });
  writer.grantCall(planner);
  const crm = new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy([8080]), { tools: ['find'] }) });
  crm.grantAllTools(planner, Identity.of({ namespace: 'ops', serviceAccount: 'auditor' }));
  new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' } }).addRoute('r', { target: planner.version() });
  return { planner, writer, crm };
}

test('decide returns whether a call is allowed, and why', () => {
  const { mesh } = meshOf(() => {});
  const { planner, writer, crm } = program(mesh);
  const edge = Identity.of({ namespace: 'voice-edge', serviceAccount: 'gw-istio' });
  expect([
    mesh.decide({ caller: planner, callee: crm }),
    mesh.decide({ caller: planner, callee: crm, path: '/admin' }),
    mesh.decide({ caller: Identity.of({ namespace: 'ops', serviceAccount: 'auditor' }), callee: crm, method: 'GET' }),
    mesh.decide({ caller: writer, callee: crm }),
    mesh.decide({ callee: crm }),
    mesh.decide({ caller: planner, callee: writer.version() }),
    mesh.decide({ caller: edge, callee: planner.version() }),
    mesh.decide({ caller: edge, callee: crm }),
    mesh.decide({ caller: planner, callee: writer }),
  ].map(({ allowed, reason }) => `${allowed ? 'yes' : 'no'}: ${reason}`)).toEqual([
    'yes: agent planner was granted every tool of crm, at /mcp',
    'no: agent planner may not send POST /admin to tool server crm; allowed: DELETE, GET, POST on exactly /mcp',
    'yes: identity ops/auditor was granted every tool of crm, at /mcp',
    'no: no grant allows agent writer to call tool server crm',
    'no: tool server crm cannot be called without an authenticated identity',
    'yes: agent planner was granted calls to agent writer',
    'yes: route r of gateway gw targets agent planner',
    'no: no grant allows identity cluster.local/ns/voice-edge/sa/gw-istio to call tool server crm',
    'yes: agent planner was granted calls to agent writer',
  ]);
});

test('on Linkerd a call of the health path is allowed, since the kubelet cannot be distinguished', () => {
  const { mesh } = meshOf(() => {}, { mesh: MeshProvider.linkerd(), cluster: Cluster.of({ kubeletCidrs: ['10.99.0.0/16'] }) });
  const running = (port: number) => Workload.deploy({ image: IMAGE, ports: [Port.http(port), Port.http(9000)], healthPath: '/up' });
  const agent = new Agent(mesh, 'agent', { versions: { v1: running(8000) } });
  const hidden = new Agent(mesh, 'hidden', { versions: { v1: running(8000) }, service: false });
  const theirs = new Agent(mesh, 'theirs', { versions: { v1: existing('theirs', { ports: [Port.http(8000), Port.http(9000)], healthPath: '/up', service: { name: 'theirs', port: 80, targetPort: 9000 } }) } });
  const crm = new McpToolBoundary(mesh, 'crm', { server: McpServer.of(running(8080), { tools: ['find'] }) });
  const asked = (callee: ICallee, more: object = {}) => {
    const { allowed, reason } = mesh.decide({ callee, method: 'GET', path: '/up', ...more });
    return `${allowed ? 'yes' : 'no'}: ${reason}`;
  };
  expect([
    asked(agent), asked(agent, { caller: agent }), asked(agent, { path: '/up?x=1' }), asked(hidden), asked(hidden, { port: 9000 }),
    asked(agent, { method: 'POST' }), asked(agent, { path: '/up/' }), asked(theirs), asked(crm), asked(crm, { caller: agent }),
  ]).toEqual([
    ...['agent', 'agent', 'agent', 'hidden'].map((name) => `yes: GET /up of agent ${name} needs no grant, and is open to any client that reaches the pods from \`policyController.probeNetworks\` of the Linkerd installation (by default all networks)`),
    'no: agent hidden cannot be called without an authenticated identity',
    'no: agent agent cannot be called without an authenticated identity',
    'no: agent agent cannot be called without an authenticated identity',
    'no: agent theirs cannot be called without an authenticated identity',
    'no: GET /up of tool server crm is allowed without a grant only from the networks 10.99.0.0/16',
    'no: no grant allows agent agent to call tool server crm',
  ]);
});

test.each([['ambient', MeshProvider.istioAmbient()], ['sidecars', MeshProvider.istioSidecar()]])('on Istio (%s) a health path needs a grant like any other path', (_, provider) => {
  const { mesh } = meshOf(() => {}, { mesh: provider });
  const agent = new Agent(mesh, 'agent', { versions: { v1: Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], healthPath: '/up' }) } });
  expect(mesh.decide({ callee: agent, method: 'GET', path: '/up' })).toMatchObject({ allowed: false, reason: 'agent agent cannot be called without an authenticated identity' });
});

test('a foreign object cannot be passed to decide', () => {
  const { mesh } = meshOf(() => {});
  expect(() => mesh.decide({ callee: { title: 'mine', asCallee: CalleeReference._of('mine') } })).toThrow('the object is not an Agent, a version of one, or an McpToolBoundary');
});

test('a caller with one tool may open a session behind agentgateway, and call only that tool', () => {
  const { mesh } = meshOf(() => {}, { mcp: McpProvider.agentgateway() });
  const planner = new Agent(mesh, 'planner', { versions: { v1: deploy() } });
  const crm = new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy([8080]), { tools: ['find', 'refund'] }) });
  crm.grantTools(['find'], planner);
  const asks = (call: object) => mesh.decide({ caller: planner, callee: crm, ...call }).allowed;
  expect([{}, { method: 'GET' }, { tool: 'find' }].map(asks)).toEqual([true, true, true]);
  expect([{ path: '/other' }, { tool: 'refund' }, { method: 'PUT' }].map(asks)).toEqual([false, false, false]);
});
