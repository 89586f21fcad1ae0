import { Agent, AgentMesh, GatewayProvider, Identity, InferenceGateway, McpToolBoundary } from '../../src';
import { deploy, existing } from '../story';
import { meshOf } from '../synth';

function program(mesh: AgentMesh) {
  const planner = new Agent(mesh, 'planner', { workload: deploy() });
  const writer = new Agent(mesh, 'writer', { workload: existing('writer', { ports: [9000] }) });
  writer.grantCall(planner);
  const crm = new McpToolBoundary(mesh, 'crm', { server: deploy([8080]), tools: ['find'] });
  crm.grantAllTools(planner, Identity.of({ namespace: 'ops', serviceAccount: 'auditor' }));
  new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' } }).addRoute('r', { target: planner.version() });
  return { planner, writer, crm };
}

test('a mesh tells whether a call may be made, and why', () => {
  const { mesh } = meshOf(() => {});
  const { planner, writer, crm } = program(mesh);
  const door = Identity.of({ namespace: 'voice-edge', serviceAccount: 'gw-istio' });
  expect([
    mesh.decide({ caller: planner, callee: crm }),
    mesh.decide({ caller: planner, callee: crm, path: '/admin' }),
    mesh.decide({ caller: Identity.of({ namespace: 'ops', serviceAccount: 'auditor' }), callee: crm, method: 'GET' }),
    mesh.decide({ caller: writer, callee: crm }),
    mesh.decide({ callee: crm }),
    mesh.decide({ caller: planner, callee: writer.version() }),
    mesh.decide({ caller: planner, callee: writer.version(), port: 80 }),
    mesh.decide({ caller: door, callee: planner.version() }),
    mesh.decide({ caller: door, callee: crm }),
    mesh.decide({ caller: planner, callee: writer }),
    mesh.decide({ caller: planner, callee: writer.version('v9') }),
  ].map(({ allowed, reason }) => `${allowed ? 'yes' : 'no'}: ${reason}`)).toEqual([
    'yes: agent planner was granted every tool of crm, at /mcp',
    'no: agent planner may not ask tool server crm for POST /admin: it takes DELETE, GET, POST at exactly /mcp',
    'yes: identity ops/auditor was granted every tool of crm, at /mcp',
    'no: no grant lets agent writer call tool server crm',
    'no: nobody calls tool server crm without a proven identity',
    'yes: agent planner was granted calls of agent writer',
    'no: agent planner may call agent writer at port 9000, not at 80',
    'yes: route r of gateway gw leads to agent planner',
    'no: no grant lets identity cluster.local/ns/voice-edge/sa/gw-istio call tool server crm',
    'yes: agent planner was granted calls of agent writer',
    'no: no grant lets agent planner call a missing version of agent writer',
  ]);
});

test('what has no place in a mesh cannot be asked about', () => {
  const { mesh } = meshOf(() => {});
  expect(() => mesh.decide({ callee: deploy() })).toThrow('this is not an Agent, a version of one, or an McpToolBoundary');
});

test('whoever was granted one tool opens a session of a server behind agentgateway, and uses that tool alone', () => {
  const { mesh } = meshOf(() => {}, { gateway: GatewayProvider.agentgateway() });
  const planner = new Agent(mesh, 'planner', { workload: deploy() });
  const crm = new McpToolBoundary(mesh, 'crm', { server: deploy([8080]), tools: ['find', 'refund'] });
  crm.grantTool('find', planner);
  const asks = (call: object) => mesh.decide({ caller: planner, callee: crm, ...call }).allowed;
  expect([{}, { method: 'GET' }, { tool: 'find' }].map(asks)).toEqual([true, true, true]);
  expect([{ path: '/other' }, { tool: 'refund' }, { method: 'PUT' }].map(asks)).toEqual([false, false, false]);
  expect(mesh.decide({ caller: planner, callee: crm, port: 1 }).reason).toBe('agent planner may call tool server crm at port 8080, not at 1');
});
