import { ApiObject } from 'cdk8s';
import { parse } from 'yaml';
import {
  Agent, AgentMesh, AgentMeshProps, EndpointPicker, EndpointPickerConfig, GatewayExposure, GatewayProvider, InferenceGateway, InferencePool,
  MeshProvider, Port,
  Workload, WorkloadOptions,
} from '../../src';
import { linkerd, sidecar } from '../rejected/tool-programs';
import { existing, IMAGE } from '../story';
import { Build, Manifests, meshOf, problemsOf, synth } from '../synth';

const MESHES: Record<string, Partial<AgentMeshProps>> = {
  ambient: {}, sidecars: sidecar, Linkerd: { ...linkerd, gateway: GatewayProvider.istioAgentgateway() },
};
const speaking = (options: Partial<WorkloadOptions>) => Workload.deploy({ image: IMAGE, ports: [Port.http(9090)], ...options });
const gateway = (mesh: AgentMesh) => new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' } });
const versions = (mesh: AgentMesh, stable: Partial<WorkloadOptions>, canary = stable) =>
  new Agent(mesh, 'asr', { versions: { v1: speaking(stable), v2: speaking(canary) }, stable: 'v1' });
const portOf = (build: Build, service: string, props: Partial<AgentMeshProps> = {}) => synth(build, props).get('Service', service).spec.ports[0];

/** Whatever has a proxy read the requests of an agent's port. */
const ROUTES: Record<string, (mesh: AgentMesh, agent: Agent) => void> = {
  'a route of a gateway': (mesh, agent) => { gateway(mesh).addRoute('r', { target: agent.version('v1') }); },
  'a canary of a gateway': (mesh, agent) => { gateway(mesh).addCanary('c', { stable: agent.version('v1'), canary: agent.version('v2'), percent: 5 }); },
};
const ROUTES_BY_MESH = Object.entries(MESHES).flatMap(([name, props]) =>
  Object.entries(ROUTES).map(([what, route]) => [what, name, route, props] as const));

describe('a port without HTTP', () => {
  test('is accepted if the routed port speaks HTTP', () => {
    expect(problemsOf((mesh) => {
      gateway(mesh).addRoute('r', { target: new Agent(mesh, 'asr', { versions: { v1: Workload.deploy({ image: IMAGE, ports: [Port.http(8000), Port.tcp(9090)] }) } }).version() });
    })).toEqual([]);
  });
});

describe('a gRPC port', () => {
  const grpc = { ports: [Port.grpc(9090)] };
  test.each(Object.entries(MESHES))('is called by HTTP/2 on %s, as its Service says', (_, props) => {
    expect(portOf((mesh) => { new Agent(mesh, 'asr', { versions: { v1: speaking(grpc) } }); }, 'asr', props)).toEqual({ name: 'grpc', appProtocol: 'kubernetes.io/h2c', port: 80, targetPort: 9090, protocol: 'TCP' });
  });
  test.each(ROUTES_BY_MESH)('is routed to by %s on %s', (_, __, route, props) => {
    expect(problemsOf((mesh) => { route(mesh, versions(mesh, grpc)); }, props)).toEqual([]);
  });
  test.each(Object.entries(MESHES))('may have a canary inside the mesh, on %s', (_, props) => {
    const build: Build = (mesh) => { new Agent(mesh, 'asr', { versions: { v1: speaking(grpc), v2: speaking(grpc) }, canary: { version: 'v2', percent: 5 } }); };
    for (const service of ['asr', 'asr-v2']) expect(portOf(build, service, props)).toMatchObject({ appProtocol: 'kubernetes.io/h2c' });
  });
  test('does not change the appProtocol of another port', () => {
    expect(portOf((mesh) => { new Agent(mesh, 'asr', { versions: { v1: Workload.deploy({ image: IMAGE, ports: [Port.http(8000), ...grpc.ports] }) } }); }, 'asr')).toMatchObject({ appProtocol: 'http' });
  });
  test('is a Server with HTTP/2 on Linkerd, if request rules exist', () => {
    const objects = synth((mesh) => { new Agent(mesh, 'asr', { versions: { v1: speaking({ ...grpc, rateLimit: { requestsPerSecond: 5 } }) } }); }, linkerd);
    expect(objects.get('Server', 'asr-v1-9090').spec.proxyProtocol).toBe('HTTP/2');
  });
  test('behind an existing pool has the protocol of that pool', () => {
    expect(problemsOf((mesh) => {
      const picker = EndpointPicker.existing(existing('p', { ports: [Port.http(9002)], service: { name: 'p', port: 9002 } }));
      InferencePool.fromPoolName(gateway(mesh), 'llm', { poolName: 'llm', workload: existing('vllm', grpc), picker });
    })).toEqual([]);
  });
});

describe('a pool with gRPC ports', () => {
  const picker = (name = 'p', options = {}) => EndpointPicker.existing(existing(name, { ports: [Port.grpc(9002)], service: { name, port: 9002 } }), options);
  const vllm = (name: string, ...ports: Port[]) => existing(name, { ports });
  const upgraded = (objects: Manifests) => objects.find('DestinationRule', 'edge-inner-istio')?.spec.trafficPolicy;
  const upgrade = (port: number) => ({ port: { number: port }, connectionPool: { http: { h2UpgradePolicy: 'UPGRADE' } } });
  const edge = (mesh: AgentMesh) => new InferenceGateway(mesh, 'edge', { hostnames: ['a.example.com'], tls: { secretName: 'tls' } });

  test('is called by HTTP/2 from the edge gateway to the pods', () => {
    const objects = synth((mesh) => {
      const models = edge(mesh);
      models.addPool('http', { workload: vllm('http', Port.http(8000)), picker: picker('one'), innerPort: 20001 });
      models.addPool('grpc', { workload: vllm('grpc', Port.grpc(8000), Port.grpc(8001)), targetPorts: [8000, 8001], picker: picker('two'), innerPort: 20002 });
      InferencePool.fromPoolName(models, 'theirs', { poolName: 'theirs', workload: vllm('theirs', Port.grpc(8000)), picker: picker('three'), innerPort: 20003 });
    });
    expect(['http', 'grpc'].map((name) => objects.get('InferencePool', name).spec.appProtocol)).toEqual([undefined, 'kubernetes.io/h2c']);
    expect(upgraded(objects)).toEqual({ portLevelSettings: [upgrade(20002), upgrade(20003)] });
  });
  test('keeps the mutual TLS of sidecars at its port', () => {
    const objects = synth((mesh) => {
      edge(mesh).addPool('grpc', { workload: vllm('grpc', Port.grpc(8000)), picker: picker('two', { selfSignedTls: false }), innerPort: 20002 });
    }, { mesh: MeshProvider.istioSidecar() });
    const tls = { mode: 'ISTIO_MUTUAL' };
    expect(upgraded(objects)).toEqual({ tls, portLevelSettings: [{ ...upgrade(20002), tls }] });
  });
  test('is called by HTTP/2 from callers inside the mesh', () => {
    const objects = synth((mesh) => {
      const pool = new InferenceGateway(mesh, 'models', { exposure: GatewayExposure.IN_MESH }).addPool('grpc', { workload: vllm('grpc', Port.grpc(8000)), picker: picker() });
      pool.grantInfer(new Agent(mesh, 'caller', { versions: { v1: speaking({}) } }));
    });
    expect(objects.get('Service', 'grpc-inference').spec.ports).toMatchObject([{ name: 'grpc', appProtocol: 'kubernetes.io/h2c' }]);
    expect(objects.names('DestinationRule').filter((name) => name.includes('inner'))).toEqual([]);
  });
  test('leaves gateways without such pools as they are', () => {
    expect(upgraded(synth((mesh) => { edge(mesh).addPool('http', { workload: vllm('http', Port.http(8000)), picker: picker() }); }))).toBeUndefined();
  });
  const parsing = (...parsers: string[]) => EndpointPicker.deploy({
    config: EndpointPickerConfig.custom({
      plugins: [{ type: 'queue-scorer' }, ...parsers.map((type) => ({ type }))], schedulingProfiles: [{ name: 'default', plugins: [{ plugin: 'queue-scorer' }] }], parsers,
    }),
  });
  const both = [Port.grpc(8000), Port.http(9100)];
  test('has a picker of the library that parses gRPC, and reads metrics at a port that speaks HTTP/1.1', () => {
    const objects = synth((mesh) => {
      edge(mesh).addPool('llm', { workload: Workload.deploy({ image: IMAGE, ports: both }), metricsPort: 9100, picker: parsing('vllmgrpc-parser') });
    });
    const file = parse(objects.get('ConfigMap', 'llm-epp').data['endpoint-picker.yaml']);
    expect(objects.get('InferencePool', 'llm').spec).toMatchObject({ appProtocol: 'kubernetes.io/h2c', targetPorts: [{ number: 8000 }] });
    expect(file.requestHandler).toEqual({ parsers: [{ pluginRef: 'vllmgrpc-parser' }] });
    expect(file.plugins).toContainEqual({ type: 'metrics-data-source', parameters: { scheme: 'http', path: '/metrics', port: 9100 } });
  });
  test('has a picker of the library that reads neither requests nor metrics', () => {
    expect(problemsOf((mesh) => { edge(mesh).addPool('asr', { workload: vllm('asr', Port.grpc(8000)), picker: EndpointPicker.deploy({ config: EndpointPickerConfig.payloadAgnostic() }) }); })).toEqual([]);
  });
  test.each<[string, readonly Port[], number | undefined, EndpointPicker, RegExp]>([
    ['the parsers that a picker has by default', both, 9100, EndpointPicker.deploy(), /a port in `targetPorts` speaks gRPC \(servers of pool llm declares it as `Port\.grpc\(8000\)`\), but the endpoint picker parses other requests; got "the parsers that the picker has by default, which parse requests over HTTP\/1\.1"; allowed: only vllmgrpc-parser, vertexai-parser, passthrough-parser/],
    ['a parser of HTTP beside one of gRPC', both, 9100, parsing('vllmgrpc-parser', 'openai-parser'), /but the endpoint picker parses other requests; got \["vllmgrpc-parser","openai-parser"\]/],
    ['metrics at the serving port', both, undefined, parsing('vllmgrpc-parser'), /would read metrics over HTTP\/1\.1 at port 8000, at which servers of pool llm speak gRPC; got 8000; allowed: `metricsPort` that speaks HTTP\/1\.1/],
    ['a parser of gRPC for ports of HTTP', [Port.http(8000)], undefined, parsing('openai-parser', 'vllmgrpc-parser'), /would never use vllmgrpc-parser, because the target ports speak HTTP\/1\.1 and it parses gRPC; got \["vllmgrpc-parser"\]/],
  ])('is refused with %s', (_what, ports, metricsPort, pickers, expected) => {
    expect(problemsOf((mesh) => { edge(mesh).addPool('llm', { workload: vllm('llm', ...ports), metricsPort, picker: pickers }); })).toEqual([expect.stringMatching(expected)]);
  });
  test('is refused with ports of both protocols', () => {
    expect(problemsOf((mesh) => { edge(mesh).addPool('grpc', { workload: vllm('grpc', Port.http(8000), Port.grpc(8001)), targetPorts: [8000, 8001], picker: picker() }); })).toEqual([expect.stringMatching(/one protocol for all its ports/)]);
  });
});

describe('a port whose TLS the workload terminates', () => {
  const tls = { ports: [Port.tls(8443)] };
  test.each(Object.entries(MESHES))('is opaque on %s, as its Service says', (name, props) => {
    const port = portOf((mesh) => { new Agent(mesh, 'asr', { versions: { v1: speaking(tls) } }); }, 'asr', props);
    expect(port).toEqual({ name: 'tls', appProtocol: name === 'Linkerd' ? 'linkerd.io/opaque' : 'tls', port: 80, targetPort: 8443, protocol: 'TCP' });
  });
  test.each(Object.entries(MESHES))('has the protocol beside another port too, on %s', (name, props) => {
    const ports = synth((mesh) => {
      const asr = new Agent(mesh, 'asr', { versions: { v1: speaking({ ports: [Port.http(8000), ...tls.ports, Port.tcp(5432)] }) } });
      asr.grantPorts([8443, 5432], new Agent(mesh, 'peer', { versions: { v1: speaking({}) } }));
    }, props).get('Service', 'asr').spec.ports.map(({ name: called, appProtocol }: any) => [called, appProtocol]);
    const own = (protocol: string) => (name === 'Linkerd' ? 'linkerd.io/opaque' : protocol);
    expect(ports).toEqual([['http', 'http'], ['tcp-5432', own('tcp')], ['tls-8443', own('tls')]]);
  });
  test('is opaque to the proxies of Linkerd, at its pods and its Server', () => {
    const objects = synth((mesh) => { new Agent(mesh, 'asr', { versions: { v1: speaking(tls) } }); }, linkerd);
    expect(objects.get('Server', 'asr-v1-8443').spec.proxyProtocol).toBe('opaque');
    expect(objects.get('Deployment', 'asr-v1').spec.template.metadata.annotations['config.linkerd.io/opaque-ports']).toBe('8443');
  });
  test.each(Object.entries(MESHES))('is called by granted identities alone, on %s', (_, props) => {
    const { mesh } = meshOf((at) => {
      const [asr, peer] = ['asr', 'peer'].map((name) => new Agent(at, name, { versions: { v1: speaking(tls) } }));
      asr.grantCall(peer);
    }, props);
    const [asr, peer] = ['asr', 'peer'].map((name) => mesh.node.findChild(name) as Agent);
    expect([mesh.decide({ caller: peer, callee: asr }).allowed, mesh.decide({ caller: asr, callee: peer }).allowed]).toEqual([true, false]);
  });
  test('is probed by a TCP connection', () => {
    const [container] = synth((mesh) => { new Agent(mesh, 'asr', { versions: { v1: speaking(tls) } }); }).get('Deployment', 'asr-v1').spec.template.spec.containers;
    expect(container.readinessProbe.tcpSocket).toEqual({ port: 8443 });
  });
  test.each(['https', 'tls-db', 'tcp'])('may have an existing Service whose port is named %s', (name) => {
    expect(problemsOf((mesh, chart) => {
      new Agent(mesh, 'v', { versions: { v1: existing('vectors', { ports: tls.ports, service: { name: 'vectors', port: 8443 } }) } });
      new ApiObject(chart, 'service', { apiVersion: 'v1', kind: 'Service', metadata: { name: 'vectors', namespace: 'voice' }, spec: { selector: { app: 'vectors' }, ports: [{ name, port: 8443 }] } } as never);
    })).toEqual([]);
  });
});

test('a second port without HTTP does not change probes', () => {
  expect(problemsOf((mesh) => { new Agent(mesh, 'db', { versions: { v1: Workload.deploy({ image: IMAGE, ports: [Port.http(8080), Port.tcp(9090)], healthPath: '/' }) } }); })).toEqual([]);
});
