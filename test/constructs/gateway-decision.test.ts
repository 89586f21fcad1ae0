import {
  Agent, AgentMesh, Call, Cluster, GatewayProvider, Identity, InferenceGateway, InferenceGatewayProps, IstioRelease, MeshProvider, Port,
  Workload,
} from '../../src';
import { deploy, existing, IMAGE } from '../story';
import { meshOf } from '../synth';

const ANYONE = 'anyone who can reach it, including pods of the cluster';
const edge = (mesh: AgentMesh, props: Partial<InferenceGatewayProps> = {}) =>
  new InferenceGateway(mesh, 'voice-gw', { hostnames: ['voice.example.com', '*.apps.example.com'], tls: { secretName: 'tls' }, ...props });

function program(props: Partial<InferenceGatewayProps> = {}) {
  const { mesh } = meshOf(() => {});
  const assistant = new Agent(mesh, 'assistant', { versions: { v1: deploy(), v2: deploy() }, stable: 'v1' });
  const writer = new Agent(mesh, 'writer', { versions: { v1: deploy() } });
  const gateway = edge(mesh, props);
  const [stable, canary] = ['v1', 'v2'].map((name) => gateway.addPool(`assistant-${name}`, { workload: assistant.version(name) }));
  gateway.addCanary('chat', { stable, canary, percent: 5 });
  gateway.addRoute('write', { target: writer.version(), pathPrefix: '/write/' });
  const idle = gateway.addPool('idle', { workload: existing('idle', { ports: [Port.http(8000), Port.http(9090)] }), metricsPort: 9090 });
  const asked = (call: Omit<Call, 'callee'> & Partial<Call>) => {
    const { allowed, reason } = mesh.decide({ callee: gateway, ...call });
    return `${allowed ? 'yes' : 'no'}: ${reason}`;
  };
  return { mesh, gateway, assistant, writer, stable, canary, idle, asked };
}

describe('a gateway is asked as clients see it', () => {
  const { asked, assistant } = program();
  const split = `yes: route chat of gateway voice-gw: 95% of requests to pool assistant-v1, 5% of requests to pool assistant-v2, for ${ANYONE}`;
  const forced = `yes: route chat of gateway voice-gw: all requests to pool assistant-v2, for ${ANYONE}`;
  const write = `yes: route write of gateway voice-gw: all requests to agent writer, for ${ANYONE}`;
  test.each<[Partial<Call>, string]>([
    [{}, split],
    [{ caller: assistant }, split],
    [{ caller: Identity.of({ namespace: 'far', serviceAccount: 'away' }), port: 443, method: 'GET', path: '/any?x=/write' }, split],
    [{ host: 'Voice.Example.com' }, split],
    [{ host: 'a.b.apps.example.com' }, split],
    [{ headers: { 'X-Canary': 'true' } }, forced],
    [{ headers: { 'x-canary': 'TRUE' } }, split],
    [{ headers: { 'x-other': 'true' } }, split],
    [{ path: '/write' }, write],
    [{ path: '/write/x?y' }, write],
    [{ path: '/write', headers: { 'x-canary': 'true' } }, write],
    [{ path: '/writer' }, split],
    [{ host: 'apps.example.com' }, 'no: gateway voice-gw does not serve host apps.example.com; it serves voice.example.com, *.apps.example.com'],
    [{ host: 'voice.example.com.evil.example' }, 'no: gateway voice-gw does not serve host voice.example.com.evil.example; it serves voice.example.com, *.apps.example.com'],
    [{ host: '10.0.0.1' }, 'no: gateway voice-gw does not serve host 10.0.0.1; it serves voice.example.com, *.apps.example.com'],
  ])('%j: %s', (call, expected) => {
    expect(asked(call)).toBe(expected);
  });

  test('who may not connect, and who needs a certificate, is said', () => {
    expect(program({ deniedCidrs: ['10.244.0.0/16'] }).asked({})).toContain(', for anyone who can reach it, except from 10.244.0.0/16');
    const { mesh } = meshOf(() => {}, { cluster: Cluster.of({ istioRelease: IstioRelease.V1_31 }) });
    const gateway = edge(mesh, { tls: { secretName: 'tls', clientCaConfigMapName: 'clients' } });
    gateway.addRoute('r', { target: new Agent(mesh, 'a', { versions: { v1: deploy() } }).version() });
    expect(mesh.decide({ callee: gateway }).reason).toBe(`route r of gateway voice-gw: all requests to agent a, for ${ANYONE}, with a client certificate from the CA in ConfigMap clients`);
    expect(mesh.describeAccess()).toContain('with a client certificate from the CA in ConfigMap clients');
  });

  test('a gateway without a route for the path denies', () => {
    const { mesh } = meshOf(() => {});
    const gateway = edge(mesh);
    expect(mesh.decide({ callee: gateway, path: '/x?y=z' })).toMatchObject({ allowed: false, reason: 'no route of gateway voice-gw for path /x of host voice.example.com' });
    gateway.addRoute('r', { target: new Agent(mesh, 'a', { versions: { v1: deploy() } }).version(), pathPrefix: '/v1' });
    expect(['/v1', '/v1/', '/v1x', '/'].map((path) => mesh.decide({ callee: gateway, path }).allowed)).toEqual([true, true, false, false]);
  });
});

describe('a target that asks for more than the gateway is part of the decision', () => {
  const issuer = 'https://login.example.com';
  const { mesh } = meshOf(() => {});
  const guarded = new Agent(mesh, 'guarded', { versions: { v1: Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], jwt: { issuer, jwksUri: `${issuer}/keys` } }) } });
  const gateway = edge(mesh);
  gateway.addRoute('r', { target: guarded.version() });
  const asked = (call: object) => mesh.decide({ callee: gateway, ...call });
  test('without a token it denies', () => {
    expect(asked({})).toMatchObject({ allowed: false, reason: expect.stringMatching(/^route r of gateway voice-gw leads to agent guarded, but .+ only with a token from https:\/\/login\.example\.com; the call carries no token$/) });
    expect(asked({ tokenIssuer: 'https://other.example' }).allowed).toBe(false);
  });
  test('with one it does not', () => {
    expect([asked({ tokenIssuer: issuer }).allowed, asked({ tokenSubject: 'alice' }).allowed]).toEqual([true, true]);
  });
});

test.each<[string, object]>([
  ['of Istio with sidecars', { mesh: MeshProvider.istioSidecar() }],
  ['of agentgateway in ambient', { gateway: GatewayProvider.istioAgentgateway() }],
  ['of agentgateway on Linkerd', { mesh: MeshProvider.linkerd(), gateway: GatewayProvider.istioAgentgateway() }],
])('a gateway %s splits between Services', (_, props) => {
  const { mesh } = meshOf(() => {}, props);
  const agent = new Agent(mesh, 'agent', { versions: { v1: deploy(), v2: deploy() }, stable: 'v1' });
  const gateway = edge(mesh);
  gateway.addCanary('chat', { stable: agent.version('v1'), canary: agent.version('v2'), percent: 20 });
  expect(mesh.decide({ callee: gateway }).reason).toBe(`route chat of gateway voice-gw: 80% of requests to agent agent v1, 20% of requests to agent agent v2, for ${ANYONE}`);
  expect(mesh.decide({ callee: gateway, headers: { 'x-canary': 'true' } }).reason).toBe(`route chat of gateway voice-gw: all requests to agent agent v2, for ${ANYONE}`);
});

describe('the pods of a pool are called by its gateway alone', () => {
  const { mesh, assistant, writer, stable, idle } = program();
  const [edgeProxy, inner] = [['voice-edge', 'voice-gw-istio'], ['voice', 'voice-gw-inner-istio']].map(([namespace, serviceAccount]) => Identity.of({ namespace, serviceAccount }));
  const picker = Identity.of({ namespace: 'voice', serviceAccount: 'assistant-v1-epp' });
  const leads = 'gateway voice-gw routes requests to the pool, for anyone who can reach it, including pods of the cluster';
  test.each<[string, Call, string]>([
    ['its proxies', { callee: stable, caller: inner, port: 8000 }, 'yes: agent assistant v1 serves pool assistant-v1 of gateway voice-gw'],
    ['the edge, past the inner gateway', { callee: stable, caller: edgeProxy, port: 8000 }, `no: no grant allows identity cluster.local/ns/voice-edge/sa/voice-gw-istio to call agent assistant v1; ${leads}`],
    ['its picker, for metrics', { callee: stable, caller: picker, port: 8000 }, 'yes: picker of pool assistant-v1 scrapes the metrics of agent assistant v1'],
    ['an agent', { callee: stable, caller: writer, port: 8000 }, `no: no grant allows agent writer to call agent assistant v1; ${leads}`],
    ['the agent that serves it', { callee: stable, caller: assistant, port: 8000 }, `no: no grant allows agent assistant to call agent assistant v1; ${leads}`],
    ['nobody known', { callee: stable, port: 8000 }, `no: agent assistant v1 cannot be called without an authenticated identity; ${leads}`],
    ['an agent, where no route leads to it', { callee: idle, caller: writer, port: 8000 }, 'no: no grant allows agent writer to call servers of pool idle; no route of gateway voice-gw targets the pool'],
    ['its proxies, at the port of metrics', { callee: idle, caller: inner, port: 9090 }, 'no: gateway voice-gw may call servers of pool idle on port 8000, not on port 9090; no route of gateway voice-gw targets the pool'],
  ])('%s', (_, call, expected) => {
    const { allowed, reason } = mesh.decide(call);
    expect(`${allowed ? 'yes' : 'no'}: ${reason}`).toBe(expected);
  });
});

describe('a pool is called inside the mesh by callers with a grant', () => {
  const { mesh, assistant, writer, stable, idle } = program();
  idle.grantInfer(writer, Identity.allOf('ops'));
  const leads = 'gateway voice-gw routes requests to the pool, for anyone who can reach it, including pods of the cluster';
  test.each<[string, Call, string]>([
    ['a caller with a grant', { callee: idle, caller: writer }, 'yes: agent writer was granted inference at pool idle'],
    ['a caller with a grant, by the host of the pool', { callee: idle, caller: writer, host: 'idle-inference.voice' }, 'yes: agent writer was granted inference at pool idle'],
    ['a member of a group', { callee: idle, caller: Identity.of({ namespace: 'ops', serviceAccount: 'any' }), port: 80 }, 'yes: every ServiceAccount of namespace ops was granted inference at pool idle'],
    ['an agent without a grant', { callee: idle, caller: assistant }, 'no: no grant allows agent assistant to call pool idle; no route of gateway voice-gw targets the pool'],
    ['a caller with a grant for another pool', { callee: stable, caller: writer }, `no: no grant allows agent writer to call pool assistant-v1; ${leads}`],
    ['nobody known', { callee: stable }, `no: pool assistant-v1 cannot be called without an authenticated identity; ${leads}`],
    ['a caller with a grant, at the pods', { callee: idle, caller: writer, port: 8000 }, 'no: no grant allows agent writer to call servers of pool idle; no route of gateway voice-gw targets the pool'],
  ])('%s', (_, call, expected) => {
    const { allowed, reason } = mesh.decide(call);
    expect(`${allowed ? 'yes' : 'no'}: ${reason}`).toBe(expected);
  });
});
