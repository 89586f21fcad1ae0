import { Refused, saidMoreThanOnce, testRefused } from './corpus';
import { agentgateway, external, jwt, linkerd, of, sidecar } from './tool-programs';
import {
  Agent, AgentMesh, GatewayProvider, Identity, InferenceGateway, InferenceGatewayProps, InferenceRouteOptions, McpToolBoundary, TokenCaller,
} from '../../src';
import { BoundaryOptions, boundaryProps, deploy } from '../story';
import { Build } from '../synth';

const DESK = 'https://desk.example.com';
const alice = TokenCaller.of({ subject: 'alice' });
const edge = (mesh: AgentMesh, props: Partial<InferenceGatewayProps> = {}) =>
  new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' }, ...props });
const crmOf = (mesh: AgentMesh, props: BoundaryOptions = {}, id = 'crm') => new McpToolBoundary(mesh, id, boundaryProps({ jwt, ...props }));
/** A boundary that grants everything to a token, and a route to it. */
const routed = (
  props: BoundaryOptions = {}, options: Partial<InferenceRouteOptions> = {}, gateway: Partial<InferenceGatewayProps> = {},
): Build => (mesh) => {
  const crm = crmOf(mesh, props);
  if (crm.asCallee && props.jwt !== null) crm.grantAllTools(alice);
  edge(mesh, gateway).addRoute('crm', { target: crm, ...options });
};
const istioAgentgateway = { gateway: GatewayProvider.istioAgentgateway() };

const refused: Record<string, Refused[]> = {
  'a route to a boundary': [
    ['without tokens', (mesh) => { edge(mesh).addRoute('crm', { target: new McpToolBoundary(mesh, 'crm', { server: of() }) }); },
      'app/mesh/gw/crm: a route to tool server crm would open it to everybody: clients of a gateway have no identity but their token, and the boundary verifies none; got {}; allowed: a boundary with `jwt`, and grants to a TokenCaller; set `jwt` of the boundary, and grant its tools to a TokenCaller'],
    ['where nobody verifies tokens', (mesh) => { edge(mesh).addRoute('crm', { target: new McpToolBoundary(mesh, 'crm', { server: of() }) }); },
      ['AM002', 'a route to tool server crm, which requires verified tokens, is not supported by MeshProvider.linkerd: Linkerd does not verify tokens; got "tool server crm"; allowed: McpProvider.agentgateway, or MeshProvider.istioAmbient or MeshProvider.istioSidecar'], linkerd],
    ['to a server outside, behind a waypoint', (mesh) => {
      const crm = new McpToolBoundary(mesh, 'crm', { server: external('mcp.example.com'), jwt });
      edge(mesh).addRoute('crm', { target: crm });
    }, 'a route cannot send requests to tool server crm: its server is outside the cluster, and without an MCP proxy gateways have no Service to route to; got "mcp.example.com"; allowed: a server in the cluster, or McpProvider.agentgateway'],
    ['below a prefix', routed({}, { pathPrefix: '/crm' }), '`pathPrefix` has no effect on a route to tool server crm, whose only path is /mcp; got "/crm"; allowed: no `pathPrefix`'],
    ['with copies', (mesh) => {
      const crm = crmOf(mesh);
      crm.grantAllTools(alice);
      edge(mesh).addRoute('crm', { target: crm, mirror: { target: new Agent(mesh, 'copy', { versions: { v1: deploy() } }) } });
    }, 'requests to tool server crm cannot be mirrored, because the copy of a call would run its tool too'],
    ['as a mirror', (mesh) => {
      edge(mesh).addRoute('frontend', { target: new Agent(mesh, 'frontend', { versions: { v1: deploy() } }), mirror: { target: crmOf(mesh) } });
    }, 'tool server crm cannot be a side of addCanary or the target of a mirror'],
    ['as one side of a split', (mesh) => {
      const agent = new Agent(mesh, 'frontend', { versions: { v1: deploy() } });
      edge(mesh).addCanary('frontend', { stable: agent.version(), canary: crmOf(mesh), percent: 5 });
    }, 'tool server crm cannot be a side of addCanary or the target of a mirror, because a call in the wrong place would run another tool; got "tool server crm"; allowed: an InferencePool'],
    ['that grants to no token', (mesh) => {
      const crm = crmOf(mesh);
      crm.grantAllTools(Identity.of({ namespace: 'ops', serviceAccount: 'planner' }), TokenCaller.of({ subject: 'alice', caller: Identity.of({ namespace: 'ops', serviceAccount: 'planner' }) }));
      edge(mesh).addRoute('crm', { target: crm });
    }, ['AM231', 'app/mesh/gw/crm: no client of route gw-crm could use tool server crm: none of its grants is for the token of a client']],
    ['that grants to nobody', (mesh) => { edge(mesh).addRoute('crm', { target: crmOf(mesh) }); }, ['AM231', 'no client of route gw-crm could use tool server crm: none of its grants is for the token of a client; got []']],
    ['that grants to its gateway, and requires no token', (mesh) => {
      const crm = crmOf(mesh, { jwt: { ...jwt, required: false } });
      crm.grantAllTools(Identity.of({ namespace: 'voice-edge', serviceAccount: 'gw-istio' }));
      edge(mesh).addRoute('crm', { target: crm });
    }, ['AM231', 'every client of route gw-crm could use tool server crm without a token: identity voice-edge/gw-istio is the identity of gateway gw']],
    ['that tells another address', routed({ oauth: { resource: 'https://tools.example.com/mcp' } }),
      ['AM231', '`resource` of `oauth` is not where clients of route gw-crm find tool server crm, so they would not accept its metadata; got "https://tools.example.com/mcp"; allowed: https://a.example.com/mcp'], agentgateway],
    ['that tells a path which is not its own', routed({ oauth: { resource: 'https://a.example.com/mc' } }), ['AM231', '`resource` of `oauth` is not where clients of route gw-crm find tool server crm'], agentgateway],
    ['that tells plain HTTP', routed({ oauth: { resource: 'http://a.example.com/mcp' } }), ['AM231', '`resource` of `oauth` is not where clients of route gw-crm find tool server crm'], agentgateway],
    ['whose tokens the gateway strips', routed({ jwt: { ...jwt, required: false } }, {}, { jwt }), ['AM226', 'tool server crm would deny every request of the route gw-crm: gateway gw strips the tokens that it verifies']],
    ['for the path of another one', (mesh) => {
      const gateway = edge(mesh);
      for (const id of ['crm', 'desk']) {
        const one = crmOf(mesh, {}, id);
        one.grantAllTools(alice);
        gateway.addRoute(id, { target: one });
      }
    }, ['AM208', 'some requests match both routes gw-crm and gw-desk of gateway gw, and the gateway would ignore one of the routes for them; got {"paths":["/mcp"]}']],
    ['beside one for the same path, that a preflight could reach without a token', (mesh) => {
      const gateway = edge(mesh, { jwt: { ...jwt, forwardToken: true } });
      const [crm, desk] = ['crm', 'desk'].map((id) => crmOf(mesh, id === 'crm' ? { allowedOrigins: [DESK] } : {}, id));
      for (const one of [crm, desk]) one.grantAllTools(alice);
      gateway.addRoute('crm', { target: crm });
      gateway.addRoute('desk', { target: desk, headers: { 'x-desk': 'north' } });
    }, ['AM227', 'CORS preflights for route gw-crm carry no token, and could reach the target of route gw-desk, which has the same path']],
    ['with headers, beside one for every path that needs a token', (mesh) => {
      const gateway = edge(mesh, { jwt: { ...jwt, forwardToken: true } });
      const crm = crmOf(mesh, { servesOAuthMetadata: true });
      crm.grantAllTools(alice);
      gateway.addRoute('crm', { target: crm, headers: { 'x-desk': 'north' } });
      gateway.addRoute('rest', { target: new Agent(mesh, 'rest', { versions: { v1: deploy() } }) });
    }, ['AM233', 'app/mesh/gw/crm: requests for the metadata of route gw-crm need no token, and could reach the target of route rest']],
    ['for pages that the boundary denies', routed({ allowedOrigins: [DESK] }, { cors: { allowedOrigins: [DESK, 'https://evil.example.com'] } }),
      'tool server crm denies requests of an origin that `cors` of its route allows; got "https://evil.example.com"; allowed: origins in `allowedOrigins` of the boundary: https://desk.example.com'],
    ['around a waypoint', routed(), ['AM342', 'requests of route gw-crm would bypass the waypoint of tool server crm'], istioAgentgateway],
    ['to sidecars that may take it for TCP', routed(), ['AM342', 'route gw-crm targets tool server crm, whose sidecars may treat traffic from agentgateway as TCP'], { ...sidecar, ...istioAgentgateway }],
    ['with CORS of a gateway that has none', routed({}, { cors: { allowedOrigins: [DESK] } }), ['AM002', 'CORS (`cors`) is not supported by GatewayProvider.istioAgentgateway'], { ...istioAgentgateway, ...agentgateway }],
  ],
  'metadata of a server': [
    ['behind a proxy', (mesh) => { new McpToolBoundary(mesh, 'crm', { server: of({ servesOAuthMetadata: true }), jwt }); },
      '`servesOAuthMetadata` of crm has no effect: its MCP proxy serves the metadata; got {"servesOAuthMetadata":true}; allowed: `oauth` of the boundary', agentgateway],
    ['without tokens', (mesh) => { new McpToolBoundary(mesh, 'crm', { server: of({ servesOAuthMetadata: true }) }); }, '`servesOAuthMetadata` of crm has no effect: its callers need no token'],
  ],
};

testRefused(refused);

test('each program reports one problem', () => {
  expect(saidMoreThanOnce(refused)).toEqual({});
});
