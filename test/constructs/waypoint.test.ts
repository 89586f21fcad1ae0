import { Agent, AgentMesh, Identity, InferenceGateway, McpServer, McpToolBoundary, Port, Waypoint } from '../../src';
import { deploy, existing } from '../story';
import { meshOf, problemsOf, synth } from '../synth';

const caller = Identity.of({ namespace: 'far', serviceAccount: 'caller' });

test('two tool servers of a namespace share its waypoint', () => {
  const objects = synth((mesh) => { for (const name of ['a', 'b']) new McpToolBoundary(mesh, name, { server: McpServer.of(deploy(), { tools: ['t'] }) }); });
  expect(objects.names('Gateway')).toEqual(['Gateway/voice/voice-waypoint']);
});

test('a waypoint accepts other namespaces only if one of their Services uses it', () => {
  const objects = synth((mesh) => {
    const waypoint = new Waypoint(mesh, 'shared', { namespace: 'platform' });
    new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy([8080]), { tools: ['t'] }), waypoint }).grantAllTools(caller);
    new McpToolBoundary(mesh, 'local', { server: McpServer.of(deploy([8080]), { tools: ['t'] }) });
  });
  expect(objects.get('Gateway', 'shared', 'platform').spec.listeners[0].allowedRoutes).toEqual({
    namespaces: { from: 'Selector', selector: { matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: ['platform', 'voice'] }] } },
  });
  expect(objects.get('Gateway', 'voice-waypoint').spec.listeners[0]).not.toHaveProperty('allowedRoutes');
  expect(objects.get('Service', 'crm').metadata.labels).toEqual({ 'istio.io/use-waypoint': 'shared', 'istio.io/use-waypoint-namespace': 'platform' });
  expect(objects.get('AuthorizationPolicy', 'crm-workload').spec.rules[0].from).toEqual([{ source: { serviceAccounts: ['platform/shared'] } }]);
  expect(objects.get('AuthorizationPolicy', 'crm').spec.targetRefs[0]).toEqual({ group: '', kind: 'Service', name: 'crm' });
});

describe('a bound namespace', () => {
  test('sends its Services through the waypoint, except Services of the library without need', () => {
    const objects = synth((mesh) => {
      const agent = new Agent(mesh, 'agent', { versions: { v1: deploy() } });
      const gateway = new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' } });
      gateway.addPool('llm', { workload: deploy() }).grantInfer(caller);
      agent.grantCall(caller);
      const waypoint = new Waypoint(mesh, 'wp', { namespace: 'platform' });
      waypoint.bindNamespace('voice');
      new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy([8080]), { tools: ['t'] }) });
    });
    expect(objects.get('Namespace', 'voice').metadata.labels).toEqual({
      'istio.io/dataplane-mode': 'ambient', 'istio.io/use-waypoint': 'wp', 'istio.io/use-waypoint-namespace': 'platform',
    });
    expect(objects.get('Service', 'agent').metadata.labels).toEqual({ 'istio.io/use-waypoint': 'none' });
    for (const name of ['llm-epp', 'llm-inference']) expect(objects.get('Service', name).metadata.labels).toEqual({ 'istio.io/use-waypoint': 'none' });
    expect(objects.get('Gateway', 'gw-inner').spec.infrastructure.labels).toEqual({ 'istio.io/dataplane-mode': 'ambient', 'istio.io/use-waypoint': 'none' });
    expect(objects.get('Service', 'crm').metadata.labels).toMatchObject({ 'istio.io/use-waypoint': 'wp' });
    expect(objects.get('Gateway', 'wp', 'platform').spec.listeners[0].allowedRoutes.namespaces.selector.matchExpressions[0].values).toEqual(['platform', 'voice']);
    expect(objects.get('AuthorizationPolicy', 'agent-v1-workload').spec.rules[0].from).toEqual([{ source: { serviceAccounts: ['far/caller'] } }]);
  });
  test('bound to a waypoint of its own has no label for another namespace', () => {
    const objects = synth((mesh) => new Waypoint(mesh, 'wp').bindNamespace('voice'));
    expect(objects.get('Namespace', 'voice').metadata.labels).toEqual({ 'istio.io/dataplane-mode': 'ambient', 'istio.io/use-waypoint': 'wp' });
  });
  test('needs no label on an existing Service', () => {
    const boundary = (bind: boolean) => problemsOf((mesh) => {
      const waypoint = new Waypoint(mesh, 'wp');
      if (bind) waypoint.bindNamespace('voice');
      new McpToolBoundary(mesh, 'crm', { server: McpServer.of(existing('crm', { service: { name: 'theirs', port: 80 } }), { tools: ['t'] }), waypoint });
    });
    expect(boundary(false)).toHaveLength(1);
    expect(boundary(true)).toEqual([]);
  });
  test('does not apply to an existing agent whose Service opts out', () => {
    expect(problemsOf((mesh) => {
      new Waypoint(mesh, 'wp').bindNamespace('voice');
      new Agent(mesh, 'agent', { versions: { v1: existing('a', { service: { name: 'a', port: 80, labels: { 'istio.io/use-waypoint': 'none' } } }) } }).grantCall(caller);
    })).toEqual([]);
  });
});

describe('a tool server that already runs', () => {
  test('gets a Service of the library if none is stated', () => {
    const objects = synth((mesh) => { new McpToolBoundary(mesh, 'crm', { server: McpServer.of(existing('crm', { ports: [Port.http(9000)] }), { tools: ['t'] }), servicePort: 8080 }); });
    expect(objects.get('Service', 'crm').spec).toEqual({ selector: { app: 'crm' }, ports: [{ name: 'http', port: 8080, targetPort: 9000, protocol: 'TCP', appProtocol: 'http' }] });
    expect(objects.names('Deployment')).toEqual([]);
  });
  test('keeps a Service that is stated as labelled', () => {
    const objects = synth((mesh) => {
      new McpToolBoundary(mesh, 'crm', { server: McpServer.of(existing('crm', { service: { name: 'theirs', port: 80, labels: { 'istio.io/use-waypoint': 'voice-waypoint' } } }), { tools: ['t'], path: '/tools/mcp' }) }).grantAllTools(caller);
    });
    expect(objects.names('Service')).toEqual([]);
    expect(objects.get('AuthorizationPolicy', 'theirs').spec).toMatchObject({ targetRefs: [{ name: 'theirs' }], rules: [{ to: [{ operation: { paths: ['/tools/mcp'] } }] }] });
  });
  test('in another namespace has its waypoint there', () => {
    const objects = synth((mesh) => { new McpToolBoundary(mesh, 'crm', { server: McpServer.of(existing('crm', { namespace: 'tools' }), { tools: ['t'] }) }); }, { existingNamespaces: ['tools'] });
    expect(objects.get('Gateway', 'tools-waypoint', 'tools').metadata.labels).toEqual({ 'istio.io/waypoint-for': 'service' });
  });
});

test('McpToolBoundary.tools returns the tools', () => {
  meshOf((mesh) => {
    expect(new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy(), { tools: ['a', 'b'] }) }).tools).toEqual(['a', 'b']);
  });
});

test('Services without a waypoint opt out in an existing namespace', () => {
  const objects = synth((mesh) => {
    const agent = new Agent(mesh, 'agent', { versions: { v1: deploy() } });
    agent.grantCall(caller);
    new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' } }).addPool('llm', { workload: deploy() });
  }, { existingNamespaces: ['voice'] });
  for (const name of ['agent', 'llm-epp']) expect(objects.get('Service', name).metadata.labels).toEqual({ 'istio.io/use-waypoint': 'none' });
  expect(objects.get('Gateway', 'gw-inner').spec.infrastructure.labels).toMatchObject({ 'istio.io/use-waypoint': 'none' });
});

test('a second waypoint changes no Service that names none', () => {
  const used = (build: (mesh: AgentMesh) => void) => synth((mesh) => {
    build(mesh);
    new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy([8080]), { tools: ['t'] }) });
  }).get('Service', 'crm').metadata.labels!['istio.io/use-waypoint'];
  const [first, second] = ['first', 'second'].map((id) => (mesh: AgentMesh) => void new Waypoint(mesh, id));
  expect(used(first)).toBe('first');
  expect(used((mesh) => { first(mesh); second(mesh); })).toBe('first');
  expect(synth((mesh) => {
    for (const [id, waypoint] of [['a', undefined], ['b', second]] as const) {
      waypoint?.(mesh);
      new McpToolBoundary(mesh, id, { server: McpServer.of(deploy([8080]), { tools: ['t'] }) });
    }
  }).all.filter(({ kind }) => kind === 'Service').map(({ metadata }) => metadata.labels!['istio.io/use-waypoint'])).toEqual(['voice-waypoint', 'voice-waypoint']);
});

test('a gateway with a route to one version is allowed at the Service of that version, and not at that of another', () => {
  const objects = synth((mesh) => {
    const agent = new Agent(mesh, 'agent', { versions: { v1: deploy(), v2: deploy() }, waypoint: new Waypoint(mesh, 'wp'), stable: 'v2' });
    agent.grantCall(caller);
    new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' } }).addRoute('v1', { target: agent.version('v1') });
  });
  const callersAt = (service: string) => objects.all
    .filter(({ kind, spec }) => kind === 'AuthorizationPolicy' && spec.targetRefs?.some((ref: { kind: string; name: string }) => ref.kind === 'Service' && ref.name === service))
    .flatMap(({ spec }) => spec.rules.flatMap((rule: any) => rule.from.flatMap(({ source }: any) => source.serviceAccounts)));
  expect(callersAt('agent')).toEqual(['far/caller']);
  expect(callersAt('agent-v1')).toEqual(expect.arrayContaining(['voice-edge/gw-istio']));
});
