import {
  ambient, linkerd, who, single, issuer, jwt, both, Grant, crmOf, policy, policies, mayUse, mayCall, backend, held, is, isOnLinkerd, has,
} from './agentgateway-program';
import {
  ExternalHost, FailureMode, McpIdentityProvider, McpPrefix, McpServer, McpSessionRouting, McpToolBoundary, McpTransport, TokenCaller,
} from '../../src';
import { celString } from '../../src/providers/agentgateway/cel';
import { BoundaryOptions, deploy, JWKS } from '../story';
import { synth } from '../synth';

describe('the keys of an issuer', () => {
  const remote = (jwksPath: string) => ({ remote: { backendRef: { ...backend, name: 'crm-keys' }, jwksPath } });
  test.each([
    ['https://keys.example.com/realm/keys', '/realm/keys', { host: 'keys.example.com', port: 443 }, true],
    ['https://keys.example.com:8443/keys?v=1&w=a%20b', '/keys?v=1&w=a%20b', { host: 'keys.example.com', port: 8443 }, true],
    ['https://keys.example.com:443', '/', { host: 'keys.example.com', port: 443 }, true],
    ['http://keycloak.auth.svc/keys', '/keys', { host: 'keycloak.auth.svc', port: 80 }, false],
    ['http://keycloak.auth.svc:8080/keys', '/keys', { host: 'keycloak.auth.svc', port: 8080 }, false],
  ])('at %s are fetched from there', (jwksUri, path, address, isTls) => {
    const objects = crmOf({ jwt: { issuer, jwksUri, audiences: ['crm', 'desk'] } });
    expect(policy(objects, 'crm-tokens')).toEqual({
      ...held, traffic: { jwtAuthentication: { mode: 'Strict', providers: [{ issuer, audiences: ['crm', 'desk'], jwks: remote(path) }] } },
    });
    expect(objects.get('AgentgatewayBackend', 'crm-keys').spec).toEqual({ static: address, ...(isTls && { policies: { tls: {} } }) });
  });
  test('are inlined if stated, and not fetched', () => {
    const objects = crmOf({ jwt: { ...jwt, required: false } });
    expect(policy(objects, 'crm-tokens')).toEqual({ ...held, traffic: { jwtAuthentication: { mode: 'Optional', providers: [{ issuer, jwks: { inline: JWKS } }] } } });
    expect(objects.names('AgentgatewayBackend')).toEqual(['AgentgatewayBackend/voice/crm']);
  });
});

describe('clients', () => {
  const told = (oauth: object) => policy(crmOf({ jwt, oauth: { resource: 'https://crm.example.com/mcp', ...oauth } }), 'crm-tokens').traffic.jwtAuthentication.mcp;
  test('discover the resource, the scopes, the provider and the client id', () => {
    expect(told({ scopes: ['read', 'write'], identityProvider: McpIdentityProvider.KEYCLOAK, clientId: 'desk' })).toEqual({
      provider: 'Keycloak', clientId: 'desk', resourceMetadata: { resource: 'https://crm.example.com/mcp', bearerMethodsSupported: ['header'], scopesSupported: ['read', 'write'] },
    });
  });
  test('discover only the resource by default', () => {
    expect(told({})).toEqual({ resourceMetadata: { resource: 'https://crm.example.com/mcp', bearerMethodsSupported: ['header'] } });
  });
  test.each(Object.values(McpIdentityProvider))('discover the identity provider %s', (identityProvider) => {
    expect(told({ identityProvider }).provider).toBe(identityProvider);
  });
});

describe('the route of a proxy', () => {
  const rule = (props: BoundaryOptions, path = '/mcp') => {
    const { spec } = crmOf(props).get('HTTPRoute', 'crm');
    expect(spec.parentRefs).toEqual([{ name: 'crm', sectionName: 'mcp' }]);
    expect(spec.rules).toHaveLength(1);
    expect(spec.rules[0].backendRefs).toEqual([backend]);
    expect(spec.rules[0].matches[0]).toEqual({ path: { type: 'Exact', value: path } });
    return spec.rules[0];
  };
  const without = [{ type: 'RequestHeaderModifier', requestHeaderModifier: { remove: ['authorization'] } }];
  test('matches only the endpoint, and strips credentials', () => {
    expect(rule({ path: '/tools/mcp' }, '/tools/mcp')).toEqual({ matches: [{ path: { type: 'Exact', value: '/tools/mcp' } }], filters: without, backendRefs: [backend] });
    expect(rule({ jwt }).filters).toEqual(without);
  });
  test('strips nothing if tokens are forwarded', () => {
    expect(rule({ unsafePassTokens: true })).not.toHaveProperty('filters');
    expect(rule({ unsafePassTokens: true, jwt })).not.toHaveProperty('filters');
  });
  test('matches the discovery paths exactly, and for Okta the registration path', () => {
    const [resource, issuers] = ['/.well-known/oauth-protected-resource', '/.well-known/oauth-authorization-server'];
    const told = (oauth: object) => rule({ jwt, oauth: { resource: 'https://crm', ...oauth } }).matches.slice(1);
    const exactly = (...paths: string[]) => paths.map((value) => ({ path: { type: 'Exact', value } }));
    expect(told({})).toEqual(exactly(resource, `${resource}/mcp`, issuers, `${issuers}/mcp`));
    expect(told({ identityProvider: McpIdentityProvider.OKTA })).toEqual(exactly(resource, `${resource}/mcp`, issuers, `${issuers}/mcp`, `${issuers}/mcp/client-registration`));
  });
});

describe('tokens that were verified', () => {
  test('are forwarded only if asked for', () => {
    const objects = crmOf({ jwt, unsafePassTokens: true });
    expect(policies(objects)).toEqual(['crm-callers', 'crm', 'crm-tokens', 'crm-passthrough']);
    expect(policy(objects, 'crm-passthrough')).toEqual({ targetRefs: [backend], backend: { auth: { passthrough: {} } } });
    expect(policies(crmOf({ jwt }))).toEqual(['crm-callers', 'crm', 'crm-tokens']);
    expect(policies(crmOf({ unsafePassTokens: true }))).toEqual(['crm-callers', 'crm']);
  });
});

describe('a limit', () => {
  test('of all callers is one entry', () => {
    expect(policy(crmOf({ rateLimit: { requestsPerSecond: 5 } }), 'crm-limits')).toEqual({ ...held, traffic: { rateLimit: { local: [{ requests: 5, unit: 'Seconds' }] } } });
  });
  test('of each caller is one entry for all without grants', () => {
    expect(policy(crmOf({ rateLimit: { requestsPerSecondOfCaller: 3 } }), 'crm-limits').traffic.rateLimit).toEqual({ local: [{ requests: 3, unit: 'Seconds' }] });
  });
  test('of each caller is an entry for each caller', () => {
    const each = (condition: string) => ({ condition, policy: { local: [{ requests: 3, unit: 'Seconds' }] } });
    const granted = (props: object, on?: object) => policy(crmOf({ rateLimit: { requestsPerSecondOfCaller: 3 }, ...props }, (crm) => {
      crm.grantTools(['find'], who('b'));
      crm.grantAllTools(who('a'), who('b'));
    }, on), 'crm-limits');
    expect(granted({})).toEqual({ ...held, traffic: { rateLimit: { conditional: [each(is('a')), each(is('b'))] } } });
    expect(granted({ jwt }, linkerd).traffic.rateLimit.conditional).toEqual(['a', 'b'].map((account) => each(`${isOnLinkerd(account)} && jwt["iss"] == "${issuer}"`)));
  });
});

describe('the conditions of a caller', () => {
  const iss = `jwt["iss"] == "${issuer}"`;
  test('match nobody without grants', () => {
    expect([mayCall(crmOf()), mayUse(crmOf())]).toEqual([['false'], ['false']]);
  });
  test('are identity and required token, at the endpoint and for each item', () => {
    const grant: Grant = (crm) => { crm.grantTools(['refund', 'find'], who('b')); crm.grantAllTools(who('a')); };
    expect(mayCall(crmOf({ jwt }, grant))).toEqual([`(${is('a')} && ${iss}) || (${is('b')} && ${iss})`]);
    expect(mayUse(crmOf({ jwt }, grant))).toEqual([`(${is('a')} && ${iss}) || (${is('b')} && ${iss} && ${has('tool', 'crm', 'find', 'refund')})`]);
    expect(mayCall(crmOf({ jwt: { ...jwt, required: false } }, grant))).toEqual([`(${is('a')}) || (${is('b')})`]);
  });
  test('include the claims of a caller by token', () => {
    const says = 'jwt["sub"] == "al\\"ice" && (jwt["a/b"] == "x" || (type(jwt["a/b"]) == list && jwt["a/b"].exists(one, one == "x"))) && (jwt["tier"] == "gold" || (type(jwt["tier"]) == list && jwt["tier"].exists(one, one == "gold")))';
    const grant: Grant = (crm) => crm.grantPrompts(['hello'], TokenCaller.of({ subject: 'al"ice', claims: { 'tier': 'gold', 'a/b': 'x' }, caller: who('a') }));
    for (const required of [true, false]) {
      expect(mayUse(crmOf({ jwt: { ...jwt, required } }, grant))).toEqual([`(${is('a')} && ${iss} && ${says} && ${has('prompt', 'crm', 'hello')})`]);
      expect(mayCall(crmOf({ jwt: { ...jwt, required } }, grant, linkerd))).toEqual([`(${isOnLinkerd('a')} && ${iss} && ${says})`]);
    }
  });
  test('match one word of a claim, as a list or as a string', () => {
    const grant: Grant = (crm) => crm.grantAllTools(TokenCaller.of({ claims: { scope: 'read' }, caller: who('a') }));
    const scope = 'jwt["scope"]';
    expect(mayUse(crmOf({ jwt }, grant))).toEqual([
      `(${is('a')} && ${iss} && ((type(${scope}) == string && (" " + ${scope} + " ").contains(" read ")) || (type(${scope}) == list && ${scope}.exists(one, one == "read"))))`,
    ]);
  });
  test('have one clause for each token of an identity', () => {
    const grant: Grant = (crm) => {
      crm.grantTools(['find'], who('a'), TokenCaller.of({ subject: 'alice', caller: who('a') }));
      crm.grantTools(['refund'], TokenCaller.of({ subject: 'alice', caller: who('a') }));
    };
    expect(mayUse(crmOf({ jwt: { ...jwt, required: false } }, grant))).toEqual([
      `(${is('a')} && ${has('tool', 'crm', 'find')}) || (${is('a')} && ${iss} && jwt["sub"] == "alice" && ${has('tool', 'crm', 'find', 'refund')})`,
    ]);
  });
  test('include the allowed origins', () => {
    const grant: Grant = (crm) => crm.grantAllTools(who('a'));
    expect(mayCall(crmOf({ allowedOrigins: ['https://a.example.com', 'http://b:8080'] }, grant)))
      .toEqual([`((${is('a')})) && (!("origin" in request.headers) || request.headers["origin"] in ["https://a.example.com", "http://b:8080"])`]);
    expect(mayCall(crmOf({ allowedOrigins: [] }, grant))).toEqual([`((${is('a')})) && (!("origin" in request.headers))`]);
  });
  test('escape invisible characters', () => {
    expect([celString('a"b\\'), celString('\u00fc\u202e'), celString('\u{1f600}'), celString('\ud800x'), celString('\n')])
      .toEqual(['"a\\"b\\\\"', '"\\U000000fc\\U0000202e"', '"\\U0001f600"', '"\\U0000fffdx"', '"\\n"']);
  });
});

describe('of several servers', () => {
  const names = (props: object) => {
    let found: string[] = [];
    const objects = crmOf({ servers: both(), ...props }, ({ tools }) => { found = tools; });
    return [found, objects.get('AgentgatewayBackend', 'crm').spec.mcp.prefixMode];
  };
  test('each has its own items, by prefixed and own names', () => {
    const objects = crmOf({ servers: both() }, (crm) => {
      crm.grantTools(['one_find', 'two_refund'], who('a'));
      crm.grantPrompts(['two_hello'], who('a'));
      crm.grantResources(['one+crm://all', 'ui://two+panel', 'ui://one+panel'], who('a'));
    });
    const conditions = [has('tool', 'one', 'find'), has('tool', 'two', 'refund'), has('prompt', 'two', 'hello'), has('resource', 'one', 'crm://all', 'ui://panel'), has('resource', 'two', 'ui://panel')];
    expect(mayUse(objects)).toEqual([conditions.map((one) => `(${is('a')} && ${one})`).join(' || ')]);
  });
  test('names have the server\'s prefix by default', () => {
    expect(names({})).toEqual([['one_find', 'one_refund', 'two_find', 'two_refund'], 'Conditional']);
    expect(names({ prefix: McpPrefix.ALWAYS })).toEqual([['one_find', 'one_refund', 'two_find', 'two_refund'], 'Always']);
    const apart = { one: McpServer.of(deploy([8080]), { tools: ['find'] }), two: McpServer.of(deploy([8081]), { tools: ['refund'] }) };
    expect(names({ prefix: McpPrefix.NEVER, servers: apart })).toEqual([['find', 'refund'], 'Never']);
  });
  test('a name without prefix is granted only at its server', () => {
    const apart = { one: McpServer.of(deploy([8080]), { tools: ['find'] }), two: McpServer.of(deploy([8081]), { tools: ['refund'] }) };
    expect(mayUse(crmOf({ prefix: McpPrefix.NEVER, servers: apart }, (crm) => crm.grantTools(['refund'], who('a'))))).toEqual([`(${is('a')} && ${has('tool', 'two', 'refund')})`]);
  });
  test('names of a single server have a prefix if the prefix is always on', () => {
    let tools: string[] = [];
    const objects = crmOf({ prefix: McpPrefix.ALWAYS }, (crm) => { ({ tools } = crm); crm.grantTools(['crm_find'], who('a')); });
    expect([tools, mayUse(objects)]).toEqual([['crm_find', 'crm_refund'], [`(${is('a')} && ${has('tool', 'crm', 'find')})`]]);
  });
  test.each<[string, object, string]>([
    ['the default of a server outside', { servers: { far: McpServer.external({ host: ExternalHost.https('mcp.example.com'), tools: ['a'] }) } }, '/mcp'],
    ['the default of a server here', { servers: { one: McpServer.of(deploy([8080]), { tools: ['a'] }) } }, '/mcp'],
    ['what such a server states', { servers: { one: McpServer.of(deploy([8080]), { tools: ['a'], path: '/own' }) } }, '/own'],
  ])('is called at its own path behind a boundary with another path: %s', (_, props, path) => {
    const [target] = crmOf({ path: '/remote/mcp', ...props }).get('AgentgatewayBackend', 'crm').spec.mcp.targets;
    expect(target.static.path).toBe(path);
  });
  test.each<[string, object, string, string]>([
    ['the path of `server`', { server: McpServer.of(deploy([8080]), { tools: ['a'], path: '/own' }) }, '/own', '/own'],
    ['the path of the boundary, which the proxy translates', { path: '/remote/mcp', server: McpServer.of(deploy([8080]), { tools: ['a'], path: '/own' }) }, '/remote/mcp', '/own'],
    ['the default for a server of the older transport', { server: McpServer.of(single(), { tools: ['a'], path: '/events', transport: McpTransport.SSE }) }, '/mcp', '/events'],
    ['the default for `servers`, so that a second one changes nothing', { servers: { one: McpServer.of(deploy([8080]), { tools: ['a'], path: '/own' }) } }, '/mcp', '/own'],
  ])('callers use %s', (_, props, called, own) => {
    const objects = synth((mesh) => { new McpToolBoundary(mesh, 'crm', props); }, ambient);
    expect(objects.get('HTTPRoute', 'crm').spec.rules[0].matches[0].path.value).toBe(called);
    expect(objects.get('AgentgatewayBackend', 'crm').spec.mcp.targets[0].static.path).toBe(own);
  });
  test('each has its own host, path and transport', () => {
    const objects = crmOf({
      path: '/tools', failureMode: FailureMode.FAIL_OPEN, sessionRouting: McpSessionRouting.STATELESS, servers: {
        one: McpServer.of(deploy([8080]), { tools: ['a'] }),
        two: McpServer.of(deploy([8081]), { tools: ['b'], path: '/v2' }),
        old: McpServer.of(single(), { tools: ['c'], transport: McpTransport.SSE }),
        far: McpServer.external({ host: ExternalHost.https('mcp.example.com'), tools: ['d'], transport: McpTransport.SSE, path: '/events' }),
        paid: McpServer.external({ host: ExternalHost.https('paid.example.com', { port: 8443 }), tools: ['e'], credentials: { secretName: 'paid', key: 'token' } }),
      },
    });
    const pods = (name: string, path: string, protocol = 'StreamableHTTP') => ({ name, static: { backendRef: { name: `crm-${name}` }, port: 80, path, protocol } });
    expect(objects.get('AgentgatewayBackend', 'crm').spec).toEqual({
      mcp: {
        failureMode: 'FailOpen', prefixMode: 'Conditional', sessionRouting: 'Stateless', targets: [
          { name: 'far', static: { host: 'mcp.example.com', port: 443, path: '/events', protocol: 'SSE', policies: { tls: {} } } },
          pods('old', '/sse', 'SSE'), pods('one', '/mcp'),
          {
            name: 'paid', static: {
              host: 'paid.example.com', port: 8443, path: '/mcp', protocol: 'StreamableHTTP', policies: { tls: {}, auth: { secretRef: { name: 'paid', key: 'token' } } },
            },
          },
          pods('two', '/v2'),
        ],
      },
    });
    for (const name of ['one', 'two', 'old']) {
      expect(objects.get('Service', `crm-${name}`).spec.selector).toEqual({ 'app.kubernetes.io/name': `crm-${name}` });
      expect(objects.get('AuthorizationPolicy', `crm-${name}-workload`).spec.rules[0].from).toEqual([{ source: { serviceAccounts: ['voice/crm'] } }]);
    }
    expect(policies(objects)).toEqual(['crm-callers', 'crm']);
  });
  test('credentials are sent only to their server', () => {
    const objects = crmOf({ servers: { one: McpServer.of(deploy([8080]), { tools: ['a'] }), two: McpServer.of(deploy([8081]), { tools: ['b'], credentials: { secretName: 'two', key: 'token' } }) } });
    expect(policies(objects)).toEqual(['crm-callers', 'crm', 'crm-credentials-two']);
    expect(policy(objects, 'crm-credentials-two')).toEqual({ targetRefs: [{ ...backend, sectionName: 'two' }], backend: { auth: { secretRef: { name: 'two', key: 'token' } } } });
  });
});
