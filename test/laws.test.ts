import { mkdtempSync, readdirSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { ApiObject, Chart, JsonPatch, Testing } from 'cdk8s';
import {
  Agent, AgentMesh, Cluster, EndpointPicker, GatewayProvider, Identity, InferenceGateway, InferencePool, IstioRelease, McpServer, McpToolBoundary,
  Port, Waypoint, Workload,
} from '../src';
import { deploy, existing, existingPicker, story } from './story';
import { Manifest, Manifests, meshOf, problemsOf, synth } from './synth';

const key = ({ kind, metadata }: Manifest) => `${kind}/${metadata.namespace ?? ''}/${metadata.name}`;
const byKey = (objects: Manifests) => new Map(objects.all.map((object) => [key(object), JSON.stringify(object)]));

/** The objects that two programs do not have alike. */
function difference(before: Manifests, after: Manifests): string[] {
  const [a, b] = [byKey(before), byKey(after)];
  return [...new Set([...a.keys(), ...b.keys()])].filter((one) => a.get(one) !== b.get(one)).sort();
}

const caller = Identity.of({ namespace: 'far', serviceAccount: 'caller' });
const hosts = { hostnames: ['a.example.com'], tls: { secretName: 'tls' } };

describe('law 1, admitted', () => {
  test('no two objects have the same name, and each has the required fields', () => {
    const objects = synth((mesh) => { story(mesh); });
    expect(new Set(objects.all.map(key)).size).toBe(objects.all.length);
    for (const { apiVersion, kind, metadata } of objects.all) expect([apiVersion, kind, metadata.name]).not.toContain(undefined);
  });
  test('empty lists, which Istio rejects, are never written', () => {
    const written = JSON.stringify(synth((mesh) => { story(mesh); new McpToolBoundary(mesh, 'idle', { server: McpServer.of(deploy(), { tools: ['t'] }) }); }).all);
    expect(written).not.toMatch(/"(rules|from|to|serviceAccounts|principals|hosts|ports|paths|methods)":\[\]/);
  });
});

describe('law 2, enforced or refused', () => {
  test('a grant that no component enforces fails synth and names a provider that could', () => {
    expect(problemsOf((mesh) => story(mesh).crm.grantTools(['refund'], caller))).toEqual([expect.stringContaining('use McpProvider.agentgateway')]);
  });
  test('a refused grant opens nothing', () => {
    const { chart, mesh } = meshOf(() => {});
    const crm = new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy(), { tools: ['refund'] }) });
    crm.grantTools(['refund'], caller);
    expect(() => Testing.synth(chart)).toThrow();
    expect(ApiObject.of(crm.node.findChild('request-policy')).toJson().spec).not.toHaveProperty('rules');
  });
});

describe('law 3, closed by default', () => {
  test('no callers is written as deny-all at every layer, never as a missing policy', () => {
    const objects = synth((mesh) => {
      new Agent(mesh, 'agent', { versions: { v1: deploy() } });
      new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy(), { tools: ['t'] }) });
    });
    expect(objects.get('AuthorizationPolicy', 'voice-deny-all').spec).toEqual({});
    expect(objects.get('AuthorizationPolicy', 'voice-waypoint-deny-all').spec).not.toHaveProperty('rules');
    expect(objects.get('AuthorizationPolicy', 'agent-v1-workload').spec).toEqual({ selector: { matchLabels: { 'app.kubernetes.io/name': 'agent', 'app.kubernetes.io/version': 'v1' } } });
    expect(objects.get('AuthorizationPolicy', 'crm').spec).toEqual({ targetRefs: [{ group: '', kind: 'Service', name: 'crm' }] });
  });
  test('a grant opens one port of one callee for one caller', () => {
    const spec = synth((mesh) => new Agent(mesh, 'agent', { versions: { v1: deploy([8000, 9000]) } }).grantCall(caller)).get('AuthorizationPolicy', 'agent-v1-workload').spec;
    expect(spec.rules).toEqual([{ from: [{ source: { serviceAccounts: ['far/caller'] } }], to: [{ operation: { ports: ['8000'] } }] }]);
  });
  test('every namespace with objects of the mesh denies by default', () => {
    const objects = synth((mesh) => {
      new Agent(mesh, 'a', { versions: { v1: deploy() }, namespace: 'one' });
      new Agent(mesh, 'b', { versions: { v1: existing('b', { namespace: 'two' }) } }); // stated as existing
      new McpToolBoundary(mesh, 'c', { server: McpServer.of(deploy(), { tools: ['t'] }), namespace: 'three' });
      new Waypoint(mesh, 'd', { namespace: 'four' });
      new InferenceGateway(mesh, 'e', { ...hosts, namespace: 'five' });
    }, { existingNamespaces: ['two'] });
    for (const { metadata: { namespace } } of objects.all.filter(({ metadata }) => metadata.namespace)) {
      expect(objects.get('AuthorizationPolicy', `${namespace}-deny-all`, namespace).spec).toEqual({});
      expect(objects.get('PeerAuthentication', `${namespace}-strict-mtls`, namespace).spec.mtls.mode).toBe('STRICT');
    }
  });
});

describe('law 4, no way around', () => {
  test('pods behind a waypoint accept connections from that waypoint only', () => {
    const objects = synth((mesh) => {
      const waypoint = new Waypoint(mesh, 'wp');
      new Agent(mesh, 'agent', { versions: { v1: deploy() }, waypoint }).grantCall(caller);
      new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy(), { tools: ['t'] }), waypoint }).grantAllTools(caller);
    });
    for (const workloadPolicy of ['agent-v1-workload', 'crm-workload']) {
      expect(objects.get('AuthorizationPolicy', workloadPolicy).spec.rules.flatMap(({ from }: { from: unknown[] }) => from)).toEqual([{ source: { serviceAccounts: ['voice/wp'] } }]);
    }
    expect(objects.get('AuthorizationPolicy', 'agent').spec.rules[0].from).toEqual([{ source: { serviceAccounts: ['far/caller'] } }]);
  });
  test('a gateway calls a Service behind a waypoint through the waypoint', () => {
    const objects = synth((mesh) => {
      const agent = new Agent(mesh, 'agent', { versions: { v1: deploy() }, waypoint: new Waypoint(mesh, 'wp') });
      new InferenceGateway(mesh, 'gw', hosts).addRoute('all', { target: agent.version() });
    });
    expect(objects.get('Service', 'agent').metadata.labels).toEqual({ 'istio.io/use-waypoint': 'wp', 'istio.io/ingress-use-waypoint': 'true' });
    expect(objects.get('AuthorizationPolicy', 'agent').spec.rules[0].from).toEqual([{ source: { serviceAccounts: ['voice-edge/gw-istio'] } }]);
    expect(objects.get('AuthorizationPolicy', 'agent-v1-workload').spec.rules[0].from).toEqual([{ source: { serviceAccounts: ['voice/wp'] } }]);
  });
  test('a Service behind the enrolled gateway has no ingress-use-waypoint label, which would end in 503', () => {
    const labels = synth((mesh) => { story(mesh); }).all.map(({ metadata }) => JSON.stringify(metadata.labels ?? {}));
    expect(labels.join()).not.toContain('ingress-use-waypoint');
  });
  test('a version served by a pool has no Service unless the program asks for one', () => {
    const withPool = (service?: boolean) => synth((mesh) => {
      const agent = new Agent(mesh, 'agent', { versions: { v1: deploy() }, service });
      new InferenceGateway(mesh, 'gw', hosts).addPool('llm', { workload: agent.version('v1') });
    }).names('Service');
    expect(withPool()).toEqual(['Service/voice/llm-epp']);
    expect(withPool(true).sort()).toEqual(['Service/voice/agent', 'Service/voice/llm-epp']);
  });
});

describe('law 5, stable', () => {
  test('the same program gives the same bytes', () => {
    expect(JSON.stringify(synth((mesh) => { story(mesh); }).all)).toBe(JSON.stringify(synth((mesh) => { story(mesh); }).all));
  });
  test('a grant changes only its callee\'s policy', () => {
    const before = synth((mesh) => { story(mesh); });
    expect(difference(before, synth((mesh) => story(mesh).crm.grantAllTools(caller)))).toEqual(['AuthorizationPolicy/voice/crm']);
    const agents = (grant: boolean) => synth((mesh) => {
      const [one, two] = ['one', 'two'].map((name) => new Agent(mesh, name, { versions: { v1: deploy() } }));
      if (grant) two.grantCall(one);
    });
    expect(difference(agents(false), agents(true))).toEqual(['AuthorizationPolicy/voice/two-v1-workload']);
  });
  test('adding an agent changes no other object', () => {
    const before = synth((mesh) => { story(mesh); });
    const after = synth((mesh) => { new Agent(mesh, 'another', { versions: { v1: deploy() } }); story(mesh); });
    expect(difference(before, after).filter((one) => !one.includes('/another'))).toEqual([]);
  });
  test('a version added in the middle changes no other version\'s port', () => {
    const ports = (versions: string[]) => synth((mesh) => {
      const gateway = new InferenceGateway(mesh, 'gw', hosts);
      for (const version of versions) gateway.addPool(version, { workload: deploy() });
    }).get('Gateway', 'gw-inner').spec.listeners.map(({ name, port }: { name: string; port: number }) => `${name}:${port}`);
    expect(ports(['v1', 'v2', 'v3'])).toEqual(expect.arrayContaining(ports(['v1', 'v3'])));
    expect(ports(['v1', 'v3'])).toHaveLength(2);
  });
  test('adding a host renames no listener', () => {
    const listeners = (hostnames: string[]) => synth((mesh) => { new InferenceGateway(mesh, 'gw', { ...hosts, hostnames }); })
      .get('Gateway', 'gw', 'voice-edge').spec.listeners.map(({ name }: { name: string }) => name);
    expect(listeners(['*.b.example', 'a.example'])).toEqual([expect.stringMatching(/^https-wildcard-b-example-[0-9a-f]{8}$/), ...listeners(['a.example'])]);
    expect(listeners(['a.example'])).toEqual(['https-a-example']);
  });
  test('long hosts, and hosts that differ only in dot and dash, get separate listeners', () => {
    const hostnames = ['a-b.example', 'a.b-example', 'a.b.example', '*.b.example', 'wildcard.b.example', `${'x'.repeat(60)}.example`, `${'x'.repeat(60)}.example.org`];
    const names: string[] = synth((mesh) => { new InferenceGateway(mesh, 'gw', { ...hosts, hostnames }); })
      .get('Gateway', 'gw', 'voice-edge').spec.listeners.map(({ name }: { name: string }) => name);
    expect(new Set(names).size).toBe(hostnames.length);
    for (const name of names) expect(name).toMatch(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
  });
});

describe('law 6, open', () => {
  test('every object is an ApiObject, and JSON patches survive, also of unknown fields', () => {
    const { chart } = meshOf((mesh) => { story(mesh); });
    const objects = chart.node.findAll().filter((one): one is ApiObject => ApiObject.isApiObject(one));
    for (const object of objects) object.addJsonPatch(JsonPatch.add('/fromTheFuture', { kept: true }));
    const written = Testing.synth(chart);
    expect(written).toHaveLength(objects.length);
    for (const object of written) expect(object.fromTheFuture).toEqual({ kept: true });
  });
  test('ApiObject.of returns the main object of a construct', () => {
    const { mesh } = meshOf(() => {});
    const { gateway, stable, route, crm } = story(mesh);
    expect([gateway, stable, route, crm].map((one) => ApiObject.of(one)).map(({ kind, name }) => `${kind} ${name}`))
      .toEqual(['Gateway voice-gw', 'InferencePool assistant-v1', 'HTTPRoute chat', 'AuthorizationPolicy crm-workload']);
    expect(ApiObject.of(new Agent(mesh, 'one', { versions: { v1: existing('one') } })).name).toBe('one-v1-workload');
  });
  test('an existing Gateway gets routes, and its proxies are allowed', () => {
    const objects = synth((mesh) => {
      const gateway = InferenceGateway.fromGatewayName(mesh, 'gw', { gatewayName: 'corporate', namespace: 'ingress', hostnames: ['a.example.com'], serviceAccount: 'corporate' });
      gateway.addRoute('all', { target: gateway.addPool('llm', { workload: deploy() }) });
    });
    expect(objects.names('Gateway')).toEqual(['Gateway/voice/corporate-inner']);
    expect(objects.names().filter((name) => name.includes('/ingress'))).toEqual([]);
    expect(objects.get('HTTPRoute', 'all').spec.parentRefs).toEqual([{ name: 'corporate', namespace: 'ingress', port: 443 }]);
    expect(objects.get('AuthorizationPolicy', 'corporate-inner-edge').spec.rules[0].from).toEqual([{ source: { serviceAccounts: ['ingress/corporate'] } }]);
  });
  test('an existing Gateway in a namespace of the mesh is allowed its hosts despite the deny-all', () => {
    const objects = synth((mesh) => {
      InferenceGateway.fromGatewayName(mesh, 'gw', { gatewayName: 'corporate', namespace: 'ingress', hostnames: ['a.example.com'] });
    }, { existingNamespaces: ['ingress'] });
    expect(objects.get('AuthorizationPolicy', 'corporate-hosts', 'ingress').spec).toMatchObject({ targetRefs: [{ kind: 'Gateway', name: 'corporate' }], rules: [{ to: [{ operation: { hosts: ['a.example.com', 'a.example.com:*'] } }] }] });
  });
  test('an existing Gateway without a stated ServiceAccount gets that of its class', () => {
    const objects = synth((mesh) => {
      const gateway = InferenceGateway.fromGatewayName(mesh, 'gw', { gatewayName: 'corporate', namespace: 'ingress', hostnames: ['a.example.com'] });
      gateway.addPool('llm', { workload: deploy() });
    }, { gateway: GatewayProvider.istio({ gatewayClassName: 'corp' }) });
    expect(objects.get('AuthorizationPolicy', 'corporate-inner-edge').spec.rules[0].from).toEqual([{ source: { serviceAccounts: ['ingress/corporate-corp'] } }]);
  });
  test('an existing pool and its picker are protected and routed to, not deployed', () => {
    const objects = synth((mesh) => {
      const gateway = new InferenceGateway(mesh, 'gw', hosts);
      gateway.addRoute('all', { target: InferencePool.fromPoolName(gateway, 'llm', { poolName: 'their-pool', workload: existing('vllm', { ports: [Port.http(8000), Port.http(8001)] }), targetPorts: [8000, 8001], picker: existingPicker() }) });
    });
    expect(objects.names('InferencePool')).toEqual([]);
    expect(objects.names('Deployment')).toEqual([]);
    expect(objects.get('HTTPRoute', 'their-pool').spec.rules[0].backendRefs).toEqual([{ group: 'inference.networking.k8s.io', kind: 'InferencePool', name: 'their-pool' }]);
    expect(objects.get('AuthorizationPolicy', 'their-pool-epp-workload').spec).toMatchObject({ selector: { matchLabels: { app: 'picker' } }, rules: [{ from: [{ source: { serviceAccounts: ['voice/gw-inner-istio'] } }], to: [{ operation: { ports: ['9002'] } }] }] });
    expect(objects.get('AuthorizationPolicy', 'their-pool-workload').spec.rules).toEqual([{ from: [{ source: { serviceAccounts: ['voice/gw-inner-istio', 'voice/picker'] } }], to: [{ operation: { ports: ['8000', '8001'] } }] }]);
    expect(objects.get('DestinationRule', 'picker').spec.host).toBe('picker.voice.svc.cluster.local');
  });
  test('an existing picker that serves plain text gets no DestinationRule', () => {
    const picker = EndpointPicker.existing(existing('picker', { ports: [Port.http(9002)], service: { name: 'picker', port: 9100 } }), { selfSignedTls: false });
    const objects = synth((mesh) => { new InferenceGateway(mesh, 'gw', hosts).addPool('llm', { workload: deploy(), picker }); });
    expect(objects.names('DestinationRule')).toEqual([]);
    expect(objects.get('AuthorizationPolicy', 'llm-epp-workload').spec.rules[0].to).toEqual([{ operation: { ports: ['9002'] } }]);
    expect(objects.get('InferencePool', 'llm').spec.endpointPickerRef).toMatchObject({ name: 'picker', port: { number: 9100 } });
  });
  test('an existing waypoint in the mesh\'s namespace is closed and used, not created', () => {
    const objects = synth((mesh) => {
      const waypoint = Waypoint.fromGatewayName(mesh, 'wp', { gatewayName: 'theirs', serviceAccount: 'proxy' });
      new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy(), { tools: ['t'] }), waypoint });
    });
    expect(objects.names('Gateway')).toEqual([]);
    expect(objects.get('AuthorizationPolicy', 'theirs-deny-all').spec.targetRefs[0].name).toBe('theirs');
    expect(objects.get('Service', 'crm').metadata.labels).toEqual({ 'istio.io/use-waypoint': 'theirs' });
    expect(objects.get('AuthorizationPolicy', 'crm-workload').spec.rules[0].from).toEqual([{ source: { serviceAccounts: ['voice/proxy'] } }]);
  });
  test('a shared existing waypoint is not changed, and Services behind it deny by default', () => {
    const objects = synth((mesh) => {
      const waypoint = Waypoint.fromGatewayName(mesh, 'wp', { gatewayName: 'shared', namespace: 'platform', deniesByDefault: true });
      new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy(), { tools: ['t'] }), waypoint });
    });
    expect(objects.names().filter((name) => name.includes('platform'))).toEqual([]);
    expect(objects.get('Service', 'crm').metadata.labels).toEqual({ 'istio.io/use-waypoint': 'shared', 'istio.io/use-waypoint-namespace': 'platform' });
    expect(objects.get('AuthorizationPolicy', 'crm').spec).not.toHaveProperty('rules');
  });
  test('an existing namespace gets policies and no Namespace object', () => {
    const objects = synth((mesh) => { new Agent(mesh, 'agent', { versions: { v1: existing('a') } }); }, { existingNamespaces: ['voice'] });
    expect(objects.names('Namespace')).toEqual([]);
    expect(objects.get('AuthorizationPolicy', 'voice-deny-all').spec).toEqual({});
  });
});

describe('law 7, honest about versions', () => {
  test('a feature that a release lacks is refused with the reason, and accepted on a release that has it', () => {
    const withClientCertificates = (mesh: AgentMesh) => { new InferenceGateway(mesh, 'gw', { ...hosts, tls: { secretName: 'tls', clientCaConfigMapName: 'ca' } }); };
    const cluster = Cluster.of({ istioRelease: IstioRelease.V1_30 });
    expect(problemsOf(withClientCertificates, { cluster })).toEqual([expect.stringContaining('Istio 1.30 does not verify')]);
    expect(synth(withClientCertificates).get('Gateway', 'gw', 'voice-edge').spec.tls)
      .toEqual({ frontend: { default: { validation: { caCertificateRefs: [{ group: '', kind: 'ConfigMap', name: 'ca' }] } } } });
  });
});

describe('law 8, no secrets, no floating images', () => {
  test('secrets are references', () => {
    const workload = Workload.deploy({ image: 'a.example/b:1', ports: [Port.http(1)], secretEnv: { API_KEY: { secretName: 'keys', key: 'openai' } }, env: { MODE: 'x' } });
    const objects = synth((mesh) => { new Agent(mesh, 'agent', { versions: { v1: workload } }); });
    expect(objects.get('Deployment', 'agent-v1').spec.template.spec.containers[0].env)
      .toEqual([{ name: 'API_KEY', valueFrom: { secretKeyRef: { key: 'openai', name: 'keys' } } }, { name: 'MODE', value: 'x' }]);
    expect(objects.names('Secret')).toEqual([]);
  });
  test('every image has a tag that is not latest', () => {
    const images = JSON.stringify(synth((mesh) => { story(mesh); }).all).match(/"image":"[^"]+"/g)!;
    expect(images.length).toBe(5);
    for (const image of images) expect(image).toMatch(/:[^:"]*\d[^:"]*"$/);
  });
});

describe('law 9, one clear error', () => {
  test('all problems come in one report, and no file is written', () => {
    const outdir = mkdtempSync(join(tmpdir(), 'laws-'));
    const { app, mesh } = meshOf(() => {});
    Object.assign(app, { outdir });
    new Agent(mesh, 'Bad', { versions: { v1: Workload.deploy({ image: 'x', ports: [Port.http(0)] }) } });
    const gateway = new InferenceGateway(mesh, 'gw', { ...hosts, hostnames: ['a b'] });
    gateway.addCanary('c', { stable: gateway.addPool('p', { workload: deploy(), targetPorts: [1] }), canary: gateway.addPool('q', { workload: deploy() }), percent: 500 });
    new Chart(app, 'second', { namespace: 'x' });
    let message = '';
    try { app.synth(); } catch (error) { message = (error as Error).message; }
    const said = message.split('\n').slice(1).map((line) => /\] (\S+): /.exec(line)?.[1]);
    expect(said).toEqual(['app/mesh/Bad', 'app/mesh/Bad', 'app/mesh/Bad', 'app/mesh/gw', 'app/mesh/gw/p', 'app/mesh/gw/c']);
    expect(readdirSync(outdir)).toEqual([]);
  });
});
