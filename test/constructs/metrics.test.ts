import {
  Agent, AgentMesh, AgentMeshProps, Cluster, EndpointPicker, GatewayApiChannel, Identity, InferenceGateway, McpServer, McpToolBoundary, MeshProvider,
  TokenCaller,
} from '../../src';
import { Refused, testRefused } from '../rejected/corpus';
import { deploy, existing, existingPicker } from '../story';
import { Build, Manifests, meshOf, problemsOf, synth } from '../synth';

const scraper = Identity.of({ namespace: 'monitoring', serviceAccount: 'prometheus' });
const metrics = { metrics: { scraper } };
const linkerd = { mesh: MeshProvider.linkerd(), cluster: Cluster.of({ gatewayApiChannel: GatewayApiChannel.EXPERIMENTAL }) };
const sidecar = { mesh: MeshProvider.istioSidecar() };
const hosts = { hostnames: ['a.example.com'], tls: { secretName: 'tls' } };
const pooled = (picker?: EndpointPicker): Build => (mesh) => { new InferenceGateway(mesh, 'gw', hosts).addPool('llm', { workload: deploy(), picker }); };
const routed: Build = (mesh) => { new InferenceGateway(mesh, 'gw', hosts).addRoute('r', { target: new Agent(mesh, 'agent', { workload: deploy() }).version() }); };

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
    expect(JSON.stringify(synth(pooled(existingPicker()), metrics).all)).not.toContain('monitoring/prometheus');
  });

  test('are visible to a scraper with a sidecar', () => {
    const view = (props: object) => synth((mesh, chart) => {
      pooled()(mesh, chart);
      new Agent(mesh, 'prometheus', { workload: existing('prometheus', { namespace: 'monitoring' }) });
    }, { ...sidecar, existingNamespaces: ['monitoring'], ...props }).get('Sidecar', 'prometheus', 'monitoring').spec.egress;
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
  const agent = (more: object, options: object = {}) => (mesh: AgentMesh) => ({ callee: new Agent(mesh, 'agent', { workload: deploy(), ...options }), method: 'GET', port: 4191, ...more });
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
    'yes: GET /ready of the proxy of agent agent is open to any client that reaches the pods from 0.0.0.0/0, ::/0',
    'no: GET /ready of the proxy of agent agent is open without a grant only from 10.99.0.0/16, 127.0.0.0/8, ::1/128',
    'no: no grant allows identity cluster.local/ns/monitoring/sa/prometheus to call agent agent',
    'yes: identity monitoring/prometheus scrapes the metrics of the proxy of tool server crm',
  ]);
  expect(() => asked(agent({ caller: scraper, path: '/metrics' }), metrics)).toThrow('agent agent has no port 4191; got 4191; allowed: 80, 8000;');
});

const refused: readonly Refused[] = [
  ['that every pod may be', () => {}, 'app/mesh: identity monitoring/default uses the ServiceAccount "default", which is shared by every pod', { metrics: { scraper: Identity.of({ namespace: 'monitoring', serviceAccount: 'default' }) } }],
  ['whose namespace is no name', () => {}, 'app/mesh: the namespace of a caller is not a valid Kubernetes name', { metrics: { scraper: Identity.of({ namespace: 'A B', serviceAccount: 'prometheus' }) } }],
  ['of a trust domain that the mesh does not trust', () => {}, 'app/mesh: the mesh does not trust the trust domain of identity other.example:monitoring/prometheus', { metrics: { scraper: Identity.of({ namespace: 'monitoring', serviceAccount: 'prometheus', trustDomain: 'other.example' }) } }],
  ['by a token', () => {}, 'app/mesh: a grant to a TokenCaller is only possible at tool servers', { metrics: { scraper: TokenCaller.of({ subject: 'prometheus' }) } }],
  ['of the mesh whose sidecar sees nothing', pooled(), 'app/mesh: identity voice/prometheus scrapes metrics and runs in a namespace of the mesh, but no construct describes it, so its sidecar does not see the endpoint pickers; got "identity voice/prometheus"',
    { ...sidecar, metrics: { scraper: Identity.of({ namespace: 'voice', serviceAccount: 'prometheus' }) } }],
];
testRefused({ 'a scraper is refused': refused });

test('a scraper without visible endpoints is no problem if there are none', () => {
  const inside = { metrics: { scraper: Identity.of({ namespace: 'voice', serviceAccount: 'prometheus' }) } };
  expect(problemsOf(() => {}, { ...sidecar, ...inside })).toEqual([]);
  expect(problemsOf(pooled(), { ...sidecar, metrics: { scraper } })).toEqual([]);
  expect(problemsOf(pooled(), inside)).toEqual([]);
});
