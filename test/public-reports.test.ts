// Programs after public reports about meshes that were written by hand, each with what it must come to here.
import { mkdtempSync, readdirSync, rmSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { ApiObject, App, Chart, YamlOutputType } from 'cdk8s';
import {
  Agent, AgentMesh, AgentMeshProps, Cluster, ExternalHost, GatewayProvider, Identity, InferenceGateway, McpProvider, McpServer, McpToolBoundary,
  MediaPort, MeshProvider, Port, UnauthenticatedPort, Workload,
} from '../src';
import { deploy, existing, IMAGE } from './story';
import { Build, meshOf, problemsOf, synth } from './synth';

const edgeGateway = (mesh: AgentMesh) => new InferenceGateway(mesh, 'edge', { hostnames: ['desk.example.com'], tls: { secretName: 'desk-tls' } });
const says = (build: Build, props: Partial<AgentMeshProps> = {}) => meshOf(build, props).mesh.describeAccess();

describe('files and clusters', () => {
  test('each object has a file of its own (cdk8s-team/cdk8s#2821)', () => {
    for (const yamlOutputType of [YamlOutputType.FILE_PER_RESOURCE, YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE]) {
      const outdir = mkdtempSync(join(tmpdir(), 'files-'));
      try {
        const app = new App({ outdir, yamlOutputType });
        const mesh = new AgentMesh(new Chart(app, 'desk'), 'mesh', { namespace: 'desk', mesh: MeshProvider.istioAmbient(), gateway: GatewayProvider.istio() });
        new Agent(mesh, 'back', { namespace: 'desk-data', versions: { v1: deploy() } }).grantCall(new Agent(mesh, 'frontend', { versions: { v1: deploy() } }));
        const objects = mesh.node.findAll().filter((one) => ApiObject.isApiObject(one));
        app.synth();
        const files = readdirSync(outdir, { recursive: true }).map(String).filter((name) => name.endsWith('.yaml'));
        expect(files).toHaveLength(objects.length);
        expect(files.filter((name) => /strict-mtls|deny-all|telemetry/.test(name)).length).toBe(6);
      } finally {
        rmSync(outdir, { recursive: true });
      }
    }
  });
  test('one app serves a cluster for each chart, where they are named (cdk8s-team/cdk8s#2828)', () => {
    const clusters = (names: (string | undefined)[]) => {
      const app = new App();
      for (const [i, name] of names.entries()) {
        const mesh = new AgentMesh(new Chart(app, `chart-${i}`), 'mesh', { namespace: 'desk', cluster: Cluster.of({ name }), mesh: MeshProvider.istioAmbient(), gateway: GatewayProvider.istio() });
        new Agent(mesh, 'frontend', { versions: { v1: deploy() } });
      }
      return app;
    };
    const [staging, prod] = clusters(['staging', 'prod']).charts.map((chart) => chart.toJson());
    expect(staging).toEqual(prod);
    expect(() => clusters([undefined, undefined]).synthYaml()).toThrow(/give each mesh a `Cluster` with a `name`/);
  });
});

test('a host named by one workload is open to unrestricted callers, and the report says so (defenseunicorns/uds-core#2064)', () => {
  const report = says((mesh) => {
    new Agent(mesh, 'writer', { versions: { v1: Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], egress: { hosts: [ExternalHost.https('api.models.example')] } }) } });
    new Agent(mesh, 'crawler', { versions: { v1: deploy() } });
  });
  expect(report).toContain('external host api.models.example by name, on ports 80 and 443, through waypoint voice/voice-waypoint\n  <- agent writer: port 443\n  <- agent crawler: no egress limits\n  <- pods outside namespaces voice');
});

test('a server that starts slowly is not restarted (kserve/kserve#5062, vllm-project/aibrix#772)', () => {
  const [container] = synth((mesh) => { new Agent(mesh, 'llm', { versions: { v1: Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], healthPath: '/health' }) } }); })
    .get('Deployment', 'llm-v1').spec.template.spec.containers;
  expect(container.startupProbe.failureThreshold * container.startupProbe.periodSeconds).toBe(600);
});

test('a canary on a port without HTTP is refused (fluxcd/flagger#1021)', () => {
  const version = () => Workload.deploy({ image: IMAGE, ports: [Port.tcp(9090)] });
  expect(problemsOf((mesh) => {
    new Agent(mesh, 'asr', { versions: { v1: version(), v2: version() }, canary: { version: 'v2', percent: 50 } });
  })[0]).toContain('a route cannot send requests to agent asr v1: port 9090 does not speak HTTP');
});

test('a gRPC agent behind a gateway is called by HTTP/2 (open-feature/open-feature-operator#796, kagent-dev/kagent#2885)', () => {
  expect(synth((mesh) => {
    const agent = new Agent(mesh, 'a2a', { versions: { v1: Workload.deploy({ image: IMAGE, ports: [Port.grpc(50051)] }) } });
    edgeGateway(mesh).addRoute('a2a-route', { target: agent.version() });
  }).get('Service', 'a2a').spec.ports[0].appProtocol).toBe('kubernetes.io/h2c');
});

test('a proxy calls a server at the server\'s own path (kubernetes-sigs/kube-agentic-networking, quickstart)', () => {
  const remote = synth((mesh) => { new McpToolBoundary(mesh, 'wiki', { path: '/remote/mcp', servers: { remote: McpServer.external({ host: ExternalHost.https('mcp.wiki.example'), tools: ['read'] }) } }); },
    { mcp: McpProvider.agentgateway() }).get('AgentgatewayBackend', 'wiki').spec.mcp.targets[0].static;
  expect(remote).toMatchObject({ host: 'mcp.wiki.example', path: '/mcp' });
});

test('a route to the team\'s Gateway is not served over plain HTTP (kubernetes-sigs/gateway-api#2622)', () => {
  const parent = (more: object) => synth((mesh) => {
    const corp = InferenceGateway.fromGatewayName(mesh, 'corp', { gatewayName: 'corp', namespace: 'ingress', hostnames: ['desk.example.com'], ...more });
    corp.addRoute('frontend', { target: new Agent(mesh, 'frontend', { versions: { v1: deploy() } }).version() });
  }).get('HTTPRoute', 'frontend').spec.parentRefs[0];
  expect([parent({}), parent({ listener: 'https' })]).toEqual([{ name: 'corp', namespace: 'ingress', port: 443 }, { name: 'corp', namespace: 'ingress', sectionName: 'https' }]);
});

test('ports that a grant leaves closed are a finding (istio/istio#56505)', () => {
  const prometheus = Identity.of({ namespace: 'monitoring', serviceAccount: 'prometheus' });
  const { mesh } = meshOf((it) => {
    const vectors = new Agent(it, 'vectors', { versions: { v1: existing('vectors', { ports: [Port.http(6333), Port.http(6335), Port.http(9100)] }) } });
    vectors.grantCall(vectors, prometheus);
  });
  expect(mesh.findings()).toEqual([expect.objectContaining({ id: 'AM401', actual: '[6335,9100]' })]);
  expect(mesh.describeAccess()).toContain('identity monitoring/prometheus: port 6333');
});

describe('an object of the app for a namespace of the mesh', () => {
  test('that removes it from the mesh is refused (istio/istio#50736)', () => {
    expect(problemsOf((mesh, chart) => {
      new ApiObject(chart, 'crm', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'crm', labels: { 'istio.io/dataplane-mode': 'none' } } });
      new Agent(mesh, 'tickets', { versions: { v1: existing('tickets', { namespace: 'crm' }) } });
    }, { existingNamespaces: ['crm'] })).toEqual([expect.stringMatching(/crm.*AM101/)]);
  });
  test('that opens it is refused (kubeflow/community-distribution#2201)', () => {
    expect(problemsOf((mesh, chart) => {
      new Agent(mesh, 'frontend', { versions: { v1: deploy() } });
      new ApiObject(chart, 'allow', { apiVersion: 'security.istio.io/v1', kind: 'AuthorizationPolicy', metadata: { name: 'allow-all', namespace: 'voice' }, spec: { rules: [{}] } } as never);
    })).toEqual([expect.stringMatching(/allow-all.*AM103/)]);
  });
});

test('a workload without ports is an agent that cannot be called (istio/istio#11659)', () => {
  const props = { mesh: MeshProvider.istioSidecar() };
  const nightly = (mesh: AgentMesh) => new Agent(mesh, 'nightly', { versions: { v1: existing('nightly', { ports: [] }) } });
  const calls: Build = (mesh) => { new Agent(mesh, 'report', { versions: { v1: deploy() } }).grantCall(nightly(mesh)); };
  expect(synth(calls, props).get('Sidecar', 'nightly-v1').spec.egress[0].hosts).toEqual(['voice/report.voice.svc.cluster.local']);
  expect(problemsOf((mesh) => { nightly(mesh).grantCall(new Agent(mesh, 'report', { versions: { v1: deploy() } })); }, props)).toEqual([expect.stringContaining('agent nightly has grants but')]);
});

test('models of one host and path are told apart by a header (kserve/kserve#5521)', () => {
  const objects = synth((mesh) => {
    const at = edgeGateway(mesh);
    for (const model of ['a', 'b']) at.addRoute(`to-${model}`, { target: at.addPool(model, { workload: existing(model) }), headers: { 'x-model': model } });
  });
  expect(objects.get('HTTPRoute', 'to-b').spec.rules[0].matches).toEqual([{ headers: [{ type: 'Exact', name: 'x-model', value: 'b' }] }]);
});

test('one port is open to callers without an identity (istio/istio#52874)', () => {
  const operator = (mesh: AgentMesh) => new Agent(mesh, 'operator', { versions: { v1: existing('operator', { ports: [Port.http(8080), Port.tcp(9443)], unauthenticatedPorts: [UnauthenticatedPort.of(9443)] }) } });
  expect(synth(operator).get('PeerAuthentication', 'operator-v1-unauthenticated').spec).toMatchObject({ mtls: { mode: 'STRICT' }, portLevelMtls: { 9443: { mode: 'PERMISSIVE' } } });
  const { mesh } = meshOf(operator);
  const callee = mesh.node.findChild('operator') as Agent;
  expect([9443, 8080].map((port) => mesh.decide({ callee, port }).allowed)).toEqual([true, false]);
});

describe('an unsupported request is refused with an alternative', () => {
  test.each<[string, Build, string]>([
    ['one TCP port outside the mesh (istio/istio#52874)',
      (mesh) => { new Agent(mesh, 'operator', { versions: { v1: existing('operator', { ports: [Port.http(8080)], mediaPorts: [MediaPort.tcp(9443)] }) } }); },
      'ztunnel captures every TCP port of a pod or none, so a single port cannot be excluded from the mesh; got [9443]; allowed: `unauthenticatedPorts`, UDP, MeshProvider.istioSidecar or MeshProvider.linkerd'],
    ['models of one host and path without a header that tells them apart (kserve/kserve#5521)',
      (mesh) => { const at = edgeGateway(mesh); for (const model of ['a', 'b']) at.addRoute(`to-${model}`, { target: at.addPool(model, { workload: existing(model) }) }); },
      'you can also add a third route with the headers of both'],
  ])('%s', (_, build, message) => {
    expect(problemsOf(build)).toEqual([expect.stringContaining(message)]);
  });
  test('a token is required at every path that is not exempt (istio/istio#27432)', () => {
    const { mesh } = meshOf(() => {});
    const jwt = { issuer: 'https://login.example.com', jwksUri: 'https://login.example.com/keys' };
    const api = new Agent(mesh, 'api', { versions: { v1: Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], jwt }) } });
    const peer = new Agent(mesh, 'peer', { versions: { v1: deploy() } });
    api.grantCall(peer);
    expect(mesh.decide({ caller: peer, callee: api, method: 'GET', path: '/.well-known/agent-card.json' })).toMatchObject({ allowed: false, reason: expect.stringContaining('only with a token from https://login.example.com') });
  });
});

test('preflight requests of allowed origins are allowed (envoyproxy/ai-gateway#1596)', () => {
  const { mesh } = meshOf(() => {});
  const desk = new Agent(mesh, 'desk', { versions: { v1: deploy() } });
  const crm = new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy([8080]), { tools: ['find'] }), allowedOrigins: ['https://desk.example.com'] });
  crm.grantAllTools(desk);
  expect(mesh.decide({ caller: desk, callee: crm, method: 'OPTIONS', origin: 'https://desk.example.com' }).allowed).toBe(true);
});

test('tool servers may query the DNS cache of their node (restatedev/restate-operator#88)', () => {
  const names = synth((mesh) => { new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy([8080]), { tools: ['find'] }) }); }).get('NetworkPolicy', 'crm-outbound').spec.egress[1];
  expect(names).toMatchObject({ to: [{}, { ipBlock: { cidr: '169.254.20.10/32' } }], ports: [{ port: 53, protocol: 'TCP' }, { port: 53, protocol: 'UDP' }] });
});

test('a model that agents reach without a grant is a finding (Azure/AKS#5847)', () => {
  const build: Build = (mesh) => {
    new Agent(mesh, 'writer', { versions: { v1: deploy() } });
    const at = edgeGateway(mesh);
    at.addRoute('to-llama', { target: at.addPool('llama', { workload: existing('vllm') }) });
  };
  expect(says(build)).toContain('gateway edge\n  <- anyone who can reach it, including pods of the cluster');
});

test('a headless Service before a waypoint is refused (istio/istio#56991)', () => {
  expect(problemsOf((mesh) => {
    new McpToolBoundary(mesh, 'vectors', { server: McpServer.of(existing('vectors', { service: { name: 'vectors-headless', port: 6333, headless: true, labels: { 'istio.io/use-waypoint': 'voice-waypoint' } } }), { tools: ['t'] }) });
  })).toEqual([expect.stringContaining('the Service vectors-headless is headless, so callers call its pods directly')]);
});
