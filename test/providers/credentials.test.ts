import {
  Agent, Cluster, GatewayApiChannel, Identity, McpToolBoundary, McpTransport, MeshProvider, Port, TokenCaller, Workload,
} from '../../src';
import { holderOf, principalOf } from '../../src/model/principal';
import { allowRequests } from '../../src/providers/istio-shared/istio-authorization';
import { bareModel } from '../bare-model';
import { BoundaryOptions, boundaryProps, IMAGE, JWKS } from '../story';
import { Manifests, synth } from '../synth';

const ambient = {};
const sidecar = { mesh: MeshProvider.istioSidecar() };
const linkerd = { mesh: MeshProvider.linkerd(), cluster: Cluster.of({ gatewayApiChannel: GatewayApiChannel.EXPERIMENTAL }) };
const who = (serviceAccount: string) => Identity.of({ namespace: 'ops', serviceAccount });
const issuer = 'https://issuer.example.com';
const jwt = { issuer, jwks: JWKS };
const single = () => Workload.deploy({ image: IMAGE, ports: [Port.http(8080)], replicas: 1 });
const pods = { selector: { matchLabels: { 'app.kubernetes.io/name': 'crm' } } };
const service = { targetRefs: [{ group: '', kind: 'Service', name: 'crm' }] };

type Grant = (crm: McpToolBoundary) => void;
const crmOf = (props: BoundaryOptions, on: object, grant: Grant = () => {}): Manifests =>
  synth((mesh) => grant(new McpToolBoundary(mesh, 'crm', boundaryProps(props))), on);

describe.each([['a waypoint', ambient, service, 'crm-credentials'], ['sidecars', sidecar, pods, 'crm-pod-credentials']] as const)('credentials of callers at %s', (_, on, where, name) => {
  const denied = (condition: object) => ({ ...where, action: 'DENY', rules: [{ when: [{ key: 'request.headers[authorization]', ...condition }] }] });
  const tokens = (props: BoundaryOptions) => crmOf(props, on).get('RequestAuthentication', 'crm').spec;
  test('are denied if the server needs none', () => {
    expect(crmOf({}, on).get('AuthorizationPolicy', name).spec).toEqual(denied({ values: ['*'] }));
  });
  test('other than verified tokens are denied, and verified tokens are read from one place', () => {
    expect(crmOf({ jwt }, on).get('AuthorizationPolicy', name).spec).toEqual(denied({ values: ['*'], notValues: ['Bearer *'] }));
    expect(tokens({ jwt: { ...jwt, audiences: ['crm'] } })).toEqual({ ...where, jwtRules: [{ issuer, audiences: ['crm'], jwks: JWKS, fromHeaders: [{ name: 'authorization', prefix: 'Bearer ' }] }] });
  });
  test('are forwarded if asked for, verified or not', () => {
    expect(crmOf({ unsafePassTokens: true }, on).find('AuthorizationPolicy', name)).toBeUndefined();
    expect(crmOf({ unsafePassTokens: true, jwt }, on).find('AuthorizationPolicy', name)).toBeUndefined();
    expect(tokens({ unsafePassTokens: true, jwt })).toEqual({ ...where, jwtRules: [{ issuer, jwks: JWKS, forwardOriginalToken: true }] });
  });
  test('are not restricted for an agent', () => {
    const objects = synth((mesh) => { new Agent(mesh, 'crm', { versions: { v1: Workload.deploy({ image: IMAGE, ports: [Port.http(8080)], jwt }) } }); }, on);
    expect(objects.find('AuthorizationPolicy', name)).toBeUndefined();
    const agent = on === ambient ? 'crm' : 'crm-v1'; // at the Service, or at the pods
    expect(objects.get('RequestAuthentication', agent).spec).toMatchObject({ ...where, jwtRules: [{ issuer, jwks: JWKS }] });
  });
});

describe('callers by token on Istio', () => {
  const operation = { paths: ['/mcp'], methods: ['DELETE', 'GET', 'POST'] };
  const grant: Grant = (crm) => {
    crm.grantAllTools(who('b'), TokenCaller.of({ claims: { 'tier': 'gold', 'org/unit': 'x' }, caller: who('a') }), who('c'), TokenCaller.of({ subject: 'alice' }));
  };
  const rule = (source: object, when: object[] | undefined, more: object = {}) =>
    ({ from: [{ source }], to: [{ operation: { ...operation, ...more } }], ...(when && { when }) });
  const claim = (name: string, value: string) => ({ key: `request.auth.claims[${name}]`, values: [value] });
  const iss = claim('iss', issuer);
  const rules = (required: boolean, more: object) => [
    rule({ principals: ['*'] }, [iss, claim('sub', 'alice')], more),
    rule({ serviceAccounts: ['ops/a'] }, [iss, claim('org/unit', 'x'), claim('tier', 'gold')], more),
    rule({ serviceAccounts: ['ops/b', 'ops/c'] }, required ? [iss] : undefined, more),
  ];
  const sorted = (all: { from: object[] }[]) => [...all].sort((a, b) => (JSON.stringify(a.from) < JSON.stringify(b.from) ? -1 : 1));
  test.each([true, false])('get a rule for each token, and callers without one a separate rule (required: %s)', (required) => {
    const props = { jwt: { ...jwt, required } };
    const atWaypoint = crmOf(props, ambient, grant).get('AuthorizationPolicy', 'crm').spec;
    expect({ ...atWaypoint, rules: sorted(atWaypoint.rules) }).toEqual({ ...service, action: 'ALLOW', rules: sorted(rules(required, {})) });
    const atPods = crmOf(props, sidecar, grant).get('AuthorizationPolicy', 'crm-workload').spec;
    expect({ ...atPods, rules: sorted(atPods.rules) }).toEqual({ ...pods, action: 'ALLOW', rules: sorted(rules(required, { ports: ['8080'] })) });
  });
  test('get rules for each item, matched by headers', () => {
    const objects = crmOf({ jwt: { ...jwt, required: false }, tools: ['find', 'refund'], enforcesMirroredHeaders: true }, ambient, (crm) => {
      crm.grantTools(['find'], who('a'));
      crm.grantTools(['find', 'refund'], TokenCaller.of({ subject: 'alice', caller: who('a') }));
    });
    const uses = objects.get('AuthorizationPolicy', 'crm').spec.rules.filter(({ when }: any) => when[1].values[0] === 'tools/call')
      .map(({ when }: any) => [when[2].values, when.slice(3)]);
    const byToken = [iss, claim('sub', 'alice')];
    expect(uses).toHaveLength(3);
    expect(uses).toEqual(expect.arrayContaining([[['find'], []], [['find'], byToken], [['refund'], byToken]]));
  });
  test('are matched by whole principal if other trust domains are trusted', () => {
    const model = bareModel({ trustDomain: 'td', trustedDomains: ['friend.example'] });
    const principals = [principalOf('td', 'n', 'a'), principalOf('friend.example', 'n', 'a')];
    const alice = { issuer, subject: 'alice' };
    expect(allowRequests(model, [], [{ principals, token: { issuer } }, { principals: [holderOf(alice)], token: alice }]).rules).toEqual([
      { from: [{ source: { principals: ['friend.example/ns/n/sa/a', 'td/ns/n/sa/a'] } }], when: [iss] },
      { from: [{ source: { principals: ['*'] } }], when: [iss, claim('sub', 'alice')] },
    ]);
  });
  test('are spread over several sources when there are many', () => {
    const objects = crmOf({ jwt }, ambient, (crm) => crm.grantAllTools(...Array.from({ length: 17 }, (_, i) => who(`a${i}`))));
    const [{ from, when }] = objects.get('AuthorizationPolicy', 'crm').spec.rules;
    expect(from.map(({ source }: any) => source.serviceAccounts.length)).toEqual([16, 1]);
    expect(when).toEqual([iss]);
  });
});

describe('the routes of Linkerd', () => {
  const without = [{ type: 'RequestHeaderModifier', requestHeaderModifier: { remove: ['authorization'] } }];
  const rules = (objects: Manifests) => objects.all.filter(({ kind }) => kind === 'HTTPRoute').map(({ metadata, spec }) => [metadata.name, spec.rules[0].filters]);
  const server = () => Workload.deploy({ image: IMAGE, ports: [Port.http(8080)], healthPath: '/up' });
  test('strip credentials of callers, except on probes', () => {
    expect(rules(crmOf({ server: server() }, linkerd))).toEqual([['crm-8080', without], ['crm-8080-probes', undefined]]);
    expect(rules(crmOf({ enforcesMirroredHeaders: true }, linkerd))).toEqual([
      ['crm-8080', without], ['crm-8080-discover', without], ['crm-8080-tools', without], ['crm-8080-tool-find', without],
    ]);
  });
  test('forward credentials if asked for', () => {
    expect(rules(crmOf({ unsafePassTokens: true }, linkerd))).toEqual([['crm-8080', undefined]]);
  });
});

describe('the SSE transport', () => {
  const grant: Grant = (crm) => crm.grantAllTools(who('a'));
  const props = (more: object = {}) => ({ transport: McpTransport.SSE, server: single(), ...more });
  const source = { source: { serviceAccounts: ['ops/a'] } };
  test('has one path for streams and one for messages, at a waypoint', () => {
    expect(crmOf(props(), ambient, grant).get('AuthorizationPolicy', 'crm').spec).toEqual({
      ...service, action: 'ALLOW', rules: [{ from: [source], to: [{ operation: { paths: ['/sse'], methods: ['GET'] } }, { operation: { paths: ['/messages'], methods: ['POST'] } }] }],
    });
  });
  test('has both stated paths, at pods', () => {
    expect(crmOf(props({ path: '/events', messagesPath: '/post' }), sidecar, grant).get('AuthorizationPolicy', 'crm-workload').spec).toEqual({
      ...pods, action: 'ALLOW', rules: [{ from: [source], to: [{ operation: { ports: ['8080'], paths: ['/events'], methods: ['GET'] } }, { operation: { ports: ['8080'], paths: ['/post'], methods: ['POST'] } }] }],
    });
  });
  test('is one route with two matches on Linkerd', () => {
    const match = (method: string, value: string) => ({ method, path: { type: 'Exact', value } });
    const objects = crmOf(props(), linkerd, grant);
    expect(objects.names('HTTPRoute')).toEqual(['HTTPRoute/voice/crm-8080']);
    expect(objects.get('HTTPRoute', 'crm-8080').spec.rules[0].matches).toEqual([match('GET', '/sse'), match('POST', '/messages')]);
  });
});
