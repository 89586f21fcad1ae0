import {
  Agent, AgentMesh, GatewayProvider, GatewayJwtRequirement, InferenceGateway, MeshProvider, Port, RouteCors, Workload,
} from '../../src';
import { deploy, IMAGE, JWKS } from '../story';
import { meshOf, synth } from '../synth';

const issuer = 'https://login.example.com';
const JWT = { issuer, jwks: JWKS };
const DESK = 'https://desk.example.com';
const HOSTS = ['a.example.com', 'a.example.com:*'];
const ANYONE = 'anyone who can reach it, including pods of the cluster';
const targetRefs = [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'gw' }];
const token = { key: 'request.auth.claims[iss]', values: [issuer] };
const absent = (header: string) => ({ key: `request.headers[${header}]`, notValues: ['*'] });

interface Routed { readonly pathPrefix?: string; readonly cors?: RouteCors }

/** A gateway with routes to agents that are named after them. */
function edge(mesh: AgentMesh, jwt: Partial<GatewayJwtRequirement> = {}, routes: Readonly<Record<string, Routed>> = { all: {} }): InferenceGateway {
  const gateway = new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' }, jwt: { ...JWT, ...jwt } });
  for (const [name, options] of Object.entries(routes)) {
    gateway.addRoute(name, { target: new Agent(mesh, name, { versions: { v1: deploy() } }), ...options });
  }
  return gateway;
}

const objectsOf = (jwt?: Partial<GatewayJwtRequirement>, routes?: Readonly<Record<string, Routed>>) => synth((mesh) => void edge(mesh, jwt, routes));
const rulesOf = (...given: Parameters<typeof objectsOf>) => objectsOf(...given).get('AuthorizationPolicy', 'gw-hosts', 'voice-edge').spec.rules;
const checkOf = (jwt: Partial<GatewayJwtRequirement>) => objectsOf(jwt).get('RequestAuthentication', 'gw-jwt', 'voice-edge').spec;

describe('tokens of clients', () => {
  test('are verified and required at the gateway alone', () => {
    const objects = objectsOf({ audiences: ['agents'] });
    expect(objects.get('RequestAuthentication', 'gw-jwt', 'voice-edge').spec).toEqual({ targetRefs, jwtRules: [{ issuer, jwks: JWKS, audiences: ['agents'] }] });
    expect(objects.get('AuthorizationPolicy', 'gw-hosts', 'voice-edge').spec).toEqual({
      targetRefs, action: 'ALLOW', rules: [{ to: [{ operation: { hosts: HOSTS } }], when: [token] }],
    });
    expect(objects.names('RequestAuthentication')).toHaveLength(1);
    expect(objects.get('AuthorizationPolicy', 'all-v1-workload').spec.rules).toEqual([{ from: [{ source: { serviceAccounts: ['voice-edge/gw-istio'] } }], to: [{ operation: { ports: ['8000'] } }] }]);
  });

  test('are not required at exempt paths', () => {
    expect(rulesOf({ exemptPaths: ['/healthz', '/docs/*', '/healthz'] })).toEqual([
      { to: [{ operation: { hosts: HOSTS } }], when: [token] }, { to: [{ operation: { hosts: HOSTS, paths: ['/healthz', '/docs/*'] } }] },
    ]);
  });

  test('give headers that no client can set, under this name or one that servers take for it', () => {
    const jwt = { claimHeaders: { 'x-user': 'sub', 'tier': 'tier' }, exemptPaths: ['/healthz'] };
    expect(checkOf(jwt).jwtRules[0].outputClaimToHeaders).toEqual([{ header: 'tier', claim: 'tier' }, { header: 'x-user', claim: 'sub' }]);
    expect(rulesOf(jwt).map(({ when }: { when: object[] }) => when)).toEqual([[token, absent('x_user')], [absent('tier'), absent('x-user'), absent('x_user')]]);
    expect(rulesOf({ claimHeaders: { 'a-b-c': 'sub' } })[0].when).toEqual([token, absent('a-b_c'), absent('a_b-c'), absent('a_b_c')]);
  });

  test('are stripped, unless targets need them', () => {
    expect(checkOf({}).jwtRules[0]).not.toHaveProperty('forwardOriginalToken');
    expect(checkOf({ forwardToken: true }).jwtRules[0].forwardOriginalToken).toBe(true);
  });

  test('may be optional: invalid ones are denied', () => {
    expect(rulesOf({ required: false, claimHeaders: { user: 'sub' } })).toEqual([
      { to: [{ operation: { hosts: HOSTS } }], when: [token] }, { to: [{ operation: { hosts: HOSTS } }], when: [absent('user')] },
    ]);
  });
});

describe('CORS of a route', () => {
  const cors = { allowedOrigins: [DESK], allowedMethods: ['GET'], allowedHeaders: ['x-a'], exposedHeaders: ['x-b'], allowCredentials: true, maxAgeSeconds: 60 };

  test('becomes a filter of each of its rules', () => {
    expect(objectsOf({}, { all: { cors } }).get('HTTPRoute', 'all').spec.rules[0].filters).toEqual([
      { type: 'CORS', cors: { allowOrigins: [DESK], allowMethods: ['GET'], allowHeaders: ['x-a'], exposeHeaders: ['x-b'], allowCredentials: true, maxAge: 60 } },
    ]);
    expect(objectsOf({}, { all: { cors: { allowedOrigins: ['*'] } } }).get('HTTPRoute', 'all').spec.rules[0].filters).toEqual([
      { type: 'CORS', cors: { allowOrigins: ['*'], allowMethods: ['GET', 'POST'], allowHeaders: ['authorization', 'content-type'] } },
    ]);
    const split = synth((mesh) => {
      const agent = new Agent(mesh, 'agent', { versions: { v1: deploy(), v2: deploy() }, stable: 'v1', canary: { version: 'v2', percent: 5 } });
      edge(mesh, {}, {}).addRoute('split', { target: agent, cors });
    });
    expect(split.get('HTTPRoute', 'split').spec.rules.every(({ filters }: { filters?: object[] }) => filters?.length === 1)).toBe(true);
  });

  test('lets preflights pass without a token where its route answers them, and nowhere else', () => {
    const preflight = (operation: object, origin: string) => ({
      to: [{ operation: { hosts: HOSTS, methods: ['OPTIONS'], ...operation } }],
      when: [{ key: 'request.headers[origin]', values: [origin] }, { key: 'request.headers[access-control-request-method]', values: ['*'] }],
    });
    const open = { cors: { allowedOrigins: ['*'] } };
    expect(rulesOf({}, { all: { cors }, v1: { pathPrefix: '/v1' }, deep: { pathPrefix: '/v1/deep/', ...open }, v12: { pathPrefix: '/v12' } })).toEqual([
      { to: [{ operation: { hosts: HOSTS } }], when: [token] },
      preflight({ notPaths: ['/v1', '/v1/*', '/v1/deep', '/v1/deep/*', '/v12', '/v12/*'] }, DESK), preflight({ paths: ['/v1/deep', '/v1/deep/*'] }, '*'),
    ]);
  });

  test('needs no policy without `jwt`', () => {
    const objects = synth((mesh) => {
      const gateway = new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' } });
      gateway.addRoute('all', { target: new Agent(mesh, 'all', { versions: { v1: deploy() } }), cors });
    });
    expect(objects.get('AuthorizationPolicy', 'gw-hosts', 'voice-edge').spec.rules).toEqual([{ to: [{ operation: { hosts: HOSTS } }] }]);
    expect(objects.names('RequestAuthentication')).toEqual([]);
  });
});

test.each([
  ['a waypoint', MeshProvider.istioAmbient(), 'own', { targetRefs: [{ group: '', kind: 'Service', name: 'own' }] }, {}],
  ['sidecars', MeshProvider.istioSidecar(), 'own-v1-workload', { selector: { matchLabels: { 'app.kubernetes.io/name': 'own', 'app.kubernetes.io/version': 'v1' } } }, { ports: ['8000'] }],
])('an agent that needs a token itself exempts paths at %s, for its granted callers and gateways alone', (_, provider, name, where, ports) => {
  const objects = synth((mesh) => {
    const own = new Agent(mesh, 'own', { versions: { v1: Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], jwt: { ...JWT, exemptPaths: ['/card'] } }) } });
    own.grantCall(new Agent(mesh, 'planner', { versions: { v1: deploy() } }));
    new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' } }).addRoute('own', { target: own });
  }, { mesh: provider });
  const { rules, ...spec } = objects.get('AuthorizationPolicy', name).spec;
  expect(spec).toEqual({ action: 'ALLOW', ...where });
  const from = [{ source: { serviceAccounts: expect.arrayContaining(['voice/planner', 'voice-edge/gw-istio']) } }];
  const limited = Object.keys(ports).length > 0;
  expect(rules).toHaveLength(2);
  expect(rules).toEqual(expect.arrayContaining([
    { from, ...(limited && { to: [{ operation: ports }] }), when: [token] }, { from, to: [{ operation: { ...ports, paths: ['/card'] } }] },
  ]));
});

describe('decide and the report say what the gateway asks of clients', () => {
  const { mesh } = meshOf(() => {});
  const gateway = edge(mesh, { exemptPaths: ['/card', '/docs/*'], claimHeaders: { 'x-user': 'sub' } }, { all: { cors: { allowedOrigins: [DESK] } }, deep: { pathPrefix: '/deep' } });
  const asked = (call: object) => {
    const { allowed, reason } = mesh.decide({ callee: gateway, ...call });
    return `${allowed ? 'yes' : 'no'}: ${reason}`;
  };
  const served = (name: string, rest: string) => `yes: route ${name} of gateway gw: all requests to agent ${name}, for ${ANYONE}${rest}`;
  const required = `no: gateway gw requires a token from ${issuer}, and`;

  test.each<[object, string]>([
    [{}, `${required} the call carries none; paths that need no token: /card and /docs/*`],
    [{ tokenIssuer: issuer }, served('all', `, with a token from ${issuer}`)],
    [{ tokenClaims: { tier: 'gold' } }, served('all', `, with a token from ${issuer}`)],
    [{ tokenIssuer: 'https://other.example.com' }, `no: gateway gw accepts only tokens from ${issuer}`],
    [{ path: '/card?x=1' }, served('all', ', because /card needs no token')],
    [{ path: '/card', tokenIssuer: 'https://other.example.com' }, `no: gateway gw accepts only tokens from ${issuer}`],
    [{ path: '/docs/a' }, served('all', ', because /docs/a needs no token')],
    [{ path: '/docs' }, `${required} the call carries none; paths that need no token: /card and /docs/*`],
    [{ method: 'OPTIONS', origin: DESK }, `yes: gateway gw answers preflights from origin ${DESK} itself, because of \`cors\` of route all; preflights reach no target of the route`],
    [{ method: 'OPTIONS', origin: 'https://evil.example.com' }, `no: route all of gateway gw does not allow browsers requests from origin https://evil.example.com; allowed: ${DESK}`],
    [{ method: 'OPTIONS', origin: DESK, path: '/deep', tokenIssuer: issuer }, `${required} a preflight counts as a request without a token; paths that need no token: /card and /docs/*`],
    [{ origin: 'https://evil.example.com', tokenIssuer: issuer }, served('all', `, with a token from ${issuer}`)],
    [{ tokenIssuer: issuer, headers: { X_User: 'root' } }, 'no: gateway gw denies requests with header x_user, which servers may take for the header of a verified claim'],
    [{ tokenIssuer: issuer, headers: { 'X-User': 'root' } }, served('all', `, with a token from ${issuer}`)],
  ])('%j', (call, expected) => expect(asked(call)).toBe(expected));

  test('the report names who needs no token, and browsers', () => {
    const lines = mesh.describeAccess().split('\n');
    const at = lines.indexOf('gateway gw');
    expect(lines.slice(at + 1, at + 4)).toEqual([
      `  <- ${ANYONE}, with a token from ${issuer}, for a.example.com`, `  <- ${ANYONE}, without a token, for /card and /docs/*`,
      `  <- browsers on pages of ${DESK}: preflights of route all, answered by the gateway`,
    ]);
  });
});

test('`jwt` that is refused is not decided as if it were enforced', () => {
  const { mesh } = meshOf(() => {}, { gateway: GatewayProvider.istioAgentgateway() });
  const gateway = edge(mesh);
  expect(mesh.decide({ callee: gateway }).allowed).toBe(true);
});
