import { ApiObject } from 'cdk8s';
import {
  Agent, AgentMesh, AgentMeshProps, Cluster, GatewayApiChannel, GatewayProvider, Identity, InferenceGateway, IstioRelease, McpProvider,
  McpServer, McpToolBoundary, MeshProvider, MigrationStage, Port, Waypoint, Workload,
} from '../../src';
import { Refused, testRefused } from '../rejected/corpus';
import { deploy, existing, IMAGE } from '../story';
import { meshOf, problemsOf, synth } from '../synth';

const byAgentgateway = { gateway: GatewayProvider.istioAgentgateway() };
const sidecar = (release: IstioRelease): Partial<AgentMeshProps> =>
  ({ mesh: MeshProvider.istioSidecar(), cluster: Cluster.of({ istioRelease: release }), ...byAgentgateway });
const hosts = { hostnames: ['a.example.com', '*.b.example.com'], tls: { secretName: 'tls' } };
const gatewayIn = (mesh: AgentMesh, props: object = {}) => new InferenceGateway(mesh, 'gw', { ...hosts, ...props });
const agentOf = (mesh: AgentMesh, options: object = {}) => new Agent(mesh, 'agent', { versions: { v1: Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], ...options }) } });
const routed = (options: object = {}) => (mesh: AgentMesh) => void gatewayIn(mesh).addRoute('r', { target: agentOf(mesh, options).version() });
const canary = (mesh: AgentMesh) => {
  const agent = new Agent(mesh, 'agent', { versions: { v1: deploy(), v2: deploy() }, stable: 'v1' });
  gatewayIn(mesh).addCanary('chat', { stable: agent.version('v1'), canary: agent.version('v2'), percent: 20, pathPrefix: '/v1' });
};
const JWT = { issuer: 'https://i.example.com', jwksUri: 'https://i.example.com/keys' };
const OPA = { provider: 'opa', serviceName: 'opa', serviceNamespace: 'opa-system' };

describe('an edge gateway with a canary', () => {
  const objects = synth(canary, byAgentgateway);
  test('is a Gateway of class istio-agentgateway with a listener for each host', () => {
    expect(objects.get('Gateway', 'gw', 'voice-edge').spec).toEqual({
      gatewayClassName: 'istio-agentgateway',
      infrastructure: { labels: { 'istio.io/dataplane-mode': 'none' } },
      listeners: ['https-a-example-com', 'https-wildcard-b-example-com'].map((name, i) => ({
        name: expect.stringContaining(name),
        hostname: hosts.hostnames[i],
        port: 443,
        protocol: 'HTTPS',
        allowedRoutes: { namespaces: { from: 'Selector', selector: { matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: ['voice'] }] } } },
        tls: { mode: 'Terminate', certificateRefs: [{ name: 'tls' }] },
      })),
    });
  });
  test('splits by header and weight, for its hosts only', () => {
    expect(objects.get('HTTPRoute', 'chat').spec).toEqual({
      hostnames: hosts.hostnames,
      parentRefs: [{ name: 'gw', namespace: 'voice-edge', port: 443 }],
      rules: [
        { matches: [{ path: { type: 'PathPrefix', value: '/v1' }, headers: [{ type: 'Exact', name: 'x-canary', value: 'true' }] }], backendRefs: [{ name: 'agent-v2', port: 80, weight: 100 }] },
        { matches: [{ path: { type: 'PathPrefix', value: '/v1' } }], backendRefs: [{ name: 'agent', port: 80, weight: 80 }, { name: 'agent-v2', port: 80, weight: 20 }] },
      ],
    });
  });
  test('is allowed at the pods by the ServiceAccount named like the Gateway', () => {
    for (const version of ['agent-v1', 'agent-v2']) {
      expect(objects.get('AuthorizationPolicy', `${version}-workload`).spec.rules).toEqual([{ from: [{ source: { serviceAccounts: ['voice-edge/gw'] } }], to: [{ operation: { ports: ['8000'] } }] }]);
    }
  });
  test('has no policy that targets it, since it would ignore it', () => {
    const naming = objects.all.filter(({ kind, spec }) => kind !== 'HTTPRoute' && JSON.stringify(spec ?? {}).includes('"kind":"Gateway"'));
    expect(naming).toEqual([]);
    expect(objects.names('AuthorizationPolicy').filter((name) => name.includes('voice-edge'))).toEqual(['AuthorizationPolicy/voice-edge/voice-edge-deny-all']);
  });
  test('differs from Envoy\'s gateway only in the Gateway, its policy and the workload policies', () => {
    const envoy = synth(canary);
    const names = objects.names();
    expect(envoy.names().filter((name) => !names.includes(name))).toEqual(['AuthorizationPolicy/voice-edge/gw-hosts']);
    expect(names.filter((name) => !envoy.names().includes(name))).toEqual([]);
  });
});

test('a Secret in another namespace is granted to the gateway\'s namespace only', () => {
  const objects = synth((mesh) => void gatewayIn(mesh, { tls: { secretName: 'tls', secretNamespace: 'certificates' } }), byAgentgateway);
  expect(objects.get('ReferenceGrant', 'voice-edge-gw-tls', 'certificates').spec).toEqual({
    from: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', namespace: 'voice-edge' }], to: [{ group: '', kind: 'Secret', name: 'tls' }],
  });
});

test('retries are written on the experimental channel', () => {
  const { spec } = synth((mesh) => void gatewayIn(mesh).addRoute('r', { target: agentOf(mesh).version(), retries: { attempts: 2 } }),
    { ...byAgentgateway, cluster: Cluster.of({ gatewayApiChannel: GatewayApiChannel.EXPERIMENTAL }) }).get('HTTPRoute', 'r');
  expect(spec.rules[0].retry).toEqual({ attempts: 2 });
});

test('the Gateway can be reached and patched', () => {
  const { mesh } = meshOf((it) => void gatewayIn(it), byAgentgateway);
  expect(ApiObject.of(mesh.node.findChild('gw')).kind).toBe('Gateway');
});

test('a decision identifies the gateway by its ServiceAccount', () => {
  const { mesh } = meshOf(canary, byAgentgateway);
  const agent = mesh.node.findChild('agent') as Agent;
  expect(mesh.decide({ caller: Identity.of({ namespace: 'voice-edge', serviceAccount: 'gw' }), callee: agent }).allowed).toBe(true);
  expect(mesh.decide({ caller: Identity.of({ namespace: 'voice-edge', serviceAccount: 'gw-istio' }), callee: agent }).allowed).toBe(false);
});

describe('a Gateway of the team', () => {
  const corp = (mesh: AgentMesh, props: object = {}) => InferenceGateway.fromGatewayName(mesh, 'corp', { gatewayName: 'corp', namespace: 'ingress', hostnames: ['a.example.com'], ...props });
  test('is allowed at the targets of its routes, and gets no policy', () => {
    const objects = synth((mesh) => void corp(mesh).addRoute('r', { target: agentOf(mesh).version() }), byAgentgateway);
    expect(objects.get('AuthorizationPolicy', 'agent-v1-workload').spec.rules[0].from).toEqual([{ source: { serviceAccounts: ['ingress/corp'] } }]);
    expect(objects.names('AuthorizationPolicy').filter((name) => name.includes('/ingress/'))).toEqual([]);
  });
  test('in a namespace of the mesh gets no policy, since the deny-all does not apply to it', () => {
    const objects = synth((mesh) => void corp(mesh, { namespace: 'voice' }), byAgentgateway);
    expect(objects.names('AuthorizationPolicy')).toEqual(['AuthorizationPolicy/voice/voice-deny-all']);
  });
  test('has the same refusals as a Gateway of the library', () => {
    expect(problemsOf((mesh) => void corp(mesh).addPool('llm', { workload: deploy() }), byAgentgateway)).toEqual([expect.stringContaining('pool llm cannot have an endpoint picker: agentgateway gateways that istiod deploys evaluate no AuthorizationPolicy, and the inner gateway in front of a pool needs one that allows only the edge gateway')]);
    expect(problemsOf((mesh) => void corp(mesh).addRoute('r', { target: agentOf(mesh, { jwt: JWT }).version() }), byAgentgateway)).toEqual([expect.stringContaining('would bypass the waypoint')]);
    expect(problemsOf((mesh) => void corp(mesh), sidecar(IstioRelease.V1_30))).toEqual([expect.stringContaining('app/mesh/corp: a gateway is not supported')]);
  });
});

describe('in a mesh of sidecars', () => {
  test('on Istio 1.30 every gateway is refused, because it would send plain text', () => {
    expect(problemsOf(canary, sidecar(IstioRelease.V1_30))).toEqual([expect.stringMatching(
      /^\[app\/mesh\] app\/mesh\/gw: a gateway is not supported by GatewayProvider\.istioAgentgateway: with Istio 1\.30, agentgateway sends plain text to pods with sidecars, which STRICT mutual TLS refuses; got "gw"; allowed: IstioRelease\.V1_31, or GatewayProvider\.istio; .* \(test\/constructs\/istio-agentgateway\.test\.ts:\d+\)$/,
    )]);
  });
  test('on Istio 1.31 it is allowed by its ServiceAccount', () => {
    expect(synth(canary, sidecar(IstioRelease.V1_31)).get('AuthorizationPolicy', 'agent-v1-workload').spec.rules[0].from).toEqual([{ source: { serviceAccounts: ['voice-edge/gw'] } }]);
  });
  test.each([['jwt', { jwt: JWT }], ['externalAuthorizer', { externalAuthorizer: OPA }]])('a route to a workload with %s is refused, since the sidecar cannot read the request', (asked, options) => {
    expect(problemsOf(routed(options), sidecar(IstioRelease.V1_31))).toEqual([expect.stringContaining(`route r targets agent agent, whose sidecars may treat traffic from agentgateway as TCP and then skip \`jwt\` and \`externalAuthorizer\`; got ["${asked}"]`)]);
  });
  test.each(Object.values(MigrationStage))('during a migration to ambient (%s) every gateway is refused', (stage) => {
    expect(problemsOf(canary, { mesh: MeshProvider.istioAmbient({ migration: { voice: stage } }), cluster: Cluster.of({ istioRelease: IstioRelease.V1_31 }), ...byAgentgateway })).toEqual([expect.stringContaining('it was not tested for every step of a migration whether agentgateway sends mutual TLS to the pods')]);
  });
});

describe('on Linkerd', () => {
  const objects = synth(canary, { mesh: MeshProvider.linkerd(), ...byAgentgateway });
  test('the edge gateway has Linkerd\'s proxy', () => {
    const { annotations } = objects.get('Gateway', 'gw', 'voice-edge').spec.infrastructure;
    expect(annotations).toMatchObject({ 'linkerd.io/inject': 'enabled', 'config.linkerd.io/skip-inbound-ports': '443' });
  });
  test('pods allow it, and no Istio object is written', () => {
    expect(objects.get('MeshTLSAuthentication', 'agent-v1-8000').spec.identities).toEqual(['gw.voice-edge.serviceaccount.identity.linkerd.cluster.local']);
    expect(objects.all.filter(({ apiVersion }) => apiVersion.includes('istio.io'))).toEqual([]);
  });
});

describe('beside agentgateway\'s own controller', () => {
  const both = { gateway: GatewayProvider.istioAgentgateway(), mcp: McpProvider.agentgateway() };
  test('the edge gateway has istiod\'s class, the MCP proxies have the controller\'s', () => {
    const objects = synth((mesh) => {
      const agent = agentOf(mesh);
      gatewayIn(mesh).addRoute('r', { target: agent.version() });
      new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy([8080]), { tools: ['find'] }) }).grantTools(['find'], agent);
    }, both);
    expect(objects.get('Gateway', 'gw', 'voice-edge').spec.gatewayClassName).toBe('istio-agentgateway');
    expect(objects.get('Gateway', 'crm').spec.gatewayClassName).toBe('agentgateway');
  });
  test('features that the edge gateway lacks stay refused', () => {
    expect(problemsOf((mesh) => void gatewayIn(mesh).addPool('llm', { workload: deploy() }), both)).toEqual([expect.stringContaining('agentgateway gateways that istiod deploys evaluate no AuthorizationPolicy')]);
    expect(problemsOf(routed({ jwt: JWT }), both)).toEqual([expect.stringContaining('would bypass the waypoint')]);
  });
});

const refused: readonly Refused[] = [
  ['single tools', (mesh) => { new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy([8080]), { tools: ['find'] }) }).grantTools(['find'], agentOf(mesh)); }, 'use McpProvider.agentgateway'],
  ['web pages of named origins where the mesh cannot tell them apart', (mesh) => { new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy([8080]), { tools: ['find'] }), allowedOrigins: ['https://a.example.com'] }); },
    'Linkerd cannot deny requests by their `Origin` header and still allow requests without this header', { mesh: MeshProvider.linkerd() }],
  ['pools, because it would not read who may enter the way to them', (mesh) => { gatewayIn(mesh).addPool('llm', { workload: deploy() }); },
    'app/mesh/gw/llm: pool llm cannot have an endpoint picker: agentgateway gateways that istiod deploys evaluate no AuthorizationPolicy, and the inner gateway in front of a pool needs one that allows only the edge gateway; got "servers of pool llm"; allowed: pools with GatewayProvider.istio'],
  ['pools on Linkerd, for Linkerd\'s reason', (mesh) => { gatewayIn(mesh).addPool('llm', { workload: deploy() }); }, 'Linkerd does not support InferencePool', { mesh: MeshProvider.linkerd() }],
  ['client certificates, on every release', (mesh) => { gatewayIn(mesh, { tls: { secretName: 'tls', clientCaConfigMapName: 'clients' } }); },
    'client certificates cannot be verified: Istio does not test client certificates on gateways of agentgateway; got "clients"; allowed: no `clientCaConfigMapName` with the stated release and provider, or GatewayProvider.istio of IstioRelease.V1_31',
    { mesh: MeshProvider.istioAmbient(), cluster: Cluster.of({ istioRelease: IstioRelease.V1_31 }) }],
  ['a bound on time, which would not hold for a stream', (mesh) => { gatewayIn(mesh).addRoute('r', { target: agentOf(mesh).version(), requestTimeoutSeconds: 30 }); },
    'app/mesh/gw/r: a timeout of requests (`requestTimeoutSeconds`) is not supported by GatewayProvider.istioAgentgateway: agentgateway limits the time until a response begins, not the time of a stream; got 30; allowed: GatewayProvider.istio'],
  ['retries on the standard channel', (mesh) => { gatewayIn(mesh).addRoute('r', { target: agentOf(mesh).version(), retries: { attempts: 2 } }); }, 'a retry of requests (`retries`) is not supported by GatewayProvider.istioAgentgateway: HTTPRoute has retries only in the experimental channel of the Gateway API; got {"attempts":2}; allowed: GatewayApiChannel.EXPERIMENTAL'],
  ['a route to what a token is asked of', routed({ jwt: JWT }), 'app/mesh/gw/r: requests of route r would bypass the waypoint of agent agent, because this gateway calls pods directly; got "voice-waypoint"; allowed: workloads without a waypoint, or GatewayProvider.istio'],
  ['a route to what an authorizer guards', routed({ externalAuthorizer: OPA }), 'would bypass the waypoint of agent agent'],
  ['a route to a Service of the team behind a waypoint', (mesh) => {
    const waypoint = new Waypoint(mesh, 'way');
    const agent = new Agent(mesh, 'agent', { waypoint, versions: { v1: existing('a', { service: { name: 'a', port: 80, labels: { 'istio.io/use-waypoint': 'way' } } }) } });
    gatewayIn(mesh).addRoute('r', { target: agent.version() });
  }, 'would bypass the waypoint of agent agent, because this gateway calls pods directly; got "way"'],
  ['a route to what has a circuit breaker', (mesh) => {
    gatewayIn(mesh).addRoute('r', { target: new Agent(mesh, 'agent', { versions: { v1: deploy() }, circuitBreaker: { consecutiveFailures: 3, pauseSeconds: 5 } }).version() });
  }, 'agentgateway does not support `circuitBreaker` of agent agent, the target of route r; got ["circuitBreaker"]', sidecar(IstioRelease.V1_31)],
  ['a route to what has limits of connections', (mesh) => {
    gatewayIn(mesh).addRoute('r', { target: new Agent(mesh, 'agent', { versions: { v1: deploy() }, connectionPool: { maxConnections: 3 } }).version() });
  }, 'agentgateway does not support `connectionPool` of agent agent, the target of route r; got ["connectionPool"]', sidecar(IstioRelease.V1_31)],
  ['another trust domain, of which istiod tells it nothing', (mesh) => { gatewayIn(mesh); }, ['AM342', 'app/mesh/gw: gateway gw cannot call any pod, because istiod tells agentgateway that every pod has the trust domain "cluster.local", and this mesh has another one; got "own.example"'], { cluster: Cluster.of({ trustDomain: 'own.example' }) }],
  ['a name that the Service of a workload has', (mesh) => { new InferenceGateway(mesh, 'agent-gw', { ...hosts, name: 'agent', namespace: 'voice' }); agentOf(mesh); }, 'agent agent has the same name as an object that a controller generates for gateway agent; got "agent"'],
];

testRefused({ 'an edge gateway of agentgateway is refused': refused.map(([name, build, message, props]) => [name, build, message, { ...byAgentgateway, ...props }]) });

test('another trust domain is accepted on Linkerd', () => {
  expect(problemsOf(canary, { mesh: MeshProvider.linkerd(), cluster: Cluster.of({ trustDomain: 'own.example' }), ...byAgentgateway })).toEqual([]);
});

test('the class is refused in GatewayProvider.istio, which names the right provider', () => {
  expect(problemsOf(() => {}, { gateway: GatewayProvider.istio({ gatewayClassName: 'istio-agentgateway' }) })).toEqual([
    '[app/mesh] app/mesh: `gatewayClassName` of GatewayProvider.istio does not name a class of Istio gateways with Envoy; got "istio-agentgateway"; allowed: "istio", or a custom GatewayClass of the same controller; use GatewayProvider.istioAgentgateway [AM341]',
  ]);
});
