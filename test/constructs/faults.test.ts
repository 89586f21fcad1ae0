import { Testing } from 'cdk8s';
import { Agent, AgentMesh, AgentMeshProps, AgentProps, Call, Cluster, ExternalHost, Fault, GatewayApiChannel, McpProvider, McpServer, McpToolBoundary, MeshProvider, Port, Workload } from '../../src';
import { deploy, existing, IMAGE } from '../story';
import { meshOf, problemsOf, synth } from '../synth';

const cluster = Cluster.of({ gatewayApiChannel: GatewayApiChannel.EXPERIMENTAL }); // retries need it
const sidecar = { mesh: MeshProvider.istioSidecar() };
const HOST = 'writer.voice.svc.cluster.local';
const destination = (service: string) => ({ destination: { host: `${service}.voice.svc.cluster.local`, port: { number: 80 } } });
const tools = () => McpServer.of(deploy([8080]), { tools: ['find'] });

function writer(props: Partial<AgentProps>) {
  return (mesh: AgentMesh) => void new Agent(mesh, 'writer', { versions: { v1: deploy(), ...props.canary && { v2: deploy() } }, ...props });
}

/** The rules of the VirtualService, which is the only route of the agent. */
function rulesOf(props: Partial<AgentProps>, mesh: Partial<AgentMeshProps> = {}) {
  const objects = synth(writer(props), mesh);
  expect(objects.names('HTTPRoute')).toEqual([]);
  const { spec } = objects.get('VirtualService', 'writer-mesh');
  expect(spec.hosts).toEqual([HOST]);
  return spec.http;
}

describe.each([['ambient', {}], ['sidecars', sidecar]])('faults of an agent with %s', (_, props) => {
  test('are injected into the requests with their headers, and those without headers into all others', () => {
    const faults = [Fault.abort(503), Fault.delay(1500, { percent: 10, headers: { 'X-Test': 'slow' } }), Fault.delay(20)];
    expect(rulesOf({ faults }, props)).toEqual([
      { match: [{ port: 80, headers: { 'x-test': { exact: 'slow' } } }], fault: { delay: { fixedDelay: '1.5s', percentage: { value: 10 } } }, route: [destination('writer')] },
      { match: [{ port: 80 }], fault: { delay: { fixedDelay: '0.02s', percentage: { value: 100 } }, abort: { httpStatus: 503, percentage: { value: 100 } } }, route: [destination('writer')] },
    ]);
  });

  test('leave requests without the headers alone', () => {
    expect(rulesOf({ faults: [Fault.abort(429, { headers: { 'x-test': 'busy' } })] }, props).slice(1)).toEqual([{ match: [{ port: 80 }], route: [destination('writer')] }]);
  });

  test('keep the split, the retries and the timeout of the agent', () => {
    const share = { canary: { version: 'v2', percent: 20 }, retries: { attempts: 2, codes: [503] }, requestTimeoutSeconds: 30 };
    const kept = { retries: { attempts: 2, retryOn: 'connect-failure,refused-stream,unavailable,cancelled,503' }, timeout: '30s' };
    const fault = { abort: { httpStatus: 500, percentage: { value: 100 } } };
    const split = [{ ...destination('writer'), weight: 80 }, { ...destination('writer-v2'), weight: 20 }];
    expect(rulesOf({ faults: [Fault.abort(500, { headers: { 'x-test': 'a' } })], ...share }, { ...props, cluster })).toEqual([
      { match: [{ port: 80, headers: { 'x-test': { exact: 'a' }, 'x-canary': { exact: 'true' } } }], fault, route: [destination('writer-v2')], ...kept },
      { match: [{ port: 80, headers: { 'x-test': { exact: 'a' } } }], fault, route: split, ...kept },
      { match: [{ port: 80, headers: { 'x-canary': { exact: 'true' } } }], route: [destination('writer-v2')], ...kept },
      { match: [{ port: 80 }], route: split, ...kept },
    ]);
  });

  test('of the header that forces the canary follow its value', () => {
    const faults = [Fault.abort(500, { headers: { 'X-Canary': 'false' } }), Fault.abort(502, { headers: { 'x-canary': 'true' } })];
    const rules: { match?: { headers?: unknown }[]; fault?: { abort: { httpStatus: number } } }[] = rulesOf({ faults, canary: { version: 'v2', percent: 0 } }, props);
    expect(rules.map(({ match, fault }) => [match?.[0].headers, fault?.abort.httpStatus])).toEqual([
      [{ 'x-canary': { exact: 'false' } }, 500], [{ 'x-canary': { exact: 'true' } }, 502], [{ 'x-canary': { exact: 'true' } }, 502], [{ 'x-canary': { exact: 'true' } }, undefined], [undefined, undefined],
    ]);
  });

  test('with more headers come first, and the order of the others does not matter', () => {
    const rules: { match?: { headers?: object }[] }[] = rulesOf({ faults: [Fault.abort(500, { headers: { a: '1' } }), Fault.abort(501, { headers: { a: '1', b: '2' } })] }, props);
    expect(rules.map(({ match }) => Object.keys(match?.[0].headers ?? {}).join())).toEqual(['a,b', 'a', '']);
  });
});

test('without faults an agent keeps its HTTPRoute', () => {
  const objects = synth(writer({ requestTimeoutSeconds: 30, faults: [] }));
  expect([objects.names('HTTPRoute'), objects.names('VirtualService')]).toEqual([['HTTPRoute/voice/writer-mesh'], []]);
});

test('a waypoint that only routes injects the faults of an agent, so its pods accept its callers as before', () => {
  const build = (faults: Fault[]) => (mesh: AgentMesh) => {
    const agent = new Agent(mesh, 'writer', { versions: { v1: deploy() }, faults });
    agent.grantCall(new Agent(mesh, 'planner', { versions: { v1: deploy() } }));
  };
  const callers = (faults: Fault[]) => synth(build(faults)).get('AuthorizationPolicy', 'writer-v1-workload').spec.rules.flatMap((rule: { from: { source: { serviceAccounts: string[] } }[] }) => rule.from.flatMap(({ source }) => source.serviceAccounts));
  expect(callers([])).toEqual(['voice/planner']);
  expect(callers([Fault.abort(503)])).toEqual(['voice/planner', 'voice/voice-waypoint']);
  expect(synth(build([Fault.abort(503)])).get('Service', 'writer').metadata.labels).toEqual({ 'istio.io/use-waypoint': 'voice-waypoint' });
});

describe('faults of a tool server', () => {
  test.each([['ambient', {}], ['sidecars', sidecar]])('are injected with %s, and its policies stay', (_, props) => {
    const build = (faults?: Fault[]) => (mesh: AgentMesh) => new McpToolBoundary(mesh, 'crm', { server: tools(), faults }).grantAllTools(new Agent(mesh, 'planner', { versions: { v1: deploy() } }));
    const [without, objects] = [synth(build(), props), synth(build([Fault.abort(503, { percent: 5 })]), props)];
    expect(objects.get('VirtualService', 'crm-mesh').spec).toEqual({
      hosts: ['crm.voice.svc.cluster.local'],
      http: [{ match: [{ port: 80 }], fault: { abort: { httpStatus: 503, percentage: { value: 5 } } }, route: [destination('crm')] }],
    });
    expect(objects.all.filter(({ kind }) => kind !== 'VirtualService')).toEqual(without.all);
  });
});

describe('a mesh with faults says so', () => {
  const build = (mesh: AgentMesh) => {
    const planner = new Agent(mesh, 'planner', { versions: { v1: deploy() } });
    const agent = new Agent(mesh, 'writer', { versions: { v1: deploy() }, faults: [Fault.delay(1500, { percent: 10, headers: { 'x-test': 'slow' } }), Fault.abort(503, { percent: 1 })] });
    agent.grantCall(planner);
    return { planner, agent };
  };
  const texts = ['10% of requests with x-test: slow are delayed by 1500 ms', '1% of all other requests get status 503'];

  test('by a finding', () => {
    const { mesh } = meshOf(build);
    expect(mesh.findings().map(({ id, message, actual }) => [id, message, actual])).toEqual([['AM411', 'faults are injected into calls to Service writer', JSON.stringify(texts)]]);
  });

  test('unless they acknowledge it', () => {
    const { chart, mesh } = meshOf((own) => {
      build(own);
      own.acknowledge('AM411', 'the test stage');
    });
    Testing.synth(chart);
    expect(mesh.findings()).toEqual([]);
    expect(mesh.describeAccess()).toContain('ACKNOWLEDGED, "the test stage": app/mesh/writer: faults are injected into calls to Service writer');
  });

  test('by the access report', () => {
    const lines = meshOf(build).mesh.describeAccess().split('\n');
    const start = lines.indexOf('Service writer of agent writer, inside the mesh');
    expect(lines.slice(start + 1, start + 4)).toEqual(['  -> agent writer: all requests', ...texts.map((text) => `  FAULTS: ${text}`)]);
  });

  test('by the decision of a call', () => {
    let call: Call | undefined;
    const { mesh } = meshOf((own) => {
      const { planner, agent } = build(own);
      call = { caller: planner, callee: agent };
    });
    expect(mesh.decide(call!)).toMatchObject({ allowed: true, reason: expect.stringContaining(`; faults are injected: ${texts.join(', ')}`) });
  });
});

describe('faults are refused', () => {
  const agentgateway = (mesh: AgentMesh) => void new McpToolBoundary(mesh, 'crm', { server: tools(), faults: [Fault.abort(503)] });
  const of = (...faults: Fault[]) => writer({ faults });
  const refused: readonly [name: string, build: (mesh: AgentMesh) => void, message: string, props?: Partial<AgentMeshProps>][] = [
    ['on Linkerd', of(Fault.abort(503)), 'fault injection (`faults`) is not supported by MeshProvider.linkerd: Linkerd has no route filter that delays or aborts requests; got ["abort"]; allowed: MeshProvider.istioAmbient or MeshProvider.istioSidecar', { mesh: MeshProvider.linkerd() }],
    ['of a tool server on Linkerd', agentgateway, 'fault injection (`faults`) is not supported by MeshProvider.linkerd', { mesh: MeshProvider.linkerd() }],
    ['behind an MCP proxy', agentgateway, 'no faults can be injected into calls to crm: agentgateway, which callers reach instead of the server, injects no faults', { mcp: McpProvider.agentgateway() }],
    ['of an external server', (mesh) => void new McpToolBoundary(mesh, 'stock', { server: McpServer.external({ tools: ['quote'], host: ExternalHost.https('mcp.stock.example') }), faults: [Fault.abort(503)] }), 'no faults can be injected into calls to stock: others in the cluster may call the same external host'],
    ['of a status that is no error', of(Fault.abort(200)), '`status of the fault` is out of range; got 200; allowed: whole numbers from 400 to 599'],
    ['of no time', of(Fault.delay(0)), '`milliseconds of the fault` is out of range; got 0'],
    ['of no request', of(Fault.delay(5, { percent: 0 })), '`percent of the fault` is out of range; got 0'],
    ['of a header that cannot be matched', of(Fault.delay(5, { headers: { host: 'a' } })), 'a header of the fault has a name that cannot be matched; got "host"'],
    ['of a header in two spellings', of(Fault.delay(5, { headers: { 'X-A': 'a', 'x-a': 'b' } })), 'a fault has a header twice, or too many headers; got ["x-a","x-a"]'],
    ['of too many headers', of(Fault.delay(5, { headers: Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`x-${i}`, 'a'])) })), 'a fault has a header twice, or too many headers; got ["x-0",'],
    ['where one would replace another', of(Fault.delay(5, { headers: { 'x-a': 'a' } }), Fault.delay(6, { headers: { 'X-A': 'a' } })), '`faults` has two faults of the same kind (delay) for the same requests; got {"X-A":"a"}'],
    ['of a port that does not speak HTTP', writer({ versions: { v1: Workload.deploy({ image: IMAGE, ports: [Port.tcp(5432)] }) }, faults: [Fault.delay(5)] }), 'a route cannot send requests to agent writer: port 5432 does not speak HTTP'],
    ['of pods without a Service', writer({ versions: { v1: existing('writer') }, faults: [Fault.delay(5)] }), '`canary`, `mirror`, `retries`, `requestTimeoutSeconds` or `faults` needs a Service for agent writer, and it has none'],
  ];
  test.each(refused.map((one) => [one[0], one] as const))('%s', (_, [, build, message, props]) => {
    expect(problemsOf(build, props)).toEqual(expect.arrayContaining([expect.stringContaining(message)]));
  });
});
