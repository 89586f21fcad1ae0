import { namedHosts, proxiedHost, toNamedHost } from './host-calls';
import { HOST_ROWS, HostRow, hostsProgram, titleOf } from './hosts-table';
import { toExternalHost } from './istio';
import { completed, EDGES, pod, programOf, ProviderName, PROVIDERS, World } from './program';
import {
  Agent, AgentMesh, AgentMeshProps, Call, Cluster, ExternalHost, GatewayApiChannel, Identity, McpProvider, McpServer, McpToolBoundary,
  MeshProvider, TokenCaller, Workload,
} from '../../src';
import { deploy, IMAGE } from '../story';
import { Build, meshOf } from '../synth';

const callerOf = (text: string) => {
  const [namespace, serviceAccount] = text.split('/');
  return Identity.of({ namespace, serviceAccount });
};

const twice = (text: string) => [text, text];

describe('in ambient', () => {
  const { mesh } = meshOf(hostsProgram);
  const decided = ({ caller, host, port }: HostRow) => mesh.decide({ caller: callerOf(caller), host, port });

  test.each(HOST_ROWS.map((row) => [titleOf(row), row] as const))('%s, by `decide`', (_, row) => {
    expect(decided(row).allowed).toBe(row.allowed);
  });

  test('a call is unrestricted where nothing names the host for the caller', () => {
    const free = HOST_ROWS.filter((row) => decided(row).unrestricted).map(titleOf);
    expect(free).toEqual(HOST_ROWS.filter(({ allowed, why }) => allowed && /nothing limits|no namespace of the mesh/.test(why)).map(titleOf));
  });

  test('hosts that nothing names are unrestricted, but for workloads with `egress`', () => {
    const callers = ['voice/writer', 'voice/closed', 'voice/crawler', 'voice/intruder', 'elsewhere/intruder'];
    const all = callers.map((caller) => mesh.decide({ caller: callerOf(caller), host: 'other.example.com' }));
    expect(all.map(({ allowed, unrestricted = false }) => `${allowed} ${unrestricted}`)).toEqual([...twice('false false'), ...twice('true true'), 'true true']);
    expect(all[0].reason).toBe('`egress` of agent writer does not name external host other.example.com:443');
    expect(all[2].reason).toBe('agent crawler has no `egress`, and the mesh does not restrict external hosts that the program does not name');
  });

  test('a mesh that closes its hosts closes them to other namespaces', () => {
    const { mesh: closed } = meshOf(hostsProgram, { closesExternalHosts: true });
    const { world } = completed(programOf('Istio ambient', hostsProgram, { closesExternalHosts: true }), { objects: [], pods: [] });
    const said = HOST_ROWS.map((row) => [titleOf(row), closed.decide({ caller: callerOf(row.caller), host: row.host, port: row.port }).allowed]);
    expect(said).toEqual(HOST_ROWS.map((row) => [titleOf(row), comes(row, world)]));
  });

  test('a host that another mesh of the cluster names is closed to workloads with `egress`, and at other ports to all', () => {
    const { chart, mesh: first } = meshOf((one) => { new Agent(one, 'free', { versions: { v1: deploy() } }); });
    const second = new AgentMesh(chart, 'second', { namespace: 'second', mesh: MeshProvider.istioAmbient() });
    const names = new Agent(second, 'names', { versions: { v1: Workload.deploy({ image: IMAGE, ports: [], egress: { hosts: [ExternalHost.tls('vault.example.com', 8200)] } }) } });
    const ask = (caller: Call['caller'], port: number) => first.decide({ caller, host: 'vault.example.com', port }).allowed;
    expect([ask(names, 8200), ask(names, 443), ask(callerOf('voice/free'), 8200), ask(callerOf('voice/free'), 9999), ask(callerOf('voice/other'), 8200)]).toEqual([true, false, true, false, false]);
  });

  function comes({ caller, host, port }: HostRow, world: World): boolean {
    const from = world.pods.find((one) => `${one.namespace}/${one.name}` === caller)!;
    return toExternalHost(world, host, { from, to: from, port, path: port === 80 && host.startsWith('mcp') ? '/mcp' : '/', method: 'POST', headers: { host } }).allowed;
  }
});

describe.each<[ProviderName, Partial<AgentMeshProps>, (mesh: AgentMesh) => void]>([
  ['Istio sidecars', {}, namedHosts],
  ['Linkerd', { cluster: Cluster.of({ gatewayApiChannel: GatewayApiChannel.EXPERIMENTAL }), mcp: McpProvider.agentgateway() }, (mesh) => { namedHosts(mesh); proxiedHost(mesh); }],
])('%s', (provider, props, build) => {
  const strangers = ['team-a', 'team-b', 'team-c'].map((namespace) => pod(namespace, 'stranger'));
  const { world } = completed(programOf(provider, build, props), { objects: [], pods: strangers });
  const { mesh } = meshOf(build, { mesh: PROVIDERS[provider](), gateway: EDGES[provider](), ...props });
  const callers = ['voice/writer', 'voice/closed', 'voice/intruder', 'team-a/far', 'team-a/shut', 'team-a/stranger', 'team-b/sharer', 'team-b/stranger', 'elsewhere/intruder'];
  const hosts = ['api.models.example', 'a.files.example', 'files.example', 'billing.example.com', 'shared.example.com', 'mcp.weather.example', 'other.example.com'];
  const podOf = (name: string) => world.pods.find((one) => `${one.namespace}/${one.name}` === name)!;
  const all = provider === 'Linkerd' ? [...callers, 'team-c/stranger'] : callers;
  const calls = all.flatMap((caller) => hosts.flatMap((host) => [443, 8443].map((port) => ({ caller, from: podOf(caller), host, port }))));

  test('`decide` says of every call what proxies and NetworkPolicies do', () => {
    const said = calls.map(({ caller, host, port }) => `${caller} ${host}:${port} ${mesh.decide({ caller: callerOf(caller), host, port }).allowed}`);
    expect(said).toEqual(calls.map(({ caller, ...attempt }) => `${caller} ${attempt.host}:${attempt.port} ${toNamedHost(provider, world, attempt).allowed}`));
  });

  test('only pods of other namespaces are unrestricted', () => {
    const isFree = ({ caller, host, port }: typeof calls[number]) => mesh.decide({ caller: callerOf(caller), host, port }).unrestricted;
    const free = calls.filter(isFree).map(({ caller }) => caller);
    expect([...new Set(free)]).toEqual(['elsewhere/intruder']);
  });

  const ask = (caller: string, host: string, port?: number) => mesh.decide({ caller: callerOf(caller), host, port }).reason;

  test('a decision names what allows the host, or that nothing does', () => {
    expect(ask('voice/writer', 'api.models.example')).toBe('`egress` of agent writer names api.models.example:443');
    expect(ask('team-a/far', 'billing.example.com')).toBe('MeshEgress billing allows billing.example.com:443 for every workload of namespace team-a');
    expect(ask('team-a/shut', 'billing.example.com')).toBe('`egress` of agent shut does not name external host billing.example.com:443');
    expect(ask('team-a/far', 'other.example.com')).toBe('nothing allows agent far to call external host other.example.com:443');
    expect(ask('team-b/sharer', 'other.example.com')).toBe('`egress` of agent sharer does not name external host other.example.com:443; by address it may call 203.0.113.0/24');
  });

  if (provider !== 'Linkerd') return;
  test('hosts that others open for the whole namespace are named with who opens them', () => {
    expect(ask('team-b/stranger', 'shared.example.com')).toBe('`egress` of agent sharer names shared.example.com:443, which opens it to the pods of identity team-b/stranger, because the mesh allows hosts by namespace');
    expect(ask('team-c/stranger', 'mcp.weather.example')).toBe('the proxy of tool server weather calls mcp.weather.example:443, which opens it to the pods of identity team-c/stranger, because the mesh allows hosts by namespace');
  });
});

describe('a question about no host is an error', () => {
  const build: Build = (mesh) => { hostsProgram(mesh); };
  const { mesh, chart } = meshOf(build);
  const caller = callerOf('voice/writer');
  test.each<[string, Call, string]>([
    ['neither a callee nor a host', { caller }, 'the call names neither a callee nor an external host'],
    ['no caller', { host: 'api.models.example' }, 'a call of an external host has no caller'],
    ['a name with "*."', { caller, host: '*.models.example' }, 'is not the exact DNS name of an external host; got "*.models.example"'],
    ['a Service', { caller, host: 'writer.voice.svc' }, 'is not the exact DNS name of an external host'],
    ['an address', { caller, host: '192.0.2.7' }, 'is not the exact DNS name of an external host'],
    ['a port that none is', { caller, host: 'api.models.example', port: 70_000 }, 'port'],
    ['a path', { caller, host: 'api.models.example', path: '/v1', method: 'GET' }, 'proxies do not read requests to external hosts; got ["path","method"]'],
    ...Object.entries({ headers: { a: 'b' }, origin: 'https://a.example.com', tool: 'find', tokenIssuer: 'https://id', tokenSubject: 'alice', tokenClaims: { a: 'b' }, sourceAddress: '10.0.0.1' })
      .map(([name, value]): [string, Call, string] => [`the prop ${name}`, { caller, host: 'api.models.example', [name]: value }, `proxies do not read requests to external hosts; got ["${name}"]`]),
    ['a group', { caller: Identity.allOf('voice'), host: 'api.models.example' }, 'is not one identity of pods'],
    ['a token', { caller: TokenCaller.of({ subject: 'alice' }), host: 'api.models.example' }, 'is not one identity of pods'],
    ['a workload of no construct', { caller: deploy(), host: 'api.models.example' }, 'no construct uses this workload'],
  ])('%s', (_, call, message) => {
    expect(() => mesh.decide(call)).toThrow(message);
  });
  test('an identity in a namespace of another mesh', () => {
    new AgentMesh(chart, 'second', { namespace: 'second', mesh: MeshProvider.istioAmbient() });
    expect(() => mesh.decide({ caller: callerOf('second/any'), host: 'api.models.example' })).toThrow('the caller is in a namespace of another mesh');
  });
});

test('a boundary of a server outside decides about its port', () => {
  const { mesh } = meshOf(hostsProgram);
  const ask = (caller: string) => mesh.decide({ caller: callerOf(caller), host: 'mcp.weather.example', port: 80 });
  expect(ask('voice/closed').reason).toContain('agent closed was granted');
  expect(ask('voice/crawler').reason).toContain('no grant allows agent crawler to call tool server weather');
  const { mesh: other } = meshOf((it) => {
    new McpToolBoundary(it, 'weather', { servers: { forecasts: McpServer.external({ host: ExternalHost.https('mcp.weather.example'), tools: ['forecast'] }) } }).grantAllTools(new Agent(it, 'a', { versions: { v1: deploy() } }));
  });
  expect(other.decide({ caller: callerOf('voice/a'), host: 'MCP.weather.example', port: 443 })).toMatchObject({ allowed: true, unrestricted: true, reason: 'agent a has no `egress`, so waypoint voice/voice-waypoint allows it to call external host mcp.weather.example' });
});
