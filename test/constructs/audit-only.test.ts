import { ApiObject } from 'cdk8s';
import {
  Agent, AgentMesh, AgentMeshProps, Cluster, EndpointPicker, EndpointPickerConfig, ExternalHost, GatewayApiChannel, GatewayExposure, Identity,
  InferenceGateway, InferenceTenant, McpAccessPolicy, McpProvider, McpServer, McpToolBoundary, MeshEgress, MeshProvider, MigrationStage, Port,
  UnauthenticatedPort, Waypoint, Workload,
} from '../../src';
import { deploy, existing, IMAGE, JWKS } from '../story';
import { Build, Manifests, meshOf, outcomeOf, problemsOf, synth } from '../synth';

const ambient = { mesh: MeshProvider.istioAmbient() };
const sidecars = { mesh: MeshProvider.istioSidecar() };
const linkerd = { mesh: MeshProvider.linkerd(), cluster: Cluster.of({ gatewayApiChannel: GatewayApiChannel.EXPERIMENTAL }) };
const auditOnlyNamespaces = ['voice'];
const running = (options: object) => Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], ...options });
const gatewayOf = (mesh: AgentMesh, options: object = {}) => new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' }, ...options });
const tools = (mesh: AgentMesh, options: object = {}) => new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy([8080]), { tools: ['find'] }), ...options });
const kinds = ({ all }: Manifests, namespace: string) =>
  [...new Set(all.filter(({ metadata }) => metadata.namespace === namespace).map(({ kind }) => kind))].sort();

describe('a decision about a call of an audit-only namespace', () => {
  function asked(props: Partial<AgentMeshProps>) {
    const { mesh } = meshOf(() => {}, { auditOnlyNamespaces, ...props });
    const planner = new Agent(mesh, 'planner', { versions: { v1: deploy(), v2: deploy() }, stable: 'v1' });
    const vault = new Agent(mesh, 'vault', { namespace: 'vault', versions: { v1: deploy() } });
    const crm = tools(mesh);
    crm.grantAllTools(planner);
    vault.grantCall(planner);
    const decide = (call: Parameters<AgentMesh['decide']>[0]) => {
      const { allowed, allowedWhenEnforced, reason } = mesh.decide(call);
      return [allowed, allowedWhenEnforced, reason];
    };
    return { mesh, planner, vault, crm, decide };
  }

  test('says what holds now, and what holds once the namespace enforces', () => {
    const { planner, vault, crm, decide } = asked(ambient);
    const denied = 'namespace voice is audit-only and denies nothing; DENIED once it enforces:';
    expect(decide({ caller: planner, callee: crm })).toEqual([true, true, 'agent planner was granted every tool of crm, at /mcp']);
    expect(decide({ caller: planner, callee: crm, path: '/admin' })).toEqual([true, false, `${denied} agent planner may not send POST /admin to tool server crm; allowed: DELETE, GET, POST on exactly /mcp`]);
    expect(decide({ callee: crm })).toEqual([true, false, `${denied} tool server crm cannot be called without an authenticated identity`]);
    expect(decide({ caller: vault, callee: planner })).toEqual([true, false, `${denied} no grant allows agent vault to call agent planner v1`]);
    expect(decide({ caller: planner, callee: vault })).toEqual([true, true, 'agent planner was granted calls to agent vault']);
    expect(decide({ callee: vault })).toEqual([false, false, 'agent vault cannot be called without an authenticated identity']);
  });

  test('says the same of both stages where the namespace enforces', () => {
    const { planner, crm, decide } = asked({ ...ambient, auditOnlyNamespaces: [] });
    const decisions = [decide({ caller: planner, callee: crm }), decide({ callee: crm })];
    expect(decisions).toEqual([[true, true, expect.any(String)], [false, false, expect.any(String)]]);
  });

  test('includes the sidecars of callers whose own namespace enforces', () => {
    const { planner, vault, crm, decide } = asked(sidecars);
    expect(decide({ caller: vault, callee: planner })).toEqual([false, false, 'no grant allows agent vault to call agent planner v1']);
    expect(decide({ caller: Identity.of({ namespace: 'elsewhere', serviceAccount: 'x' }), callee: crm }).slice(0, 2)).toEqual([true, false]);
    expect(decide({ caller: planner, callee: planner }).slice(0, 2)).toEqual([true, false]);
    crm.grantAllTools(vault); // its sidecar knows the Service now
    expect(decide({ caller: vault, callee: crm, path: '/admin' }).slice(0, 2)).toEqual([true, false]);
  });

  test('is that of the targets behind a gateway, and of the pods of a pool', () => {
    const { mesh, planner, decide } = asked(ambient);
    const gateway = gatewayOf(mesh);
    const strict = new Agent(mesh, 'strict', { versions: { v1: running({ jwt: { issuer: 'i', jwks: JWKS } }) } });
    gateway.addRoute('strict', { target: strict, pathPrefix: '/strict' });
    const pool = gateway.addPool('llm', { workload: new Agent(mesh, 'writer', { versions: { v1: deploy() } }).version() });
    gateway.addRoute('llm', { target: pool });
    expect(decide({ callee: gateway, path: '/strict' })).toEqual([true, false, expect.stringMatching(/^route strict of gateway gw: all requests to agent strict, for .*; DENIED once it enforces: route strict of gateway gw leads to agent strict, but /)]);
    expect(decide({ callee: gateway, host: 'other.example.com' }).slice(0, 2)).toEqual([false, false]);
    expect(decide({ callee: pool, caller: planner }).slice(0, 2)).toEqual([false, false]); // nobody has a grant, so there is no address
    pool.grantInfer(Identity.of({ namespace: 'ops', serviceAccount: 'console' }));
    expect(decide({ callee: pool, caller: planner })).toEqual([true, false, expect.stringMatching(/^namespace voice is audit-only and denies nothing; DENIED once it enforces: no grant allows agent planner to call pool llm/)]);
    expect(decide({ callee: pool, caller: planner, port: 8000 })).toEqual([true, false, expect.stringMatching(/^namespace voice is audit-only and denies nothing; DENIED once it enforces: no grant allows agent planner to call agent writer/)]);
  });
});

test.each([['ambient', ambient], ['sidecars', sidecars], ['linkerd', linkerd]])('decisions about external hosts have both stages, on %s', (_, on) => {
  const { mesh } = meshOf(() => {}, { auditOnlyNamespaces, ...on });
  const caller = new Agent(mesh, 'planner', { versions: { v1: running({ egress: { hosts: [ExternalHost.https('api.example.com')] } }) } });
  const decide = (host: string) => mesh.decide({ caller, host });
  expect(decide('api.example.com')).toMatchObject({ allowed: true, allowedWhenEnforced: true });
  expect(decide('other.example.com')).toMatchObject({
    allowed: true, allowedWhenEnforced: false, unrestricted: true, reason: expect.stringMatching(/^namespace voice is audit-only and limits no egress; DENIED once it enforces: /),
  });
});

test('the access report and the findings name audit-only namespaces', () => {
  const { mesh } = meshOf((one) => {
    tools(one);
    new Agent(one, 'planner', { versions: { v1: running({ egress: { hosts: [ExternalHost.https('api.example.com')] } }) } });
    new Agent(one, 'vault', { namespace: 'vault', versions: { v1: deploy() } });
  }, { auditOnlyNamespaces });
  const lines = mesh.describeAccess().split('\n');
  expect(lines.slice(0, 3)).toEqual([
    'namespace voice: AUDIT ONLY, nothing is enforced', '  <- everyone who can reach its pods, also without mutual TLS: every port and every request',
    '  -> every external destination: the namespace limits no egress',
  ]);
  expect(lines).toEqual(expect.arrayContaining([
    'tool server crm (find), NOT ENFORCED: namespace voice is audit-only', 'agent planner, NOT ENFORCED: namespace voice is audit-only', 'agent vault',
    'egress of agent planner, NOT ENFORCED: namespace voice is audit-only', 'egress of all other workloads, except in voice',
    'All other TCP calls inside the mesh are denied, except in voice.',
  ]));
  expect(lines.filter((line) => line.includes('external host api.example.com'))).toEqual([]);
  const told = () => mesh.findings().map(({ id, message }) => `${id} ${message}`);
  expect(told()).toEqual(['AM404 namespace voice is audit-only: every caller is allowed, also without mutual TLS']);
  mesh.acknowledge('AM404', 'first stage until March');
  expect(told()).toEqual([]);
});

describe('the access report marks each row that is not enforced', () => {
  const metered = { healthPath: '/up', metricsPort: 9090 };
  function titlesOf(props: Partial<AgentMeshProps>, build: Build) {
    const { mesh } = meshOf((one, chart) => {
      new Agent(one, 'planner', { versions: { v1: running(metered) } });
      new Agent(one, 'vault', { namespace: 'vault', versions: { v1: running(metered) } });
      build(one, chart);
    }, { auditOnlyNamespaces, ...props });
    return mesh.describeAccess().split('\n').filter((line) => !/^ {2}(<-|->)|^FINDING/.test(line));
  }
  const marked = (title: string) => `${title}, NOT ENFORCED: namespace voice is audit-only`;

  test.each([['ambient', ambient], ['sidecars', sidecars]])('gateways, pools, pickers and boundaries on %s', (_, on) => {
    const titles = titlesOf(on, (mesh) => {
      tools(mesh);
      InferenceGateway.fromGatewayName(mesh, 'corp', { gatewayName: 'corp', namespace: 'voice', hostnames: ['desk.example.com'], listenerPort: 80 });
      const gateway = gatewayOf(mesh);
      gateway.addRoute('llm', { target: gateway.addPool('llm', { workload: new Agent(mesh, 'writer', { versions: { v1: deploy() } }).version() }) });
    });
    expect(titles).toEqual(expect.arrayContaining([
      'gateway gw', 'agent vault', 'metrics of agent vault, port 9090',
      ...['gateway corp', 'pool llm, served by agent writer', 'picker of pool llm', 'agent planner', 'tool server crm (find)', 'pods of namespace voice that no construct describes', 'metrics of agent planner, port 9090', 'metrics of picker of pool llm, port 9090'].map(marked),
    ]));
    expect(titles).not.toEqual(expect.arrayContaining(['gateway corp']));
  });

  test('probes, proxies and linked clusters on Linkerd', () => {
    const titles = titlesOf(linkerd, (mesh) => { new Agent(mesh, 'shared', { federated: true, versions: { v1: deploy() } }); });
    expect(titles).toEqual(expect.arrayContaining([
      'agent vault, GET /up', 'metrics of the proxy in every pod, except in voice, GET /metrics on port 4191', 'health of the proxy in every pod, except in voice, GET /live and /ready on port 4191',
      ...['agent planner, GET /up', 'metrics of agent planner, port 9090', 'agent shared, from linked clusters'].map(marked),
    ]));
  });

  test('nothing once the namespace enforces', () => {
    expect(titlesOf({ ...linkerd, auditOnlyNamespaces: [] }, () => {}).filter((title) => /NOT ENFORCED|except in|AUDIT/.test(title))).toEqual([]);
  });
});

/** A pool and a tenant of another one, in the namespace of the mesh. */
function models(mesh: AgentMesh, callers: readonly Identity[]): void {
  const reviewer = Identity.of({ namespace: 'ops', serviceAccount: 'reviewer' });
  const inside = (name: string) => new InferenceGateway(mesh, name, { exposure: GatewayExposure.IN_MESH });
  inside('models').addPool('one', { workload: deploy() }).grantInfer(reviewer, ...callers);
  const pool = inside('shared').addPool('two', { workload: deploy(), picker: EndpointPicker.deploy({ config: EndpointPickerConfig.agents() }) });
  new InferenceTenant(mesh, 'desk', { pool }).grantInfer(reviewer, ...callers);
}

test('a pool that limits models denies others to everybody, also where nothing is enforced', () => {
  const { mesh } = meshOf(() => {}, { auditOnlyNamespaces });
  const granted = Identity.of({ namespace: 'ops', serviceAccount: 'reviewer' });
  const pool = new InferenceGateway(mesh, 'models', { exposure: GatewayExposure.IN_MESH }).addPool('one', { workload: deploy(), allowedModels: ['a'] });
  pool.grantInfer(granted);
  for (const caller of [undefined, granted]) {
    expect([caller, mesh.decide({ callee: pool, caller, model: 'a' }).allowed, mesh.decide({ callee: pool, caller, model: 'b' }).allowed, mesh.decide({ callee: pool, caller, path: '/tokenize' }).allowed])
      .toEqual([caller, true, false, false]);
  }
});

test('metrics of inner gateways are read by anyone where nothing is enforced', () => {
  const { mesh } = meshOf((one) => { models(one, []); }, { auditOnlyNamespaces });
  for (const name of ['models', 'shared', 'shared-tenants']) {
    expect(mesh.describeAccess()).toContain(`metrics of the inner gateway voice/${name}, ports 15020 and 15090\n  <- anyone who can reach the pods: NOT AUTHENTICATED`);
  }
});

describe('pods of the app that would be denied are findings (AM405)', () => {
  function told(pod: object, { props = {}, grants = [] as Identity[], ports = undefined as Identity[] | undefined, namespace = 'desk' } = {}) {
    const { mesh } = meshOf((one, chart) => {
      const planner = new Agent(one, 'planner', { versions: { v1: deploy() } });
      planner.grantCall(...grants);
      if (ports) planner.grantPorts([8000], ...ports);
      models(one, grants);
      tools(one);
      new Agent(one, 'vault', { namespace: 'vault', versions: { v1: deploy() } });
      const template = { metadata: { labels: { app: 'old' } }, spec: { serviceAccountName: 'old', ...pod } };
      new ApiObject(chart, 'old', { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'old', namespace }, spec: { selector: { matchLabels: { app: 'old' } }, template } });
    }, { auditOnlyNamespaces, ...props });
    return mesh.findings().filter(({ id }) => id === 'AM405').map(({ message, actual }) => [message, JSON.parse(actual!)]);
  }
  const env = (value: unknown) => ({ containers: [{ name: 'main', image: IMAGE, env: [{ name: 'URL', value }] }] });
  const message = (callee: string) => `the pods of Deployment desk/old have the address of ${callee} but no grant, so their calls are denied once namespace voice enforces`;

  test.each([
    ['http://planner.voice', 'planner.voice'], ['http://user:secret@planner.voice.svc:8000/v1', 'planner.voice'], ['planner.voice.svc.cluster.local:80', 'planner.voice'],
    ['a=1,b=http://planner.voice/x', 'planner.voice'],
  ])('the address %s', (value, address) => {
    expect(told(env(value))).toEqual([[message('agent planner'), [`${address} in environment variable URL`]]]);
  });
  test.each([['http://one-inference.voice/v1', 'pool one', 'one-inference.voice'], ['http://two-desk-tenant.voice', 'tenant desk of pool two', 'two-desk-tenant.voice']])('the address %s of models', (value, title, address) => {
    expect(told(env(value))).toEqual([[message(title), [`${address} in environment variable URL`]]]);
    expect(told(env(value), { grants: [Identity.of({ namespace: 'desk', serviceAccount: 'old' })] })).toEqual([]);
  });
  test.each([
    'http://planner', 'planner:8000', 'planner', 'http://planner.other', 'http://planner.voice.example.com', 'http://my.planner.voice', 'http://xplanner.voice', 'http://vault.vault', 42, undefined,
  ])('no other text: %s', (value) => {
    expect(told(env(value))).toEqual([]);
  });
  test('a short name in the namespace itself', () => {
    expect(told(env('http://planner:80'), { namespace: 'voice' })).toHaveLength(1);
    expect(told(env('planner:80'), { namespace: 'voice' })).toHaveLength(1);
    expect(told(env('planner'), { namespace: 'voice' })).toEqual([]);
  });
  test('commands and arguments, each callee once', () => {
    const pod = { initContainers: [{ name: 'a', command: ['curl', 'http://crm.voice/mcp'] }], containers: [{ name: 'b', args: ['--to=http://planner.voice', 'http://planner.voice', 1] }] };
    expect(told(pod)).toEqual([[message('tool server crm'), ['crm.voice in `command`']], [message('agent planner'), ['planner.voice in `args`']]]);
  });
  test('not with a grant to the identity or its namespace, and not where the namespace enforces', () => {
    const identity = (serviceAccount: string) => Identity.of({ namespace: 'desk', serviceAccount });
    expect(told(env('http://planner.voice'), { grants: [identity('other')] })).toHaveLength(1);
    expect(told(env('http://planner.voice'), { grants: [identity('old')] })).toEqual([]);
    expect(told(env('http://planner.voice'), { ports: [identity('old')] })).toEqual([]);
    expect(told(env('http://planner.voice'), { grants: [Identity.allOf('desk')] as never })).toEqual([]);
    expect(told(env('http://planner.voice'), { props: { auditOnlyNamespaces: [] } })).toEqual([]);
  });
  test('also pods that the library deploys', () => {
    const { mesh } = meshOf((one) => {
      const planner = new Agent(one, 'planner', { versions: { v1: deploy() } });
      new Agent(one, 'asks', { namespace: 'vault', versions: { v1: running({ env: { URL: planner.url } }) } });
    }, { auditOnlyNamespaces });
    expect(mesh.findings().map(({ id }) => id)).toEqual(['AM404', 'AM405']);
  });
});

const demanding: Build = (mesh) => {
  const jwt = { issuer: 'https://issuer.example.com', jwks: JWKS };
  tools(mesh, { jwt, allowedOrigins: ['https://desk.example.com'] });
  new Agent(mesh, 'planner', { versions: { v1: running({ jwt, externalAuthorizer: { provider: 'opa', serviceName: 'opa', serviceNamespace: 'opa' }, egress: { hosts: [ExternalHost.https('api.example.com')] } }) } });
};

test.each([['ambient', ambient], ['sidecars', sidecars]])('policies are dry runs, and what cannot be one is not written, on %s', (_, on) => {
  const objects = synth(demanding, { ...on, auditOnlyNamespaces });
  const policies = objects.all.filter(({ kind }) => kind === 'AuthorizationPolicy');
  expect(policies.map(({ metadata: { name, annotations } }) => [name, annotations])).toEqual(policies.map(({ metadata: { name } }) => [name, { 'istio.io/dry-run': 'true' }]));
  expect(policies.map(({ spec: { action } }) => action)).toContain('DENY');
  expect(policies.map(({ spec: { action } }) => action)).not.toContain('CUSTOM');
  expect(kinds(objects, 'voice').filter((kind) => ['RequestAuthentication', 'NetworkPolicy', 'Sidecar', 'ServiceEntry'].includes(kind))).toEqual([]);
  expect(objects.get('PeerAuthentication', 'voice-strict-mtls').spec).toEqual({ mtls: { mode: 'PERMISSIVE' } });
});

test('on Linkerd Servers report, and limits and egress are not written', () => {
  const objects = synth((mesh) => {
    tools(mesh, { rateLimit: { requestsPerSecond: 5 } });
    new MeshEgress(mesh, 'out', { hosts: [ExternalHost.https('api.example.com')] });
  }, { ...linkerd, auditOnlyNamespaces, metrics: { scraper: Identity.of({ namespace: 'monitoring', serviceAccount: 'prometheus' }) } });
  expect(kinds(objects, 'voice')).toEqual(['AuthorizationPolicy', 'Deployment', 'HTTPRoute', 'MeshTLSAuthentication', 'Server', 'Service', 'ServiceAccount']);
  expect(objects.all.filter(({ kind }) => kind === 'Server').map(({ spec: { port, accessPolicy, proxyProtocol } }) => [port, accessPolicy, proxyProtocol])).toEqual([[8080, 'audit', 'unknown']]);
  expect(objects.get('HTTPRoute', 'crm-8080').spec.rules[0].filters).toBeUndefined();
  expect(objects.get('HTTPRoute', 'crm-8080-audit').spec.rules).toEqual([{ matches: [{ path: { type: 'PathPrefix', value: '/' } }] }]);
  const policy = { 'config.linkerd.io/default-inbound-policy': 'audit' };
  expect([objects.get('Namespace', 'voice').metadata.annotations, objects.get('Deployment', 'crm').spec.template.metadata.annotations]).toEqual([expect.objectContaining(policy), expect.objectContaining(policy)]);
});

test.each([false, true])('pods of an audit-only namespace keep the hosts that an enforcing one names (closed to others: %s)', (closesExternalHosts) => {
  const objects = synth((mesh) => {
    new Agent(mesh, 'planner', { versions: { v1: running({ egress: { hosts: [ExternalHost.https('api.example.com')] } }) } });
    new Agent(mesh, 'old', { namespace: 'desk', versions: { v1: existing('old', { namespace: 'desk', egress: {} }) } });
  }, { existingNamespaces: ['desk'], auditOnlyNamespaces: ['desk'], closesExternalHosts });
  const from = closesExternalHosts ? [{ source: { namespaces: ['desk'] } }] : [{ source: { notNamespaces: ['voice'] } }];
  expect(objects.get('AuthorizationPolicy', 'voice-external-api-example-com').spec.rules[1]).toMatchObject({ from });
});

test('existing namespaces and pods on Linkerd report too', () => {
  const told = (policy: string) => problemsOf((mesh, chart) => {
    const annotations = { 'linkerd.io/inject': 'enabled', 'config.linkerd.io/default-inbound-policy': policy };
    new ApiObject(chart, 'desk', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'desk', annotations } });
    const template = { metadata: { labels: { app: 'old' }, annotations }, spec: { serviceAccountName: 'old', containers: [{ name: 'main', image: IMAGE }] } };
    new ApiObject(chart, 'old', { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'old', namespace: 'desk' }, spec: { selector: { matchLabels: { app: 'old' } }, template } });
    void mesh;
  }, { ...linkerd, existingNamespaces: ['desk'], auditOnlyNamespaces: ['desk'] });
  expect(told('audit')).toEqual([]);
  expect(told('deny')).toEqual([expect.stringMatching(/default-inbound-policy: audit.*\[AM101\]/), expect.stringMatching(/default-inbound-policy.*\[AM102\]/)]);
});

describe('a port for callers without an identity', () => {
  const hooks = (mesh: AgentMesh) => {
    new Agent(mesh, 'hooks', { versions: { v1: Workload.deploy({ image: IMAGE, ports: [Port.http(8000), Port.http(9443)], unauthenticatedPorts: [UnauthenticatedPort.of(9443)] }) } });
  };

  test.each([['ambient', ambient], ['sidecars', sidecars]])('cuts off nobody at the other ports of the pods (%s)', (_, props) => {
    const objects = synth(hooks, { auditOnlyNamespaces, ...props });
    expect(objects.get('AuthorizationPolicy', 'hooks-v1-unauthenticated').metadata.annotations).toEqual({ 'istio.io/dry-run': 'true' });
    expect(objects.find('PeerAuthentication', 'hooks-v1-unauthenticated')).toBeUndefined(); // its STRICT would be enforced
    const enforced = synth(hooks, props);
    expect(enforced.get('AuthorizationPolicy', 'hooks-v1-unauthenticated').metadata.annotations).toBeUndefined();
    expect(enforced.get('PeerAuthentication', 'hooks-v1-unauthenticated').spec.mtls).toEqual({ mode: 'STRICT' });
  });

  test('is marked in the access report', () => {
    const { mesh } = meshOf(hooks, { auditOnlyNamespaces, ...ambient });
    expect(mesh.describeAccess()).toContain('agent hooks, port 9443, NOT ENFORCED: namespace voice is audit-only\n');
  });
});

test('the metrics of a waypoint in an audit-only namespace stay open to those who scrape them now', () => {
  const build = (mesh: AgentMesh) => void new Waypoint(mesh, 'wp');
  const props = { ...ambient, metrics: { scraper: Identity.of({ namespace: 'monitoring', serviceAccount: 'prometheus' }) } };
  expect(synth(build, { auditOnlyNamespaces, ...props }).find('NetworkPolicy', 'wp-metrics')).toBeUndefined();
  expect(synth(build, props).find('NetworkPolicy', 'wp-metrics')).toBeDefined();
  expect(meshOf(build, { auditOnlyNamespaces, ...props }).mesh.describeAccess()).toContain('metrics of waypoint voice/wp, ports 15020 and 15090\n  <- anyone who can reach the pods');
});

describe('what cannot only be reported is refused', () => {
  const external = McpServer.external({ host: ExternalHost.https('mcp.example.com'), tools: ['find'] });
  const agentgateway = { ...ambient, mcp: McpProvider.agentgateway() };
  test.each<[string, Build, string, Partial<AgentMeshProps>]>([
    ['a namespace that the mesh does not have', () => {}, 'a namespace in `auditOnlyNamespaces` does not belong to the mesh; got "vioce"; allowed: voice; correct the name, or add the namespace to `existingNamespaces` [AM229]', { auditOnlyNamespaces: ['vioce'] }],
    ['a new gateway', (mesh) => { gatewayOf(mesh, { namespace: 'voice' }); }, 'app/mesh/gw: gateway gw is new, and would serve clients outside the mesh without checks, because its namespace is audit-only; got "voice"', {}],
    ['an MCP proxy', (mesh) => { tools(mesh); }, 'app/mesh/crm: the MCP proxy of crm has no audit mode: it denies callers without a grant, but its namespace is audit-only; got "voice"', agentgateway],
    ['an external tool server', (mesh) => { tools(mesh, { server: external }); }, 'app/mesh/crm: the boundary crm would deny calls of every ambient pod without a grant to mcp.example.com, for which there is no audit mode', ambient],
    ['an XAccessPolicy', (mesh) => {
      const boundary = tools(mesh);
      boundary.grantAllTools(Identity.of({ namespace: 'ops', serviceAccount: 'auditor' }));
      new McpAccessPolicy(mesh, 'access', { boundary, backendName: 'crm' });
    }, 'app/mesh/access: an XAccessPolicy has no audit mode', ambient],
    ['a migration', () => {}, 'a namespace that reports what it would deny (`auditOnlyNamespaces`) is not supported by MeshProvider.istioAmbient: the steps of a migration decide', { mesh: MeshProvider.istioAmbient({ migration: { voice: MigrationStage.SIDECAR } }) }],
    ['an existing gateway with targets that enforce', (mesh) => {
      const far = new Agent(mesh, 'far', { namespace: 'far', versions: { v1: deploy() } });
      InferenceGateway.fromGatewayName(mesh, 'corp', { gatewayName: 'corp', namespace: 'voice', hostnames: ['desk.example.com'], listenerPort: 80 }).addRoute('far', { target: far });
    }, 'app/mesh/corp: gateway corp is in an audit-only namespace, so nothing limits it to its hosts, but it has targets in namespaces that enforce; got {"auditOnly":"voice","enforcing":["far"]}; allowed: targets in audit-only namespaces; remove voice from `auditOnlyNamespaces` first, or add the namespaces of the targets [AM230]', { existingNamespaces: ['voice'] }],
    ['an existing gateway with a mirror that enforces', (mesh) => {
      const near = new Agent(mesh, 'near', { versions: { v1: deploy() } });
      const far = new Agent(mesh, 'far', { namespace: 'far', versions: { v1: deploy() } });
      InferenceGateway.fromGatewayName(mesh, 'corp', { gatewayName: 'corp', namespace: 'voice', hostnames: ['desk.example.com'], listenerPort: 80 }).addRoute('near', { target: near, mirror: { target: far.version(), percent: 5 } });
    }, '"enforcing":["far"]', {}],
    ['an existing gateway with a pool that enforces', (mesh) => {
      const far = new Agent(mesh, 'far', { namespace: 'far', versions: { v1: deploy() } });
      InferenceGateway.fromGatewayName(mesh, 'corp', { gatewayName: 'corp', namespace: 'voice', hostnames: ['desk.example.com'], listenerPort: 80 }).addPool('llm', { workload: far.version() });
    }, '"enforcing":["far"]', { existingNamespaces: ['voice'] }],
    ['a Service behind the waypoint of a namespace that enforces', (mesh) => {
      const waypoint = new Waypoint(mesh, 'wp', { namespace: 'infra' });
      new Agent(mesh, 'agent', { versions: { v1: deploy() }, waypoint });
    }, 'app/mesh/wp: waypoint wp serves audit-only namespaces and namespaces that enforce, but its deny-all policy is for all of them; got {"auditOnly":["voice"],"enforcing":["infra"]}; allowed: a waypoint for namespaces of one kind', {}],
    ['a waypoint that a namespace that enforces is bound to', (mesh) => {
      new Agent(mesh, 'far', { namespace: 'far', versions: { v1: deploy() } });
      new Waypoint(mesh, 'wp').bindNamespace('far');
    }, 'got {"auditOnly":["voice"],"enforcing":["far"]}', {}],
    ['an existing waypoint with a deny-all policy of its own', (mesh) => { Waypoint.fromGatewayName(mesh, 'wp', { gatewayName: 'wp', deniesByDefault: true }).bindNamespace('voice'); },
      'app/mesh/wp: waypoint wp has a deny-all policy of its own (`deniesByDefault`), which denies the callers of audit-only namespaces; got ["voice"]', {}],
  ])('%s', (_, build, told, props) => {
    expect(problemsOf(build, { ...ambient, auditOnlyNamespaces, ...props })).toEqual([expect.stringContaining(told)]);
  });

  test('an existing waypoint whose deny-all policy the library writes is not, by AM306', () => {
    expect(problemsOf((mesh) => { Waypoint.fromGatewayName(mesh, 'wp', { gatewayName: 'wp' }).bindNamespace('voice'); }, { ...ambient, auditOnlyNamespaces })).toEqual([]);
  });

  test('a waypoint for audit-only namespaces alone is not, by AM306', () => {
    const { problems } = outcomeOf((mesh) => { new Agent(mesh, 'agent', { versions: { v1: deploy() }, waypoint: new Waypoint(mesh, 'wp', { namespace: 'infra' }) }); }, { ...ambient, auditOnlyNamespaces: ['voice', 'infra'] });
    expect(problems).toEqual([]);
  });

  test('none of it is, once the namespaces enforce', () => {
    expect(problemsOf((mesh) => { gatewayOf(mesh, { namespace: 'voice' }); tools(mesh); }, { ...agentgateway, auditOnlyNamespaces: [] })).toEqual([]);
  });
});
