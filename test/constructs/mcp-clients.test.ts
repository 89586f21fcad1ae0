import { ApiObject, Chart } from 'cdk8s';
import {
  Agent, AgentMesh, GatewayProvider, InferenceGateway, InferenceRoute, McpProvider, McpServer, McpToolBoundary, McpToolBoundaryProps, MeshProvider,
  RouteCors, TokenCaller,
} from '../../src';
import { deploy, JWKS } from '../story';
import { meshOf, outcomeOf, problemsOf, synth } from '../synth';

const LOGIN = 'https://login.example.com';
const DESK = 'https://desk.example.com';
const METADATA = '/.well-known/oauth-protected-resource';
const ISSUER = '/.well-known/oauth-authorization-server';
const PROXIED = { mcp: McpProvider.agentgateway() };
const oauth = { resource: 'https://mcp.example.com/mcp' };

const edge = (mesh: AgentMesh) => new InferenceGateway(mesh, 'gw', { hostnames: ['mcp.example.com'], tls: { secretName: 'tls' } });

function boundary(mesh: AgentMesh, props: Partial<McpToolBoundaryProps> = {}, { id = 'crm', path = '/mcp', servesOAuthMetadata = false } = {}): McpToolBoundary {
  const server = McpServer.of(deploy([8080]), { tools: ['find', 'refund'], path, servesOAuthMetadata });
  const one = new McpToolBoundary(mesh, id, { server, jwt: { issuer: LOGIN, jwks: JWKS }, ...props });
  one.grantAllTools(TokenCaller.of({ subject: 'alice' }));
  return one;
}

const pathsOf = (route: { spec?: any }): string[] => route.spec.rules.flatMap(({ matches }: any) => matches.map(({ path }: any) => `${path.type} ${path.value}`));

describe('a route to a boundary', () => {
  test('leads to exactly its endpoint, with the name of its gateway', () => {
    const objects = synth((mesh) => void edge(mesh).addRoute('crm', { target: boundary(mesh) }));
    expect(objects.get('HTTPRoute', 'gw-crm').spec).toEqual({
      hostnames: ['mcp.example.com'], parentRefs: [{ name: 'gw', namespace: 'voice-edge', port: 443 }],
      rules: [{ matches: [{ path: { type: 'Exact', value: '/mcp' } }], backendRefs: [{ name: 'crm', port: 80, weight: 100 }] }],
    });
    expect(objects.get('Service', 'crm').metadata.labels).toMatchObject({ 'istio.io/ingress-use-waypoint': 'true' });
  });

  test('leads to the proxy of the boundary, whose route has the name of the boundary', () => {
    const objects = synth((mesh) => void edge(mesh).addRoute('crm', { target: boundary(mesh, { oauth }) }), PROXIED);
    expect(objects.get('HTTPRoute', 'gw-crm').spec.rules[0].backendRefs).toEqual([{ name: 'crm', port: 8080, weight: 100 }]);
    expect(pathsOf(objects.get('HTTPRoute', 'gw-crm'))).toEqual(['/mcp', `${METADATA}/mcp`, `${ISSUER}/mcp`, METADATA, ISSUER].map((path) => `Exact ${path}`));
    expect(pathsOf(objects.get('HTTPRoute', 'crm'))).toEqual(['/mcp', METADATA, `${METADATA}/mcp`, ISSUER, `${ISSUER}/mcp`].map((path) => `Exact ${path}`));
  });

  test('may be a construct with a name and headers, and have a boundary in another namespace', () => {
    const objects = synth((mesh) => {
      const gateway = edge(mesh);
      new InferenceRoute(mesh, 'tools', { gateway, target: boundary(mesh, { namespace: 'tools' }), name: 'to-tools', headers: { 'x-desk': 'north' } });
    });
    expect(objects.get('HTTPRoute', 'to-tools', 'tools').spec.rules[0].matches).toEqual([{ path: { type: 'Exact', value: '/mcp' }, headers: [{ type: 'Exact', name: 'x-desk', value: 'north' }] }]);
  });

  test('leads through an existing Gateway', () => {
    const objects = synth((mesh) => void InferenceGateway.fromGatewayName(mesh, 'corp', { gatewayName: 'corp', namespace: 'ingress', hostnames: ['mcp.example.com'] }).addRoute('crm', { target: boundary(mesh) }));
    expect(objects.get('HTTPRoute', 'corp-crm').spec.parentRefs).toEqual([{ name: 'corp', namespace: 'ingress', port: 443 }]);
  });

  test('grants nothing: the gateway reaches metadata alone without a token', () => {
    const rulesAt = (mesh: MeshProvider, name: string) => synth((one) => void edge(one).addRoute('crm', { target: boundary(one, {}, { servesOAuthMetadata: true }) }), { mesh }).get('AuthorizationPolicy', name).spec.rules;
    for (const rules of [rulesAt(MeshProvider.istioAmbient(), 'crm'), rulesAt(MeshProvider.istioSidecar(), 'crm-workload')]) {
      const untold = rules.filter(({ when }: any) => !when);
      expect(untold.flatMap(({ to }: any) => to.map(({ operation }: any) => [operation.methods, operation.paths]))).toEqual(
        expect.arrayContaining([[['GET'], [METADATA]], [['GET'], [`${METADATA}/mcp`]]]));
      expect(untold.flatMap(({ to }: any) => to).every(({ operation }: any) => operation.paths[0].startsWith(METADATA))).toBe(true);
    }
  });
});

describe('metadata without the path of the endpoint', () => {
  const roots = (build: (mesh: AgentMesh, gateway: InferenceGateway) => void) => {
    const objects = synth((mesh) => build(mesh, edge(mesh)));
    return objects.all.filter(({ kind, metadata }) => kind === 'HTTPRoute' && metadata.name.startsWith('gw-')).flatMap(pathsOf).filter((path) => path === `Exact ${METADATA}`);
  };
  const served = { servesOAuthMetadata: true };

  test('is that of the only boundary', () => {
    expect(roots((mesh, gateway) => void gateway.addRoute('crm', { target: boundary(mesh, {}, served) }))).toHaveLength(1);
  });
  test('is left to an agent that may answer it, whichever is defined first', () => {
    const both = [(mesh: AgentMesh, gateway: InferenceGateway) => void gateway.addRoute('crm', { target: boundary(mesh, {}, served) }),
      (mesh: AgentMesh, gateway: InferenceGateway) => void gateway.addRoute('rest', { target: new Agent(mesh, 'rest', { versions: { v1: deploy() } }) })];
    for (const order of [both, [...both].reverse()]) expect(roots((mesh, gateway) => order.forEach((add) => add(mesh, gateway)))).toEqual([]);
  });
  test('is nobody\'s where two boundaries have some', () => {
    expect(roots((mesh, gateway) => {
      gateway.addRoute('crm', { target: boundary(mesh, {}, served) });
      gateway.addRoute('desk', { target: boundary(mesh, {}, { ...served, id: 'desk', path: '/desk/mcp' }) });
    })).toEqual([]);
  });
  test('stays with a boundary beside an agent at another path', () => {
    expect(roots((mesh, gateway) => {
      gateway.addRoute('crm', { target: boundary(mesh, {}, served) });
      gateway.addRoute('chat', { target: new Agent(mesh, 'chat', { versions: { v1: deploy() } }), pathPrefix: '/chat' });
    })).toHaveLength(1);
  });
});

describe('preflights for a boundary', () => {
  const filtersOf = (props: Partial<McpToolBoundaryProps>, cors?: RouteCors, more = {}) =>
    synth((mesh) => void edge(mesh).addRoute('crm', { target: boundary(mesh, props), cors }), more).get('HTTPRoute', 'gw-crm').spec.rules[0].filters;
  const MCP = { allowMethods: ['GET', 'POST', 'DELETE'], allowHeaders: expect.arrayContaining(['Authorization', 'MCP-Protocol-Version', 'Mcp-Session-Id']), exposeHeaders: ['Mcp-Session-Id', 'WWW-Authenticate'] };

  test('are answered by the gateway for the origins of the boundary', () => {
    expect(filtersOf({ allowedOrigins: [DESK] })).toEqual([{ type: 'CORS', cors: { allowOrigins: [DESK], ...MCP } }]);
    expect(filtersOf({ allowedOrigins: [] })).toBeUndefined();
    expect(filtersOf({})).toBeUndefined();
  });
  test('are answered as the route states', () => {
    expect(filtersOf({}, { allowedOrigins: ['*'] })).toEqual([{ type: 'CORS', cors: { allowOrigins: ['*'], ...MCP } }]);
    expect(filtersOf({ allowedOrigins: [DESK] }, { allowedOrigins: [DESK], allowedMethods: ['POST'], allowedHeaders: ['x-a'], exposedHeaders: [], maxAgeSeconds: 60 }))
      .toEqual([{ type: 'CORS', cors: { allowOrigins: [DESK], allowMethods: ['POST'], allowHeaders: ['x-a'], maxAge: 60 } }]);
  });
  test('are answered by an MCP proxy where the gateway has no CORS', () => {
    const build = (mesh: AgentMesh) => void edge(mesh).addRoute('crm', { target: boundary(mesh, { allowedOrigins: [DESK] }) });
    const objects = synth(build, { ...PROXIED, gateway: GatewayProvider.istioAgentgateway() });
    expect(objects.get('HTTPRoute', 'gw-crm').spec.rules[0].filters).toBeUndefined();
    expect(objects.get('AgentgatewayPolicy', 'crm-callers').spec.traffic.cors).toEqual({ allowOrigins: [DESK], ...MCP });
  });
});

describe('what is said of clients', () => {
  const { mesh } = meshOf(() => {});
  const gateway = edge(mesh);
  const crm = boundary(mesh, { allowedOrigins: [DESK] }, { servesOAuthMetadata: true });
  gateway.addRoute('crm', { target: crm });
  const alice = { tokenIssuer: LOGIN, tokenSubject: 'alice' };

  test('by decide', () => {
    const reasons = [{ ...alice, tool: 'find' }, { tool: 'find' }, { method: 'OPTIONS', origin: DESK }].map((more) => mesh.decide({ callee: gateway, path: '/mcp', ...more }));
    expect(reasons).toMatchObject([
      { allowed: true, reason: 'route gw-crm of gateway gw: all requests to tool server crm, for anyone who can reach it, including pods of the cluster, with what is granted to this token' },
      { allowed: false, reason: expect.stringContaining('identity cluster.local/ns/voice-edge/sa/gw-istio may make this call to tool server crm only with a token from https://login.example.com (sub=alice); the call carries no token') },
      { allowed: true, reason: 'gateway gw answers preflights from origin https://desk.example.com itself, because of `cors` of route gw-crm; preflights reach no target of the route' },
    ]);
    expect(mesh.decide({ callee: gateway, path: `${METADATA}/mcp`, method: 'GET' }).reason).toContain('because /.well-known/oauth-protected-resource/mcp needs no token');
    expect(() => mesh.decide({ callee: gateway, tool: 'found' })).toThrow('tool found is not declared by gateway gw');
    expect(mesh.decide({ callee: crm }).reason).toContain('gateway gw routes requests to the callee');
  });
  test('by the access report', () => {
    expect(mesh.describeAccess()).toContain([
      'tool server crm (find, refund)',
      '  <- any caller with a token from https://login.example.com (sub=alice): every tool, at /mcp, through waypoint voice/voice-waypoint, with a token from https://login.example.com',
      '  <- gateway gw: its clients, with what is granted to any caller with their token',
      `  <- callers with a grant, without a token: GET ${METADATA} and GET ${METADATA}/mcp`,
      `  <- gateway gw: anyone who can reach it, including pods of the cluster, without a token: GET ${METADATA} and GET ${METADATA}/mcp`,
    ].join('\n'));
  });
});

test('a resource may be the host, or a path above the endpoint', () => {
  for (const resource of ['https://mcp.example.com', 'https://mcp.example.com/tools', 'https://mcp.example.com/tools/mcp/']) {
    expect(problemsOf((mesh) => void edge(mesh).addRoute('crm', { target: boundary(mesh, { path: '/tools/mcp', oauth: { resource } }) }), PROXIED)).toEqual([]);
  }
});

test('routes of the team take requests of a boundary at its exact path, and not at a prefix', () => {
  const beside = (path: object, own = 'mcp.example.com') => outcomeOf((mesh, chart) => {
    InferenceGateway.fromGatewayName(mesh, 'corp', { gatewayName: 'corp', namespace: 'ingress', hostnames: [own] }).addRoute('crm', { target: boundary(mesh) });
    new ApiObject(new Chart(chart, 'team'), 'route', {
      apiVersion: 'gateway.networking.k8s.io/v1', kind: 'HTTPRoute', metadata: { name: 'theirs', namespace: 'ingress' },
      spec: { parentRefs: [{ name: 'corp' }], hostnames: ['mcp.example.com'], rules: [{ matches: [{ path }], backendRefs: [{ name: 'other', port: 80 }] }] },
    } as never);
  }).problems;
  const taking = [expect.stringContaining('takes requests from routes of the mesh at a gateway')];
  expect(beside({ type: 'PathPrefix', value: '/' })).toEqual([]);
  expect(beside({ type: 'PathPrefix', value: '/mcp' })).toEqual([]);
  expect(beside({ type: 'Exact', value: '/mcp' })).toEqual(taking);
  expect(beside({ type: 'RegularExpression', value: '/m.*' })).toEqual(taking);
  expect(beside({ type: 'PathPrefix', value: '/' }, '*.example.com')).toEqual(taking);
  expect(beside({ type: 'PathPrefix', value: '/other' }, '*.example.com')).toEqual([]);
});
