import {
  Agent, AgentMesh, AgentMeshProps, Cluster, EndpointPicker, GatewayApiChannel, GatewayProvider, Identity, InferenceGateway, McpProvider, McpServer,
  McpToolBoundary, MeshProvider, MigrationStage, TokenCaller, Waypoint,
} from '../../src';
import { admits, NetworkPolicy, Pod } from '../mesh/network-policy';
import { Refused, testRefused } from '../rejected/corpus';
import { deploy, existing, existingPicker } from '../story';
import { Build, Manifests, meshOf, problemsOf, synth } from '../synth';

const scraper = Identity.of({ namespace: 'monitoring', serviceAccount: 'prometheus' });
const metrics = { metrics: { scraper } };
const linkerd = { mesh: MeshProvider.linkerd(), cluster: Cluster.of({ gatewayApiChannel: GatewayApiChannel.EXPERIMENTAL }) };
const sidecar = { mesh: MeshProvider.istioSidecar() };
const hosts = { hostnames: ['a.example.com'], tls: { secretName: 'tls' } };
const pooled = (picker?: EndpointPicker): Build => (mesh) => { new InferenceGateway(mesh, 'gw', hosts).addPool('llm', { workload: deploy(), picker }); };
const routed: Build = (mesh) => { new InferenceGateway(mesh, 'gw', hosts).addRoute('r', { target: new Agent(mesh, 'agent', { versions: { v1: deploy() } }).version() }); };

describe('on Linkerd', () => {
  const ofProxies = (objects: Manifests) => objects.all.filter(({ metadata }) => metadata.name.includes('-proxy-'));
  const opened = (props: Partial<AgentMeshProps> = {}) => synth(routed, { ...linkerd, ...metrics, ...props });

  test('the scraper may read the metrics of every proxy, and their probes stay open', () => {
    const found = ofProxies(opened()).filter(({ metadata: { namespace } }) => namespace === 'voice');
    const route = (name: string) => ({ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', name });
    const parentRefs = [{ group: 'policy.linkerd.io', kind: 'Server', name: 'voice-proxy-admin' }];
    const gets = (...paths: string[]) => ({ parentRefs, rules: [{ matches: paths.map((value) => ({ method: 'GET', path: { type: 'Exact', value } })) }] });
    expect(found.map(({ kind, metadata: { name }, spec }) => [kind, name, spec])).toEqual([
      ['Server', 'voice-proxy-admin', {
        podSelector: { matchExpressions: [{ key: 'linkerd.io/control-plane-ns', operator: 'Exists' }] }, port: 'linkerd-admin', proxyProtocol: 'HTTP/1', accessPolicy: 'deny',
      }],
      ['HTTPRoute', 'voice-proxy-metrics', gets('/metrics')],
      ['MeshTLSAuthentication', 'voice-proxy-metrics', { identities: ['prometheus.monitoring.serviceaccount.identity.linkerd.cluster.local'] }],
      ['AuthorizationPolicy', 'voice-proxy-metrics', { targetRef: route('voice-proxy-metrics'), requiredAuthenticationRefs: [{ group: 'policy.linkerd.io', kind: 'MeshTLSAuthentication', name: 'voice-proxy-metrics' }] }],
      ['HTTPRoute', 'voice-proxy-probes', gets('/live', '/ready')],
      ['NetworkAuthentication', 'voice-proxy-probes', { networks: [{ cidr: '0.0.0.0/0' }, { cidr: '::/0' }] }],
      ['AuthorizationPolicy', 'voice-proxy-probes', { targetRef: route('voice-proxy-probes'), requiredAuthenticationRefs: [{ group: 'policy.linkerd.io', kind: 'NetworkAuthentication', name: 'voice-proxy-probes' }] }],
    ]);
  });

  test('each namespace of the mesh has these objects once', () => {
    const objects = opened({ existingNamespaces: ['theirs'] });
    expect(objects.names('Server').filter((name) => name.includes('-proxy-admin'))).toEqual(['Server/voice/voice-proxy-admin', 'Server/theirs/theirs-proxy-admin', 'Server/voice-edge/voice-edge-proxy-admin']);
    const names = ofProxies(objects).map(({ kind, metadata: { name } }) => `${kind} ${name}`);
    expect(new Set(names).size).toBe(names.length);
  });

  test('with stated probe networks, the pod itself may still query its proxy', () => {
    const { spec } = opened({ mesh: MeshProvider.linkerd(), cluster: Cluster.of({ kubeletCidrs: ['10.99.0.0/16'] }) }).get('NetworkAuthentication', 'voice-proxy-probes');
    expect(spec.networks.map(({ cidr }: { cidr: string }) => cidr)).toEqual(['10.99.0.0/16', '127.0.0.0/8', '::1/128']);
  });

  test('a scraper of another trust domain is matched by whole identity', () => {
    const friend = Identity.of({ namespace: 'monitoring', serviceAccount: 'prometheus', trustDomain: 'ops.example' });
    const { spec } = opened({ metrics: { scraper: friend }, trustedDomains: ['ops.example'] }).get('MeshTLSAuthentication', 'voice-proxy-metrics');
    expect(spec.identities).toEqual(['prometheus.monitoring.serviceaccount.identity.linkerd.ops.example']);
  });

  test('without a scraper no object is written', () => {
    expect(ofProxies(opened({ metrics: undefined }))).toEqual([]);
  });
});

describe('pickers', () => {
  const ports = (objects: Manifests) => objects.get('Service', 'llm-epp').spec.ports.map(({ name, port, targetPort, appProtocol }: Record<string, unknown>) => ({ name, port, targetPort, appProtocol }));
  const scraping = { from: [{ source: { serviceAccounts: ['monitoring/prometheus'] } }], to: [{ operation: { ports: ['9090'] } }] };

  test.each([['ambient', {}], ['sidecars', sidecar]])('on %s have a metrics port in their Service, and allow the stated scraper on it', (_, on) => {
    for (const props of [on, { ...on, ...metrics }]) {
      expect(ports(synth(pooled(), props))).toEqual([
        { name: 'grpc-ext-proc', port: 9002, targetPort: 9002, appProtocol: 'kubernetes.io/h2c' }, { name: 'http-metrics', port: 9090, targetPort: 9090, appProtocol: 'http' },
      ]);
    }
    const [alone, scraped] = [on, { ...on, ...metrics }].map((props) => synth(pooled(), props).get('AuthorizationPolicy', 'llm-epp-workload').spec.rules);
    expect(alone).toHaveLength(1);
    expect(scraped).toEqual([...alone, scraping]);
  });

  test('that already exist get no metrics objects', () => {
    const about = synth(pooled(existingPicker()), metrics).all.filter((object) => JSON.stringify(object).includes('monitoring/prometheus'));
    expect(about.map(({ metadata }) => metadata.name)).toEqual(['gw-inner-edge']); // the inner gateway, no picker
  });

  test('are visible to a scraper with a sidecar', () => {
    const view = (props: object) => synth((mesh, chart) => {
      pooled()(mesh, chart);
      new Agent(mesh, 'prometheus', { versions: { v1: existing('prometheus', { namespace: 'monitoring' }) } });
    }, { ...sidecar, existingNamespaces: ['monitoring'], ...props }).get('Sidecar', 'prometheus-v1', 'monitoring').spec.egress;
    expect(view({})).toEqual([{ hosts: ['~/*'] }]);
    expect(view(metrics)).toEqual([{ hosts: ['voice/llm-epp.voice.svc.cluster.local'] }]);
  });
});

test('a decision says who may read metrics, and why', () => {
  const asked = (build: (mesh: AgentMesh) => Parameters<AgentMesh['decide']>[0], props: Partial<AgentMeshProps>) => {
    const { mesh } = meshOf(() => {}, props);
    const { allowed, reason } = mesh.decide(build(mesh));
    return `${allowed ? 'yes' : 'no'}: ${reason}`;
  };
  const agent = (more: object, options: object = {}) => (mesh: AgentMesh) => ({ callee: new Agent(mesh, 'agent', { versions: { v1: deploy() }, ...options }), method: 'GET', port: 4191, ...more });
  const onLinkerd = { ...linkerd, ...metrics };
  expect([
    asked(agent({ caller: scraper, path: '/metrics' }), onLinkerd),
    asked(agent({ caller: scraper, path: '/metrics' }), linkerd),
    asked(agent({ path: '/metrics' }), onLinkerd),
    asked(agent({ caller: scraper, path: '/env.json' }), onLinkerd),
    asked(agent({ path: '/ready' }), onLinkerd),
    asked(agent({ path: '/ready' }), { ...onLinkerd, mesh: MeshProvider.linkerd(), cluster: Cluster.of({ kubeletCidrs: ['10.99.0.0/16'] }) }),
    asked(agent({ caller: scraper, path: '/metrics' }, { servicePort: 4191 }), onLinkerd),
    asked((mesh) => ({ callee: new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy([8080]), { tools: ['t'] }) }), caller: scraper, method: 'GET', port: 4191, path: '/metrics' }), onLinkerd),
  ]).toEqual([
    'yes: identity monitoring/prometheus scrapes the metrics of the proxy of agent agent',
    'no: GET /metrics of the proxy of agent agent is allowed for nobody, because `metrics` of the mesh is not set; other requests to port 4191 are denied',
    'no: GET /metrics of the proxy of agent agent is allowed for identity monitoring/prometheus only; other requests to port 4191 are denied',
    'no: GET /metrics of the proxy of agent agent is allowed for identity monitoring/prometheus only; other requests to port 4191 are denied',
    'yes: GET /ready of the proxy of agent agent needs no grant, and is open to any client that reaches the pods from 0.0.0.0/0, ::/0',
    'no: GET /ready of the proxy of agent agent is allowed without a grant only from the networks 10.99.0.0/16, 127.0.0.0/8, ::1/128',
    'no: no grant allows identity cluster.local/ns/monitoring/sa/prometheus to call agent agent',
    'yes: identity monitoring/prometheus scrapes the metrics of the proxy of tool server crm',
  ]);
  expect(() => asked(agent({ caller: scraper, path: '/metrics' }), metrics)).toThrow('agent agent has no port 4191; got 4191; allowed: 80, 8000;');
});

const refused: readonly Refused[] = [
  ['that every pod may be', () => {}, 'app/mesh: identity monitoring/default uses the ServiceAccount "default", which is shared by every pod', { metrics: { scraper: Identity.of({ namespace: 'monitoring', serviceAccount: 'default' }) } }],
  ['whose namespace is no name', () => {}, 'app/mesh: the namespace of a caller is not a valid Kubernetes name', { metrics: { scraper: Identity.of({ namespace: 'A B', serviceAccount: 'prometheus' }) } }],
  ['of a trust domain that the mesh does not trust', () => {}, 'app/mesh: the mesh does not trust the trust domain of identity other.example:monitoring/prometheus', { metrics: { scraper: Identity.of({ namespace: 'monitoring', serviceAccount: 'prometheus', trustDomain: 'other.example' }) } }],
  ['by a token', () => {}, 'app/mesh: only a grant of an McpToolBoundary accepts a TokenCaller', { metrics: { scraper: TokenCaller.of({ subject: 'prometheus' }) } }],
  ['of the mesh whose sidecar sees nothing', pooled(), 'app/mesh: identity voice/prometheus scrapes metrics and runs in a namespace of the mesh, but no construct describes it, so its sidecar is not configured to reach the endpoint pickers; got "identity voice/prometheus"',
    { ...sidecar, metrics: { scraper: Identity.of({ namespace: 'voice', serviceAccount: 'prometheus' }) } }],
];
testRefused({ 'a scraper is refused': refused });

test('a scraper without visible endpoints is no problem if there are none', () => {
  const inside = { metrics: { scraper: Identity.of({ namespace: 'voice', serviceAccount: 'prometheus' }) } };
  expect(problemsOf(() => {}, { ...sidecar, ...inside })).toEqual([]);
  expect(problemsOf(pooled(), { ...sidecar, metrics: { scraper } })).toEqual([]);
  expect(problemsOf(pooled(), inside)).toEqual([]);
});

describe('proxies of Istio and agentgateway', () => {
  const waypoint: Build = (mesh) => { new Waypoint(mesh, 'way'); };
  const tools: Build = (mesh) => { new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy([8080]), { tools: ['find'] }) }); };
  const denying: Build = (mesh) => { new InferenceGateway(mesh, 'gw', { ...hosts, namespace: 'voice', deniedCidrs: ['10.0.0.0/8'] }); };
  const mcp = { mcp: McpProvider.agentgateway() };
  const foreign = { trustedDomains: ['ops.example'], metrics: { scraper: Identity.of({ namespace: 'monitoring', serviceAccount: 'prometheus', trustDomain: 'ops.example' }) } };
  const pod = (namespace: string, labels = {}): Pod => ({ address: '10.9.0.1', namespace, labels, namespaceLabels: { 'kubernetes.io/metadata.name': namespace } });

  /** The ports of the pods of a Gateway at which pods of a namespace may connect. */
  const reached = (build: Build, props: object, name: string, from: string): number[] => {
    const policies = synth(build, props).all.filter(({ kind }) => kind === 'NetworkPolicy') as unknown as NetworkPolicy[];
    const to = pod('voice', { 'gateway.networking.k8s.io/gateway-name': name });
    const caller = pod(from);
    return [443, 8080, 15008, 15020, 15021, 15090].filter((port) => admits(policies, to, port, { address: caller.address, pod: caller }));
  };

  test.each<[what: string, build: Build, props: object, name: string, open: number[], metered: number[]]>([
    ['a waypoint', waypoint, {}, 'way', [15008, 15021], [15020, 15090]],
    ['an MCP proxy in ambient', tools, mcp, 'crm', [15008, 15021], [15020]],
    ['a gateway with `deniedCidrs`', denying, {}, 'gw', [15021], [15020, 15090]],
  ])('the metrics of %s are read from the namespace of the scraper alone', (_, build, props, name, open, metered) => {
    expect(reached(build, { ...props, ...metrics }, name, 'elsewhere')).toEqual(open);
    expect(reached(build, { ...props, ...metrics }, name, 'monitoring')).toEqual([...open, ...metered].sort((a, b) => a - b));
    expect(reached(build, { ...props, ...foreign }, name, 'monitoring')).toEqual(open); // the namespace is one of another cluster
  });

  test('without a scraper no NetworkPolicy is written for them, and that of `deniedCidrs` leaves them open', () => {
    for (const [build, props] of [[waypoint, {}], [tools, mcp]] as const) expect(synth(build, props).names('NetworkPolicy').filter((name) => name.endsWith('-metrics'))).toEqual([]);
    expect(reached(denying, {}, 'gw', 'elsewhere')).toEqual([15020, 15021, 15090]);
  });

  test('the inner gateway in ambient lets the identity of the scraper in at its metrics', () => {
    const rules = (props: object) => synth(pooled(), props).get('AuthorizationPolicy', 'gw-inner-edge').spec.rules;
    expect(rules(metrics)).toEqual([...rules({}), { from: [{ source: { serviceAccounts: ['monitoring/prometheus'] } }], to: [{ operation: { ports: ['15020'] } }] }]);
    expect(JSON.stringify(rules({ ...sidecar, ...metrics }))).not.toContain('prometheus'); // its pods have no sidecar, so that no policy applies
  });

  test('the MCP proxy on Linkerd lets the identity of the scraper in at its metrics, and nobody else', () => {
    const objects = synth(tools, { ...linkerd, ...mcp, ...metrics });
    expect(objects.get('Server', 'crm-15020').spec).toMatchObject({ port: 15020, accessPolicy: 'deny', podSelector: { matchLabels: { 'gateway.networking.k8s.io/gateway-name': 'crm' } } });
    expect(objects.get('MeshTLSAuthentication', 'crm-15020').spec.identities).toEqual(['prometheus.monitoring.serviceaccount.identity.linkerd.cluster.local']);
    expect(JSON.stringify(objects.get('MeshTLSAuthentication', 'crm-8080').spec)).not.toContain('prometheus');
    expect(synth(tools, { ...linkerd, ...mcp }).names('Server')).not.toContain('Server/voice/crm-15020');
  });

  const told = (build: Build, props: Partial<AgentMeshProps>) => [...meshOf(build, props).mesh.describeAccess().matchAll(/^metrics of (.*)\n {2}<- (.*)$/gm)]
    .map(([, what, who]) => `${what}: ${who}`).filter((line) => !/^picker|^the proxy in every pod/.test(line));
  const anyone = 'anyone who can reach the pods: NOT AUTHENTICATED';
  const namespace = 'pods of namespace monitoring, by NetworkPolicy: NOT AUTHENTICATED';
  const ofSidecars = `the sidecar in every pod, ports 15020 and 15090: ${anyone}`;
  const everything: Build = (...args) => [waypoint, pooled()].forEach((build) => build(...args));
  const byAgentgateway = { gateway: GatewayProvider.istioAgentgateway() };

  test.each<[what: string, build: Build, props: Partial<AgentMeshProps>, lines: string[]]>([
    ['ambient', everything, {}, [`waypoint voice/way, ports 15020 and 15090: ${anyone}`, `gateway voice-edge/gw, ports 15020 and 15090: ${anyone}`, 'the inner gateway voice/gw-inner, port 15020: nobody']],
    ['ambient with a scraper', everything, metrics, [`waypoint voice/way, ports 15020 and 15090: ${namespace}`, `gateway voice-edge/gw, ports 15020 and 15090: ${anyone}`, 'the inner gateway voice/gw-inner, port 15020: identity monitoring/prometheus']],
    ['ambient with a scraper of another trust domain', waypoint, foreign, ['waypoint voice/way, ports 15020 and 15090: nobody']],
    ['a gateway with `deniedCidrs`', denying, metrics, [`gateway voice/gw, ports 15020 and 15090: ${namespace}`]],
    ['an MCP proxy in ambient', tools, { ...mcp, ...metrics }, [`MCP proxy voice/crm, port 15020: ${namespace}`]],
    ['an MCP proxy on Linkerd', tools, { ...linkerd, ...mcp, ...metrics }, ['MCP proxy voice/crm, port 15020: identity monitoring/prometheus']],
    ['an MCP proxy on Linkerd without a scraper', tools, { ...linkerd, ...mcp }, ['MCP proxy voice/crm, port 15020: nobody']],
    ['a gateway on Linkerd', routed, { ...linkerd, ...byAgentgateway, ...metrics }, ['gateway voice-edge/gw, port 15020: nobody']],
    ['a gateway of agentgateway in ambient', routed, { ...byAgentgateway, ...metrics }, [`gateway voice-edge/gw, port 15020: ${anyone}`]],
    ['sidecars', pooled(), { ...sidecar, ...metrics }, [ofSidecars, `gateway voice-edge/gw, ports 15020 and 15090: ${anyone}`, `the inner gateway voice/gw-inner, ports 15020 and 15090: ${anyone}`]],
    ['a namespace that moves to ambient', () => {}, { mesh: MeshProvider.istioAmbient({ migration: { voice: MigrationStage.PERMISSIVE } }), ...metrics }, [ofSidecars]],
    ['a namespace that has moved to ambient', () => {}, { mesh: MeshProvider.istioAmbient({ migration: { voice: MigrationStage.ENROLLED } }), ...metrics }, []],
  ])('the report names the readers of metrics: %s', (_, build, props, lines) => {
    expect(told(build, props)).toEqual(lines);
  });
});
