import { Agent, AgentMesh, GatewayJwtRequirement, InferenceGateway, McpServer, McpToolBoundary, TokenCaller } from '../../src';
import { deploy, JWKS } from '../story';
import { meshOf, problemsOf, synth } from '../synth';

const LOGIN = 'https://login.example.com';
const jwt = { issuer: LOGIN, jwks: JWKS };
const CLERKS = [TokenCaller.of({ claims: { role: 'clerk' } })];
const edge = (mesh: AgentMesh, more: Partial<GatewayJwtRequirement> = {}) =>
  new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' }, jwt: { ...jwt, ...more } });
const agent = (mesh: AgentMesh, id: string) => new Agent(mesh, id, { versions: { v1: deploy() } });

/** Each rule as its paths and what it asks of the token. */
const rulesOf = (build: (mesh: AgentMesh) => void) => synth(build).get('AuthorizationPolicy', 'gw-hosts', 'voice-edge').spec.rules
  .map(({ to: [{ operation: { paths, notPaths, methods } }], when = [] }: any) => ({
    ...(paths && { paths }), ...(notPaths && { notPaths }), ...(methods && { methods }),
    token: Object.fromEntries(when.map(({ key, values }: any) => [key.replace(/^request\.auth\.claims\[(.*)\]$/, '$1'), values?.[0] ?? 'absent'])),
  }));

describe('callers of a route', () => {
  test('need one of the tokens at its paths, and any token of the issuer elsewhere', () => {
    expect(rulesOf((mesh) => {
      const gateway = edge(mesh, { exemptPaths: ['/healthz'] });
      gateway.addRoute('rest', { target: agent(mesh, 'rest') });
      gateway.addRoute('admin', { target: agent(mesh, 'admin'), pathPrefix: '/admin', callers: [...CLERKS, TokenCaller.of({ subject: 'boss' }), ...CLERKS] });
      gateway.addRoute('free', { target: agent(mesh, 'free'), pathPrefix: '/admin/free' });
    })).toEqual([
      { notPaths: ['/admin', '/admin/*', '/admin/free', '/admin/free/*'], token: { iss: LOGIN } },
      { paths: ['/admin', '/admin/*'], notPaths: ['/admin/free', '/admin/free/*'], token: { iss: LOGIN, role: 'clerk' } },
      { paths: ['/admin', '/admin/*'], notPaths: ['/admin/free', '/admin/free/*'], token: { iss: LOGIN, sub: 'boss' } },
      { paths: ['/admin/free', '/admin/free/*'], token: { iss: LOGIN } },
      { paths: ['/healthz'], token: {} },
    ]);
  });

  test('need a token where the rest needs none', () => {
    expect(rulesOf((mesh) => {
      const gateway = edge(mesh, { required: false });
      gateway.addRoute('rest', { target: agent(mesh, 'rest') });
      gateway.addRoute('admin', { target: agent(mesh, 'admin'), pathPrefix: '/admin', callers: CLERKS });
    })).toEqual([
      { notPaths: ['/admin', '/admin/*'], token: { iss: LOGIN } },
      { paths: ['/admin', '/admin/*'], token: { iss: LOGIN, role: 'clerk' } },
      { notPaths: ['/admin', '/admin/*'], token: {} },
    ]);
  });

  test('leave the metadata of a boundary open', () => {
    const rules = rulesOf((mesh) => {
      const crm = new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy([8080]), { tools: ['find'], servesOAuthMetadata: true }), jwt });
      crm.grantAllTools(TokenCaller.of({ subject: 'alice' }));
      edge(mesh, { forwardToken: true, required: false }).addRoute('crm', { target: crm, callers: CLERKS });
    });
    expect(rules).toContainEqual({ paths: ['/mcp'], token: { iss: LOGIN, role: 'clerk' } });
    expect(rules).toContainEqual({ paths: ['/.well-known/oauth-protected-resource', '/.well-known/oauth-protected-resource/mcp'], methods: ['GET'], token: {} });
    expect(rules.filter(({ token }: any) => token.iss === undefined)).toHaveLength(1);
  });

  test('do not close exempt paths for clients with another token, whose claims become headers', () => {
    expect(rulesOf((mesh) => {
      edge(mesh, { exemptPaths: ['/healthz'], claimHeaders: { 'x-user': 'sub' } }).addRoute('admin', { target: agent(mesh, 'admin'), callers: CLERKS });
    })).toEqual([
      { token: { 'iss': LOGIN, 'role': 'clerk', 'request.headers[x_user]': 'absent' } },
      { paths: ['/healthz'], token: { 'request.headers[x-user]': 'absent', 'request.headers[x_user]': 'absent' } },
      { paths: ['/healthz'], token: { 'iss': LOGIN, 'request.headers[x_user]': 'absent' } },
    ]);
  });

  test('are the same on routes that headers tell apart', () => {
    const beside = (own: readonly TokenCaller[] | undefined, pathPrefix: string | undefined, rest = true) => problemsOf((mesh) => {
      const gateway = edge(mesh);
      if (rest) gateway.addRoute('rest', { target: agent(mesh, 'rest'), callers: CLERKS });
      gateway.addRoute('north', { target: agent(mesh, 'north'), pathPrefix, headers: { 'x-desk': 'north' }, callers: own && [...own] });
    });
    expect(beside(CLERKS, undefined)).toEqual([]);
    expect(beside(CLERKS, '/north')).toEqual([]);
    expect(beside(undefined, '/north', false)).toEqual([]);
    const mixed = [expect.stringContaining('routes north and rest of gateway gw may handle the same paths, by headers, but allow different callers')];
    expect(beside(undefined, '/north').map((line) => line.replace('routes rest and north', 'routes north and rest'))).toEqual(mixed);
    expect(beside([TokenCaller.of({ subject: 'boss' })], undefined).map((line) => line.replace('routes rest and north', 'routes north and rest'))).toEqual(mixed);
  });

  test('are told by decide and the access report', () => {
    const { mesh } = meshOf(() => {});
    const gateway = edge(mesh);
    gateway.addRoute('admin', { target: agent(mesh, 'admin'), callers: CLERKS });
    expect(mesh.decide({ callee: gateway, tokenSubject: 'alice' })).toMatchObject({ allowed: false, reason: `route admin of gateway gw is only for clients with a token from ${LOGIN} (role=clerk)` });
    expect(mesh.decide({ callee: gateway, tokenClaims: { role: 'clerk' } })).toMatchObject({ allowed: true, reason: expect.stringContaining(`, with a token from ${LOGIN} (role=clerk)`) });
    expect(mesh.describeAccess()).toContain(`  <- route admin: only clients with a token from ${LOGIN} (role=clerk)`);
  });
});

describe('requests without a token', () => {
  const metadata = (required: boolean) => problemsOf((mesh) => {
    const crm = new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy([8080]), { tools: ['find'], servesOAuthMetadata: true }), jwt });
    crm.grantAllTools(TokenCaller.of({ subject: 'alice' }));
    const gateway = edge(mesh, { forwardToken: true, required });
    gateway.addRoute('crm', { target: crm, headers: { 'x-desk': 'north' } });
    gateway.addRoute('rest', { target: agent(mesh, 'rest') });
  });
  test('for the metadata of a route with headers reach no other route', () => {
    expect(metadata(true)).toEqual([expect.stringContaining('requests for the metadata of route gw-crm need no token, and could reach the target of route rest')]);
    expect(metadata(false)).toEqual([]);
  });
  test('that are preflights reach no route above one with headers', () => {
    const lines = problemsOf((mesh) => {
      const gateway = edge(mesh);
      gateway.addRoute('rest', { target: agent(mesh, 'rest') });
      gateway.addRoute('north', { target: agent(mesh, 'north'), pathPrefix: '/north', headers: { 'x-desk': 'north' }, cors: { allowedOrigins: ['https://desk.example.com'] } });
    });
    expect(lines).toEqual([expect.stringContaining('CORS preflights for route north carry no token, and could reach the target of route rest')]);
  });
});
