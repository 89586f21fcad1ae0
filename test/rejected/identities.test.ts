import { Refused, saidMoreThanOnce, testRefused } from './corpus';
import { agentgateway, linkerd, running, sidecar } from './tool-programs';
import {
  Agent, AgentMesh, EndpointPicker, GatewayProvider, Identity, InferenceGateway, InferencePool, McpServer, McpToolBoundary, Waypoint,
} from '../../src';
import { deploy, existing } from '../story';
import { problemsOf } from '../synth';

const edge = { gateway: GatewayProvider.istioAgentgateway() };
const gateway = (mesh: AgentMesh, id = 'gw') => new InferenceGateway(mesh, id, { hostnames: ['a.example.com'], tls: { secretName: 'tls' } });
const boundary = (mesh: AgentMesh, id: string, options: object = {}) => new McpToolBoundary(mesh, id, { server: McpServer.of(deploy([8080]), { tools: ['t'] }), ...options });
const said = (path: string, title: string, got = 'voice/default') => new RegExp(`^\\[app/mesh\\] ${path}: ${title} uses the ServiceAccount "default", which is shared by every pod of the namespace that sets none; got "${got}"; `
  + 'allowed: a dedicated ServiceAccount; use another name or a dedicated ServiceAccount \\[AM218\\]$');

const refused: Record<string, Refused[]> = {
  'the ServiceAccount that every pod has': [
    ['a waypoint by its id', (mesh) => { boundary(mesh, 'crm', { waypoint: new Waypoint(mesh, 'default') }); }, said('app/mesh/default', 'waypoint default')],
    ['a waypoint by its name', (mesh) => { new Waypoint(mesh, 'way', { name: 'default' }); }, said('app/mesh/way', 'waypoint default')],
    ['a waypoint of the team by its name', (mesh) => { Waypoint.fromGatewayName(mesh, 'way', { gatewayName: 'default' }); }, said('app/mesh/way', 'waypoint default')],
    ['a waypoint of the team by its ServiceAccount', (mesh) => { Waypoint.fromGatewayName(mesh, 'way', { gatewayName: 'way', serviceAccount: 'default' }); }, said('app/mesh/way', 'waypoint way')],
    ...[{}, sidecar, linkerd].flatMap((on, i): Refused[] => [
      [`an agent by its id (${i})`, (mesh) => { new Agent(mesh, 'default', { versions: { v1: deploy() } }); }, said('app/mesh/default', 'agent default'), on],
      [`an agent by its name, in two versions (${i})`, (mesh) => { new Agent(mesh, 'a', { name: 'default', versions: { v1: deploy(), v2: deploy() }, stable: 'v1' }); }, said('app/mesh/a', 'agent default'), on],
      [`an agent by its ServiceAccount (${i})`, (mesh) => { new Agent(mesh, 'a', { versions: { v1: existing('a', { serviceAccount: 'default' }) } }); }, said('app/mesh/a', 'agent a'), on],
      [`an agent that is deployed with it (${i})`, (mesh) => { new Agent(mesh, 'a', { versions: { v1: running({ existingServiceAccount: 'default' }) } }); }, said('app/mesh/a', 'agent a'), on],
      [`a tool server by its id (${i})`, (mesh) => { boundary(mesh, 'default'); }, said('app/mesh/default', 'tool server default'), on],
      [`a tool server by its name (${i})`, (mesh) => { boundary(mesh, 'crm', { name: 'default' }); }, said('app/mesh/crm', 'tool server default'), on],
    ]),
    ['a proxy that reads MCP, by the id of its boundary', (mesh) => { boundary(mesh, 'default'); }, said('app/mesh/default', 'the proxy of tool server default'), agentgateway],
    ['a proxy that reads MCP on Linkerd', (mesh) => { boundary(mesh, 'default'); }, said('app/mesh/default', 'the proxy of tool server default'), { ...linkerd, ...agentgateway }],
    ['one of several tool servers', (mesh) => {
      new McpToolBoundary(mesh, 'crm', { servers: { one: McpServer.of(deploy([8080]), { tools: ['t'] }), two: McpServer.of(existing('two', { serviceAccount: 'default', service: { name: 'two', port: 80 } }), { tools: ['t'] }) } });
    }, said('app/mesh/crm', 'server two of tool server crm'), agentgateway],
    ['the servers of a pool by its id', (mesh) => { gateway(mesh).addPool('default', { workload: deploy() }); }, said('app/mesh/gw/default', 'servers of pool default')],
    ['the servers of a pool of the team', (mesh) => { InferencePool.fromPoolName(gateway(mesh), 'llm', { poolName: 'llm', workload: existing('vllm', { serviceAccount: 'default' }), picker: EndpointPicker.existing(existing('p', { service: { name: 'p', port: 80 } })) }); },
      said('app/mesh/gw/llm', 'servers of pool llm')],
    ['a picker', (mesh) => { gateway(mesh).addPool('llm', { workload: deploy(), picker: EndpointPicker.existing(existing('p', { serviceAccount: 'default', service: { name: 'p', port: 80 } })) }); }, said('app/mesh/gw/llm', 'picker of pool llm')],
    ['an edge gateway of agentgateway by its id', (mesh) => { gateway(mesh, 'default'); }, said('app/mesh/default', 'gateway default', 'voice-edge/default'), edge],
    ['an edge gateway of agentgateway by its name', (mesh) => { new InferenceGateway(mesh, 'gw', { name: 'default', hostnames: ['a.example.com'], tls: { secretName: 'tls' } }); }, said('app/mesh/gw', 'gateway default', 'voice-edge/default'), edge],
    ['an edge gateway of agentgateway of the team', (mesh) => { InferenceGateway.fromGatewayName(mesh, 'gw', { gatewayName: 'default', namespace: 'edge', hostnames: ['a.example'] }); }, said('app/mesh/gw', 'gateway default', 'edge/default'), edge],
    ['a gateway of the team by its ServiceAccount', (mesh) => { InferenceGateway.fromGatewayName(mesh, 'gw', { gatewayName: 'gw', namespace: 'edge', hostnames: ['a.example'], serviceAccount: 'default' }); }, said('app/mesh/gw', 'gateway gw', 'edge/default')],
    ['a caller that nobody describes', (mesh) => { new Agent(mesh, 'agent', { versions: { v1: deploy() } }).grantCall(Identity.of({ namespace: 'ops', serviceAccount: 'default' })); },
      /app\/mesh\/agent: identity ops\/default uses the ServiceAccount "default", which is shared by every pod.*\[AM218\] \(/],
  ],
};

testRefused(refused);

test('each problem is reported once', () => {
  expect(saidMoreThanOnce(refused)).toEqual({});
});

test('a workload with its own ServiceAccount may be named default', () => {
  expect(problemsOf((mesh) => {
    const agent = new Agent(mesh, 'agent', { versions: { default: deploy(), v2: deploy() }, stable: 'default' });
    gateway(mesh, 'default').addRoute('default', { target: agent.version('default') });
    boundary(mesh, 'crm', { server: McpServer.of(deploy([8080]), { tools: ['default'] }) });
  })).toEqual([]);
});
