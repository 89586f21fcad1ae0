import { ApiObject, Chart } from 'cdk8s';
import {
  Agent, AgentMesh, Cluster, ClusterOptions, GatewayApiChannel, Identity, InferenceGateway, LinkerdRelease, McpServer, McpToolBoundary, MediaPort,
  MeshProvider, Port, Workload,
} from '../../src';
import { deploy, existing, IMAGE } from '../story';
import { Build, problemsOf, synth } from '../synth';

const onLinkerd = (build: Build, options: ClusterOptions = {}) =>
  synth(build, { mesh: MeshProvider.linkerd(), cluster: Cluster.of({ gatewayApiChannel: GatewayApiChannel.EXPERIMENTAL, ...options }) });
const agentOf = (options: object = {}): Build => (mesh) => void new Agent(mesh, 'agent', { versions: { v1: Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], ...options }) } });
const crm = (mesh: AgentMesh, server = Workload.deploy({ image: IMAGE, ports: [Port.http(8080), Port.http(9090)], healthPath: '/healthz' })) => new McpToolBoundary(mesh, 'crm', { server: McpServer.of(server, { tools: ['find'] }) });

test('a namespace has proxies that deny by default, and no egress', () => {
  const objects = onLinkerd(agentOf());
  expect(objects.get('Namespace', 'voice').metadata.annotations).toEqual({
    'linkerd.io/inject': 'enabled', 'config.linkerd.io/default-inbound-policy': 'deny', 'config.linkerd.io/proxy-enable-native-sidecar': 'true', 'config.linkerd.io/access-log': 'json',
  });
  expect(objects.get('EgressNetwork', 'voice-egress').spec).toEqual({ trafficPolicy: 'Deny' });
});

test('a workload without callers allows an impossible identity, and never has no rule', () => {
  expect(onLinkerd(agentOf()).get('MeshTLSAuthentication', 'agent-v1-8000').spec).toEqual({ identities: ['nobody.invalid'] });
});

test('every port has a Server, and only the called port has callers', () => {
  const objects = onLinkerd((mesh) => new Agent(mesh, 'agent', { versions: { v1: deploy([8000, 9000]) } }).grantCall(Identity.of({ namespace: 'ops', serviceAccount: 'console' })));
  expect(objects.get('Server', 'agent-v1-9000').spec).toMatchObject({ port: 9000, accessPolicy: 'deny', proxyProtocol: 'unknown' });
  expect(objects.get('MeshTLSAuthentication', 'agent-v1-8000').spec.identities).toEqual(['console.ops.serviceaccount.identity.linkerd.cluster.local']);
  expect(objects.get('MeshTLSAuthentication', 'agent-v1-9000').spec.identities).toEqual(['nobody.invalid']);
});

test('identities have the control plane\'s namespace and the cluster\'s trust domain', () => {
  const objects = synth((mesh) => new Agent(mesh, 'agent', { versions: { v1: deploy() } }).grantCall(Identity.of({ namespace: 'ops', serviceAccount: 'console' })), {
    mesh: MeshProvider.linkerd({ controlPlaneNamespace: 'mesh-system' }), cluster: Cluster.of({ trustDomain: 'corp.example' }),
  });
  expect(objects.get('MeshTLSAuthentication', 'agent-v1-8000').spec.identities).toEqual(['console.ops.serviceaccount.identity.mesh-system.corp.example']);
});

test('a mesh with another trust domain may trust cluster.local', () => {
  const friend = Identity.of({ namespace: 'ops', serviceAccount: 'console', trustDomain: 'cluster.local' });
  const objects = synth((mesh) => new Agent(mesh, 'agent', { versions: { v1: deploy() } }).grantCall(friend), {
    mesh: MeshProvider.linkerd(), cluster: Cluster.of({ trustDomain: 'own.example' }), trustedDomains: ['cluster.local'],
  });
  expect(objects.get('MeshTLSAuthentication', 'agent-v1-8000').spec.identities).toEqual(['console.ops.serviceaccount.identity.linkerd.cluster.local']);
});

test('with request rules no authorization targets the Server, and probes stay allowed', () => {
  const objects = onLinkerd((mesh) => crm(mesh).grantAllTools(Identity.of({ namespace: 'ops', serviceAccount: 'console' })), { kubeletCidrs: ['10.0.0.0/24', '::/0', 'fd00::/128'] });
  const targets = Object.fromEntries(objects.all.filter(({ apiVersion, kind }) => kind === 'AuthorizationPolicy' && apiVersion.startsWith('policy.linkerd.io')).map(({ metadata, spec }) => [metadata.name, `${spec.targetRef.kind} ${spec.targetRef.name}`]));
  expect(targets).toEqual({ 'crm-8080': 'HTTPRoute crm-8080', 'crm-8080-probes': 'HTTPRoute crm-8080-probes', 'crm-9090': 'Server crm-9090' });
  expect(objects.get('Server', 'crm-8080').spec.proxyProtocol).toBe('HTTP/1');
  expect(objects.get('HTTPRoute', 'crm-8080-probes').spec.rules).toEqual([{ matches: [{ method: 'GET', path: { type: 'Exact', value: '/healthz' } }] }]);
  expect(objects.get('NetworkAuthentication', 'crm-8080-probes').spec).toEqual({ networks: [{ cidr: '10.0.0.0/24' }, { cidr: '::/0' }, { cidr: 'fd00::/128' }] });
});

test('a workload without HTTP probes gets no probe route', () => {
  expect(onLinkerd((mesh) => void crm(mesh, deploy([8080]))).find('HTTPRoute', 'crm-8080-probes')).toBeUndefined();
  expect(onLinkerd((mesh) => void crm(mesh, existing('crm', { ports: [Port.http(8080)], healthPath: '/up' }))).get('HTTPRoute', 'crm-8080-probes').spec.rules[0].matches[0].path.value).toBe('/up');
});

test('the pod mounts a token for the injector, but not the container', () => {
  const { spec } = onLinkerd(agentOf()).get('Deployment', 'agent-v1').spec.template;
  expect(spec.automountServiceAccountToken).toBe(true);
  expect(spec.containers[0].volumeMounts).toContainEqual({ name: 'no-token', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', readOnly: true });
  const asked = onLinkerd(agentOf({ mountToken: true })).get('Deployment', 'agent-v1').spec.template.spec;
  expect(JSON.stringify(asked.containers[0].volumeMounts)).not.toContain('serviceaccount');
});

test('opaque ports are opaque on both ends, and media ports skip the proxy', () => {
  const objects = onLinkerd(agentOf({ ports: [Port.tcp(8000)], mediaPorts: [MediaPort.tcp(3478), MediaPort.udp(3478)] }));
  expect(objects.get('Server', 'agent-v1-8000').spec.proxyProtocol).toBe('opaque');
  expect(objects.get('Service', 'agent').spec.ports[0]).toMatchObject({ name: 'tcp', appProtocol: 'linkerd.io/opaque' });
  expect(objects.get('Deployment', 'agent-v1').spec.template.metadata.annotations).toMatchObject({ 'config.linkerd.io/opaque-ports': '8000', 'config.linkerd.io/skip-inbound-ports': '3478' });
});

test('the gateway has Linkerd\'s proxy, which skips the TLS port', () => {
  const objects = onLinkerd((mesh) => {
    const gateway = new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' } });
    gateway.addRoute('r', { target: new Agent(mesh, 'agent', { versions: { v1: deploy() } }).version() });
    new InferenceGateway(mesh, 'gw-2', { hostnames: ['b.example.com'], tls: { secretName: 'tls' } });
  });
  expect(objects.get('Gateway', 'gw', 'voice-edge').spec.infrastructure.annotations).toEqual({
    'linkerd.io/inject': 'enabled', 'config.linkerd.io/default-inbound-policy': 'deny', 'config.linkerd.io/proxy-enable-native-sidecar': 'true', 'config.linkerd.io/skip-inbound-ports': '443',
  });
  expect(objects.get('MeshTLSAuthentication', 'agent-v1-8000').spec.identities).toEqual(['gw.voice-edge.serviceaccount.identity.linkerd.cluster.local']);
  expect(objects.all.filter(({ apiVersion }) => apiVersion.includes('istio.io'))).toEqual([]); // nobody there reads them
});

test('before 2.20 the annotation of native sidecars has its older name', () => {
  const objects = onLinkerd(agentOf(), { linkerdRelease: LinkerdRelease.V2_19 });
  expect(objects.get('Namespace', 'voice').metadata.annotations).toMatchObject({ 'config.beta.linkerd.io/proxy-enable-native-sidecar': 'true' });
});

test('harmless policies of the app are accepted', () => {
  const objectIn = (chart: Chart, id: string, group: string, kind: string, namespace: string, targetRef?: object) =>
    new ApiObject(chart, id, { apiVersion: `${group}/v1alpha1`, kind, metadata: { name: id, namespace }, ...(targetRef && { spec: { targetRef } }) });
  expect(problemsOf((mesh, chart) => {
    new Agent(mesh, 'agent', { versions: { v1: deploy(), v2: deploy() }, canary: { version: 'v2', percent: 5 } });
    objectIn(chart, 'of-a-route', 'policy.linkerd.io', 'AuthorizationPolicy', 'voice', { kind: 'HTTPRoute', name: 'own' });
    objectIn(chart, 'elsewhere', 'policy.linkerd.io', 'AuthorizationPolicy', 'theirs', { kind: 'Namespace', name: 'theirs' });
    objectIn(chart, 'of-nothing', 'policy.linkerd.io', 'AuthorizationPolicy', 'voice');
    objectIn(chart, 'of-another-kind', 'security.istio.io', 'AuthorizationPolicy', 'voice', { kind: 'Server', name: 'agent-v1-8000' });
    objectIn(chart, 'other.voice.svc.cluster.local', 'linkerd.io', 'ServiceProfile', 'voice');
  }, { mesh: MeshProvider.linkerd() })).toEqual([]);
});

test.each([[5, '60s'], [300, '300s']])('the maximum backoff for a pause of %i s is %s', (pauseSeconds, longest) => {
  const objects = onLinkerd((mesh) => { new Agent(mesh, 'agent', { versions: { v1: deploy() }, circuitBreaker: { consecutiveFailures: 3, pauseSeconds } }); });
  expect(objects.get('Service', 'agent').metadata.annotations).toMatchObject({
    'balancer.linkerd.io/failure-accrual-consecutive-min-penalty': `${pauseSeconds}s`, 'balancer.linkerd.io/failure-accrual-consecutive-max-penalty': longest,
  });
});
