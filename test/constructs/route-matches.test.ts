import { ApiObject, Chart } from 'cdk8s';
import { Agent, AgentMesh, InferenceGateway, RouteOptions, Waypoint } from '../../src';
import { deploy } from '../story';
import { Build, meshOf, problemsOf, synth } from '../synth';

const gatewayIn = (mesh: AgentMesh) => new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' } });
const agentIn = (mesh: AgentMesh, id = 'agent', props: object = {}) => new Agent(mesh, id, { versions: { v1: deploy() }, ...props });
const header = (name: string, value: string) => ({ type: 'Exact', name, value });
const rulesOf = (options: RouteOptions) => synth((mesh) => void gatewayIn(mesh).addRoute('r', { target: agentIn(mesh), ...options })).get('HTTPRoute', 'r').spec.rules;
const backendRefs = [{ name: 'agent', port: 80, weight: 100 }];
const rewritten = (replacePrefixMatch: string) => [{ type: 'URLRewrite', urlRewrite: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch } } }];

const ROUTE = { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'HTTPRoute', metadata: { name: 'theirs', namespace: 'ingress' } };

describe('a route', () => {
  test('matches every header that it names', () => {
    expect(rulesOf({ headers: { 'x-tier': 'gold', 'X-Desk': 'north' }, pathPrefix: '/v1' })).toEqual([
      { matches: [{ path: { type: 'PathPrefix', value: '/v1' }, headers: [header('X-Desk', 'north'), header('x-tier', 'gold')] }], backendRefs },
    ]);
    expect(rulesOf({ headers: { 'x-tier': 'gold' } })).toEqual([{ matches: [{ headers: [header('x-tier', 'gold')] }], backendRefs }]);
  });
  test('replaces its prefix', () => {
    expect(rulesOf({ pathPrefix: '/desk', replacePrefixMatch: '/' })).toEqual([
      { matches: [{ path: { type: 'PathPrefix', value: '/desk' } }], filters: rewritten('/'), backendRefs },
    ]);
  });
});

test('a canary adds its header to those of the route, and replaces the prefix in both rules', () => {
  const rules = synth((mesh) => {
    const agent = new Agent(mesh, 'agent', { versions: { v1: deploy(), v2: deploy() }, stable: 'v1' });
    gatewayIn(mesh).addCanary('c', { stable: agent.version('v1'), canary: agent.version('v2'), percent: 10, headers: { 'x-desk': 'north' }, pathPrefix: '/p', replacePrefixMatch: '/q' });
  }).get('HTTPRoute', 'c').spec.rules;
  const path = { type: 'PathPrefix', value: '/p' };
  expect(rules).toEqual([
    { matches: [{ path, headers: [header('x-desk', 'north'), header('x-canary', 'true')] }], filters: rewritten('/q'), backendRefs: [{ name: 'agent-v2', port: 80, weight: 100 }] },
    { matches: [{ path, headers: [header('x-desk', 'north')] }], filters: rewritten('/q'), backendRefs: [{ name: 'agent', port: 80, weight: 90 }, { name: 'agent-v2', port: 80, weight: 10 }] },
  ]);
});

test('before a waypoint that splits the requests, the gateway matches the headers of the route alone', () => {
  const { mesh, chart } = meshOf(() => {});
  const gateway = gatewayIn(mesh);
  const agent = agentIn(mesh, 'agent', { versions: { v1: deploy(), v2: deploy() }, canary: { version: 'v2', percent: 20 }, waypoint: new Waypoint(mesh, 'wp') });
  gateway.addRoute('r', { target: agent, headers: { 'x-desk': 'north' }, pathPrefix: '/p', replacePrefixMatch: '/' });
  const other = agentIn(mesh, 'other');
  gateway.addRoute('south', { target: other, pathPrefix: '/p', headers: { 'x-south': 'yes', 'x-desk': 'north' } });
  const route = chart.node.findAll().find((one) => one.node.path.endsWith('gw/r/route')) as unknown as { toJson(): { spec: { rules: object[] } } };
  expect(route.toJson().spec.rules).toEqual([
    { matches: [{ path: { type: 'PathPrefix', value: '/p' }, headers: [header('x-desk', 'north')] }], filters: rewritten('/'), backendRefs },
  ]);
  // The gateway does not see the header of the canary: it decides for the route with more of its own headers.
  const asked = (headers: Record<string, string>) => /route (\w+) of gateway gw: (.*), for/.exec(mesh.decide({ callee: gateway, path: '/p', headers }).reason)!.slice(1).join(': ');
  expect(asked({ 'x-desk': 'north', 'x-canary': 'true' })).toBe('r: all requests to agent agent v2');
  expect(asked({ 'x-desk': 'north', 'x-canary': 'true', 'x-south': 'yes' })).toBe('south: all requests to agent other');
});

describe('several routes of one host and path', () => {
  const program = (...headers: (Record<string, string> | undefined)[]): Build => (mesh) => {
    const gateway = gatewayIn(mesh);
    headers.forEach((one, i) => gateway.addRoute(`r${i}`, { target: agentIn(mesh, `agent-${i}`), headers: one }));
  };
  const conflicts = (...headers: (Record<string, string> | undefined)[]) => problemsOf(program(...headers)).filter((line) => line.includes('[AM208]'));

  test.each<[string, (Record<string, string> | undefined)[]]>([
    ['with different values of a header', [{ 'x-desk': 'north' }, { 'x-desk': 'south' }, undefined]],
    ['with more headers than the other', [{ 'x-desk': 'north' }, { 'x-desk': 'north', 'x-tier': 'gold' }]],
    ['that differ in one of several', [{ 'x-desk': 'north', 'x-tier': 'gold' }, { 'x-tier': 'silver', 'x-desk': 'north' }]],
    ['with a third that has the headers of both', [{ 'x-desk': 'north' }, { 'x-tier': 'gold' }, { 'X-Desk': 'north', 'x-tier': 'gold' }]],
  ])('%s are told apart', (_, headers) => {
    expect(conflicts(...headers)).toEqual([]);
  });
  test.each<[string, (Record<string, string> | undefined)[]]>([
    ['without headers', [undefined, undefined]],
    ['with the same header in another case', [{ 'x-desk': 'north' }, { 'X-Desk': 'north' }]],
    ['with different headers, both of which a request may have', [{ 'x-desk': 'north' }, { 'x-tier': 'gold' }]],
    ['with a third that has one of them with another value', [{ 'x-desk': 'north' }, { 'x-tier': 'gold' }, { 'x-desk': 'south', 'x-tier': 'gold' }]],
  ])('%s are refused', (_, headers) => {
    expect(conflicts(...headers)).toEqual([expect.stringContaining('some requests match both routes r0 and r1 of gateway gw, and the gateway would ignore one of the routes for them')]);
  });
  test('the header of a canary counts too', () => {
    const of = (headers: Record<string, string>): Build => (mesh) => {
      const gateway = gatewayIn(mesh);
      const agent = new Agent(mesh, 'agent', { versions: { v1: deploy(), v2: deploy() }, stable: 'v1' });
      gateway.addCanary('c', { stable: agent.version('v1'), canary: agent.version('v2'), percent: 10 });
      gateway.addRoute('gold', { target: agentIn(mesh, 'gold'), headers });
    };
    expect(problemsOf(of({ 'x-tier': 'gold' }))).toEqual([expect.stringContaining('some requests match both routes c and gold of gateway gw, and the gateway would ignore one of the routes for them')]);
    expect(problemsOf(of({ 'x-canary': 'gold' }))).toEqual([]);
  });
  test('and one model each are told apart by the header of a payload processor, and without it no route matches', () => {
    const { mesh } = meshOf(() => {});
    const gateway = gatewayIn(mesh);
    const route = (model: string, headers?: Record<string, string>) => gateway.addRoute(`to-${model}`, { target: gateway.addPool(model, { workload: deploy() }), pathPrefix: '/v1', headers });
    const taken = (headers: Record<string, string>) => {
      const { allowed, reason } = mesh.decide({ callee: gateway, path: '/v1/chat/completions', headers });
      return [allowed, /^route ([\w-]+) /.exec(reason)?.[1]];
    };
    for (const model of ['llama', 'qwen']) route(model, { 'X-Gateway-Base-Model-Name': model });
    const sent: Record<string, string>[] = [{ 'x-gateway-base-model-name': 'llama' }, { 'X-Gateway-Base-Model-Name': 'qwen' }, { 'x-gateway-base-model-name': 'gemma' }, {}];
    expect(sent.map(taken)).toEqual([[true, 'to-llama'], [true, 'to-qwen'], [false, undefined], [false, undefined]]);
    route('default');
    expect(sent.map(taken)).toEqual([[true, 'to-llama'], [true, 'to-qwen'], [true, 'to-default'], [true, 'to-default']]);
  });
  test('are what decisions and the access report follow', () => {
    const { mesh } = meshOf(() => {});
    const gateway = gatewayIn(mesh);
    const [north, both, rest] = ['north', 'both', 'rest'].map((id) => agentIn(mesh, id));
    gateway.addRoute('rest', { target: rest });
    gateway.addRoute('both', { target: both, headers: { 'x-desk': 'north', 'x-tier': 'gold' } });
    gateway.addRoute('north', { target: north, headers: { 'x-desk': 'north' } });
    const route = (headers: Record<string, string>) => /^route (\w+) /.exec(mesh.decide({ callee: gateway, headers }).reason)?.[1];
    const sent: Record<string, string>[] = [{}, { 'X-Desk': 'north' }, { 'x-desk': 'north', 'x-tier': 'gold' }, { 'x-tier': 'gold' }, { 'x-desk': 'North' }];
    expect(sent.map(route)).toEqual(['rest', 'north', 'both', 'rest', 'rest']);
    expect(mesh.describeAccess()).toContain('agent both\n  <- gateway gw: all requests with x-desk: north and x-tier: gold');
  });
});

test('the access report names the path that the target receives', () => {
  const { mesh } = meshOf((one) => void gatewayIn(one).addRoute('r', { target: agentIn(one), pathPrefix: '/desk', replacePrefixMatch: '/v1' }));
  expect(mesh.describeAccess()).toContain('  <- gateway gw: all requests under /desk (received as /v1)');
});

test('routes of the team with fewer headers take nothing from one that matches a header', () => {
  const beside = (matches?: object[]): Build => (mesh, chart) => {
    InferenceGateway.fromGatewayName(mesh, 'corp', { gatewayName: 'corp', namespace: 'ingress', hostnames: ['a.example.com'] })
      .addRoute('r', { target: agentIn(mesh, 'a'), headers: { 'x-desk': 'north' } });
    if (matches) new ApiObject(new Chart(chart, 'team'), 'route', { ...ROUTE, spec: { parentRefs: [{ name: 'corp' }], hostnames: ['a.example.com'], rules: [{ matches }] } } as never);
  };
  expect(problemsOf(beside())).toEqual([]);
  expect(problemsOf(beside([{ path: { type: 'PathPrefix', value: '/' } }]))).toEqual([]);
  for (const match of [{ headers: [{ name: 'x', value: 'y' }] }, { method: 'GET' }, { path: { type: 'PathPrefix', value: '/more' } }, { path: { type: 'Exact', value: '/' } }]) {
    expect([match, problemsOf(beside([match]))]).toEqual([match, [expect.stringContaining('takes requests from routes of the mesh at a gateway, or sends other requests to the targets of these routes')]]);
  }
});

describe('a mirror', () => {
  const program = (options: object): Build => (mesh) => {
    const agent = new Agent(mesh, 'agent', { versions: { v1: deploy(), v2: deploy() }, stable: 'v1' });
    gatewayIn(mesh).addRoute('r', { target: agent.version('v1'), mirror: { target: agent.version('v2'), ...options }, pathPrefix: '/p', replacePrefixMatch: '/' });
  };
  const copying = (more: object) => ({ type: 'RequestMirror', requestMirror: { backendRef: { name: 'agent-v2', port: 80 }, ...more } });

  test('gets copies of the requests beside the target', () => {
    const { filters, backendRefs: refs } = synth(program({ percent: 10 })).get('HTTPRoute', 'r').spec.rules[0];
    expect([filters, refs]).toEqual([[...rewritten('/'), copying({ percent: 10 })], backendRefs]);
    expect(synth(program({})).get('HTTPRoute', 'r').spec.rules[0].filters[1]).toEqual(copying({}));
  });
  test('accepts the gateway at its pods', () => {
    const policy = synth(program({})).get('AuthorizationPolicy', 'agent-v2-workload').spec;
    expect(policy.rules).toEqual([{ from: [{ source: { serviceAccounts: ['voice-edge/gw-istio'] } }], to: [{ operation: { ports: ['8000'] } }] }]);
  });
  test('in another namespace gets a grant for its Service', () => {
    const objects = synth((mesh) => {
      const far = new Agent(mesh, 'far', { versions: { v1: deploy() }, namespace: 'far' });
      gatewayIn(mesh).addRoute('r', { target: agentIn(mesh), mirror: { target: far.version() } });
    });
    expect(objects.get('HTTPRoute', 'r').spec.rules[0].filters).toEqual([{ type: 'RequestMirror', requestMirror: { backendRef: { name: 'far', namespace: 'far', port: 80 } } }]);
    expect(objects.get('ReferenceGrant', 'voice-r-to-far', 'far').spec.to).toEqual([{ group: '', kind: 'Service', name: 'far' }]);
  });
  test('is in the access report and changes no decision', () => {
    const { mesh } = meshOf(program({ percent: 10 }));
    expect(mesh.describeAccess()).toContain('agent agent v2\n  <- gateway gw: copies of 10% of requests under /p (received as /)');
    expect(mesh.describeAccess()).toContain('agent agent v1\n  <- gateway gw: all requests under /p (received as /)');
  });
  test.each<[string, Build, string]>([
    ['to a pool', (mesh) => {
      const gateway = gatewayIn(mesh);
      gateway.addRoute('r', { target: agentIn(mesh), mirror: { target: gateway.addPool('llm', { workload: deploy() }) } });
    }, 'requests cannot be mirrored to a pool, because the copies carry another Host header, which the inner gateway in front of the pool denies; got "pool llm"'],
    ['to its own target', (mesh) => {
      const agent = agentIn(mesh);
      gatewayIn(mesh).addRoute('r', { target: agent, mirror: { target: agent.version() } });
    }, 'the route mirrors its requests to one of its own targets; got "agent agent"'],
    ['of no request', program({ percent: 0 }), '`percent of the mirror` is out of range; got 0'],
  ])('%s is refused', (_, build, message) => {
    expect(problemsOf(build)).toEqual(expect.arrayContaining([expect.stringContaining(message)]));
  });
});

describe('a route to a pool that limits models', () => {
  const routed = (path: object): Build => (mesh) => {
    const gw = gatewayIn(mesh);
    gw.addRoute('chat', { target: gw.addPool('llm', { workload: deploy(), allowedModels: ['x'] }), ...path });
  };
  test.each([[{}], [{ pathPrefix: '/v1' }], [{ pathPrefix: '/v1/chat/completions' }], [{ pathPrefix: '/llama', replacePrefixMatch: '/' }]])('forwards paths that it serves: %j', (path) => {
    expect(problemsOf(routed(path))).toEqual([]);
  });
  test.each([[{ pathPrefix: '/llama' }], [{ pathPrefix: '/v1/chats' }], [{ pathPrefix: '/v1', replacePrefixMatch: '/v2' }]])('is refused if it forwards none: %j', (path) => {
    expect(problemsOf(routed(path))).toEqual([expect.stringContaining('pool llm has `allowedModels` and serves none of the paths that the route forwards')]);
  });
});
