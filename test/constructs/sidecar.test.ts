import { Agent, AgentMesh, ExternalHost, InferenceGateway, McpServer, McpToolBoundary, MeshEgress, MeshProvider, Port, Workload } from '../../src';
import { deploy, existing, IMAGE, JWKS } from '../story';
import { Build, synth } from '../synth';

const onSidecars = (build: Build, options: Parameters<typeof MeshProvider.istioSidecar>[0] = {}) =>
  synth(build, { mesh: MeshProvider.istioSidecar(options) });
const planner = (mesh: AgentMesh, options: object = {}) => new Agent(mesh, 'planner', { versions: { v1: Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], ...options }) } });

test('a namespace has one injection label, STRICT mTLS, deny-all and an empty Sidecar', () => {
  const objects = onSidecars((mesh) => { planner(mesh); });
  expect(objects.get('Namespace', 'voice').metadata.labels).toEqual({ 'istio-injection': 'enabled' });
  expect(objects.get('PeerAuthentication', 'voice-strict-mtls').spec).toEqual({ mtls: { mode: 'STRICT' } });
  expect(objects.get('AuthorizationPolicy', 'voice-deny-all').spec).toEqual({});
  expect(objects.get('Sidecar', 'voice-default').spec).toEqual({ egress: [{ hosts: ['~/*'] }], outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' } });
});

test('a revision injects instead of the default', () => {
  expect(onSidecars((mesh) => { planner(mesh); }, { revision: 'stable' }).get('Namespace', 'voice').metadata.labels).toEqual({ 'istio.io/rev': 'stable' });
});

test('a workload starts after its sidecar, so that its first request is not plain text', () => {
  const { annotations } = onSidecars((mesh) => { planner(mesh); }).get('Deployment', 'planner-v1').spec.template.metadata;
  expect(JSON.parse(annotations['proxy.istio.io/config'])).toEqual({ holdApplicationUntilProxyStarts: true });
});

test('an agent\'s Sidecar has the Services of its granted callees, and no others', () => {
  const objects = onSidecars((mesh) => {
    const agent = planner(mesh);
    const writer = new Agent(mesh, 'writer', { versions: { v1: deploy(), v2: deploy() }, canary: { version: 'v2', percent: 5 } });
    writer.grantCall(agent);
    new McpToolBoundary(mesh, 'crm', { server: McpServer.of(existing('crm', { service: { name: 'crm-svc', port: 80 } }), { tools: ['t'] }) }).grantAllTools(agent);
    new Agent(mesh, 'stranger', { versions: { v1: deploy() } }).grantCall(writer);
  });
  expect(objects.get('Sidecar', 'planner-v1').spec).toEqual({
    workloadSelector: { labels: { 'app.kubernetes.io/name': 'planner', 'app.kubernetes.io/version': 'v1' } }, outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' },
    egress: [{ hosts: ['voice/crm-svc.voice.svc.cluster.local', 'voice/writer-v2.voice.svc.cluster.local', 'voice/writer.voice.svc.cluster.local'] }],
  });
  expect(objects.get('Sidecar', 'stranger-v1').spec.egress).toEqual([{ hosts: ['~/*'] }]);
});

test('a workload with a Kubernetes token sees the Kubernetes API', () => {
  expect(onSidecars((mesh) => { planner(mesh, { mountToken: true }); }).get('Sidecar', 'planner-v1').spec.egress).toEqual([{ hosts: ['default/kubernetes.default.svc.cluster.local'] }]);
});

test('the inner gateway allows only the edge gateway, and uses mutual TLS', () => {
  const objects = onSidecars((mesh) => { new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' } }).addPool('llm', { workload: deploy() }); });
  expect(objects.get('AuthorizationPolicy', 'gw-inner-edge').spec).toEqual({
    action: 'ALLOW', targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'gw-inner' }],
    rules: [{ from: [{ source: { serviceAccounts: ['voice-edge/gw-istio'] } }], to: [{ operation: { hosts: ['a.example.com', 'a.example.com:*'] } }] }],
  });
  expect(objects.find('NetworkPolicy', 'gw-inner')).toBeUndefined();
  expect(objects.find('ConfigMap', 'gw-inner')).toBeUndefined();
});

test('callers by token are allowed only with the token, on every path', () => {
  const objects = onSidecars((mesh) => {
    const agent = new Agent(mesh, 'agent', { versions: { v1: Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], jwt: { issuer: 'https://i.example.com', jwks: JWKS } }) } });
    agent.grantCall(planner(mesh));
    new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' } }).addRoute('r', { target: agent.version() });
  });
  const { rules } = objects.get('AuthorizationPolicy', 'agent-v1-workload').spec;
  expect(rules).toHaveLength(1);
  expect(rules[0].from).toEqual([{ source: { serviceAccounts: ['voice-edge/gw-istio', 'voice/planner'] } }]);
  expect(rules[0].when).toEqual([{ key: 'request.auth.claims[iss]', values: ['https://i.example.com'] }]);
});

test('an agent sees the external hosts of its own namespace only', () => {
  const objects = onSidecars((mesh) => {
    planner(mesh);
    new Agent(mesh, 'other', { versions: { v1: deploy() }, namespace: 'plan' });
    new Agent(mesh, 'third', { versions: { v1: deploy() }, namespace: 'write' });
    new MeshEgress(mesh, 'models', { hosts: [ExternalHost.https('b.example.com'), ExternalHost.https('a.example.com')] });
    new MeshEgress(mesh, 'docs', { hosts: [ExternalHost.https('docs.example.com')], namespace: 'plan' });
  });
  const seen = [['planner-v1', 'voice'], ['other-v1', 'plan'], ['third-v1', 'write']].map(([name, namespace]) => objects.get('Sidecar', name, namespace).spec.egress[0].hosts);
  expect(seen).toEqual([['./a.example.com', './b.example.com'], ['./docs.example.com'], ['~/*']]);
});

test('a workload sees the Services of namespaces in its egress', () => {
  const objects = onSidecars((mesh) => { new Agent(mesh, 'agent', { versions: { v1: Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], egress: { namespaces: ['db'] } }) } }); });
  expect(objects.get('Sidecar', 'agent-v1').spec.egress[0].hosts).toEqual(['db/*']);
});
