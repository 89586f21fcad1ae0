import { App, Chart, Testing, Yaml } from 'cdk8s';
import {
  Agent, AgentMesh, EndpointPicker, EndpointPickerConfig, ExternalHost, Fault, GuardrailPhase, Identity, InferenceGateway, McpProvider, McpServer,
  McpToolBoundary, MeshProvider, MigrationStage, PodField, Port, TokenCaller, Volume, Workload,
} from '../../src';
import { publicMaps } from '../random/surface';
import { IMAGE, JWKS } from '../story';
import { synth } from '../synth';

/** Gives a map prop its keys in some order. */
type Order = <T>(prop: string, map: Record<string, T>) => Record<string, T>;

const inOrder = (arrange: (keys: string[]) => string[]): Order => (_, map) =>
  Object.fromEntries(arrange(Object.keys(map)).map((key) => [key, map[key]]));
const ORDERS: Record<string, Order> = {
  'as written': inOrder((keys) => keys),
  'the other way round': inOrder((keys) => keys.reverse()),
  'the first as the last': inOrder(([first, ...others]) => [...others, first]),
};

const issuer = 'https://issuer.example.com';
const deploy = () => Workload.deploy({ image: IMAGE, ports: [Port.http(8080)] });

/** Everything that a program with every map prop gives: manifests, report, decision. */
function everything(map: Order): string {
  const app = new App();
  const chart = new Chart(app, 'app');
  const mesh = new AgentMesh(chart, 'mesh', { namespace: 'voice', mesh: MeshProvider.istioAmbient(), mcp: McpProvider.agentgateway(), metrics: { scraper: Identity.of({ namespace: 'monitoring', serviceAccount: 'prometheus' }) } });
  const versioned = () => Workload.deploy({
    image: IMAGE, ports: [Port.http(8000)],
    env: map('DeployedPodsOptions.env', { URL: 'https://$(HOST)/$(A_PATH)', HOST: 'example.com', A_PATH: '$(ZONE)', MODE: 'fast' }),
    podFieldEnv: map('DeployedPodsOptions.podFieldEnv', { POD_NAME: PodField.POD_NAME, NODE: PodField.NODE_NAME, A_POD: PodField.POD_IP }),
    secretEnv: map('DeployedPodsOptions.secretEnv', { ZONE: { secretName: 'zone', key: 'name' }, DB_PASSWORD: { secretName: 'db', key: 'password' }, A_KEY: { secretName: 'a', key: 'key' } }),
    podLabels: map('DeployedPodsOptions.podLabels', { tier: 'web', app: 'planner', cost: 'low' }),
    nodeSelector: map('CommonPodOptions.nodeSelector', { zone: 'a', pool: 'gpu', arch: 'arm64' }),
    volumes: map('CommonPodOptions.volumes', { '/keys': Volume.secret('keys'), '/data': Volume.emptyDir(), '/etc/agent': Volume.configMap('agent') }),
    extendedResources: map('PodOptions.extendedResources', { 'nvidia.com/gpu': 1, 'example.com/dongle': 2, 'amd.com/gpu': 1 }),
  });
  const planner = new Agent(mesh, 'planner', { versions: map('AgentProps.versions', { v2: versioned(), v1: versioned(), canary: versioned() }), stable: 'v1', faults: [Fault.abort(503, { headers: map('FaultOptions.headers', { 'x-test': 'a', 'x-id': 'b', 'x-zone': 'c' }) })] });
  const guard = new Agent(mesh, 'guard', { versions: { v1: Workload.deploy({ image: IMAGE, ports: [Port.grpc(9000)] }) } });
  new Agent(mesh, 'old', {
    versions: {
      v1: Workload.existing({
        ports: [Port.http(8080)], serviceAccount: 'old', labels: map('ExistingWorkloadOptions.labels', { tier: 'back', app: 'old', cost: 'high' }),
        service: { name: 'old', port: 80, labels: map('ExistingService.labels', { tier: 'back', app: 'old', cost: 'high' }) },
      }),
    },
  }).grantCall(planner);
  const edge = new InferenceGateway(mesh, 'edge', {
    tls: { secretName: 'voice-tls', secretNamespace: 'certificates', secretNames: map('TlsSecretReference.secretNames', { 'voice.example.com': 'a-tls', 'c.example.com': 'c-tls', 'b.example.com': 'b-tls' }) },
    hostnames: ['voice.example.com', 'b.example.com', 'c.example.com'], infrastructureLabels: map('InferenceGatewayProps.infrastructureLabels', { team: 'voice', app: 'edge', cost: 'low' }),
    infrastructureAnnotations: map('GatewayInfrastructureProps.infrastructureAnnotations', { 'z.example.com/a': 'b', 'a.example.com/z': 'y' }),
    jwt: { issuer, jwks: JWKS, claimHeaders: map('GatewayJwtRequirement.claimHeaders', { 'x-user': 'sub', 'x-tier': 'tier', 'a-team': 'team' }) },
  });
  const scored = { type: 'load-aware-scorer', parameters: { threshold: 64 } };
  const metered = { type: 'metrics-data-source', parameters: map<unknown>('PickerPlugin.parameters', { scheme: 'https', path: '/metrics', interval: '1s' }) };
  const config = EndpointPickerConfig.custom({ plugins: [scored, metered], schedulingProfiles: [{ name: 'default', plugins: [{ plugin: 'load-aware-scorer' }] }] });
  edge.addPool('custom', { workload: Workload.deploy({ image: IMAGE, ports: [Port.http(8000)] }), picker: EndpointPicker.deploy({ config }) });
  edge.addPool('adapted', {
    workload: Workload.vllm({ image: IMAGE, model: '/models/llama', loraAdapters: map('VllmOptions.loraAdapters', { support: '/models/a', chat: '/models/b', draft: '/models/c' }) }),
  });
  edge.addRoute('north', { target: planner.version('v1'), headers: map('RouteOptions.headers', { 'x-tier': 'gold', 'x-desk': 'north' }) });
  edge.addPool('llm', {
    workload: deploy(),
    autoscaling: { serverAddress: 'http://prometheus:9090', maxReplicas: 4, seriesLabels: map('PoolAutoscaling.seriesLabels', { tenant: 'voice', cluster: 'eu-1', zone: 'a' }) },
    picker: EndpointPicker.deploy({
      flags: map('PickerPodOptions.flags', { 'v': '4', 'drain-timeout': '45s', 'zap-encoder': 'json' }),
      env: map('PickerPodOptions.env', { URL: '$(HOST)', HOST: 'example.com', A_PATH: '$(ZONE)' }),
      secretEnv: map('PickerPodOptions.secretEnv', { ZONE: { secretName: 'zone', key: 'name' }, HF_TOKEN: { secretName: 'hf', key: 'token' } }),
      podLabels: map('PickerPodOptions.podLabels', { tier: 'web', app: 'llm', cost: 'low' }),
      podAnnotations: map('PickerPodOptions.podAnnotations', { 'z.example.com/a': 'b', 'a.example.com/z': 'y' }),
    }),
  });
  const crm = new McpToolBoundary(mesh, 'crm', {
    jwt: { issuer, jwks: JWKS },
    servers: map('McpToolBoundaryProps.servers', {
      two: McpServer.of(deploy(), { tools: ['b'] }), far: McpServer.external({ host: ExternalHost.https('mcp.example.com'), tools: ['d'], credentials: { secretName: 'far', key: 'token' } }), one: McpServer.of(deploy(), { tools: ['a'] }),
    }),
    guardrails: [{ service: guard, methods: map('McpGuardrail.methods', { 'tools/*': GuardrailPhase.FULL, '*/list': GuardrailPhase.RESPONSE, 'ping': GuardrailPhase.REQUEST }) }],
  });
  const caller = TokenCaller.of({ claims: map('TokenCallerOptions.claims', { team: 'voice', role: 'admin', org: 'example' }), caller: planner });
  crm.grantAllTools(caller);
  const decision = mesh.decide({ caller, callee: crm, tokenClaims: map('Call.tokenClaims', { team: 'none', org: 'none', role: 'none' }) });
  const asked = mesh.decide({ callee: edge, headers: map('Call.headers', { 'x-canary': 'true', 'x-team': 'voice', 'accept': 'text/html' }) });
  let twice = '';
  try {
    mesh.decide({ callee: edge, headers: map('Call.headers', { origin: 'https://a.example.com', host: 'a.example.com', authorization: 'none' }) });
  } catch (error) {
    twice = (error as Error).message;
  }
  return [app.synthYaml(), mesh.describeAccess(), JSON.stringify([decision, asked, twice]), ...migrations(map)].join('\n');
}

/** The objects of a mesh that moves, and the problems of one whose stages are of unknown namespaces. */
function migrations(map: Order): string[] {
  const stages = map('IstioAmbientOptions.migration', { voice: MigrationStage.SIDECAR, tools: MigrationStage.ENROLLED, crm: MigrationStage.PERMISSIVE });
  const moving = { mesh: MeshProvider.istioAmbient({ migration: stages }) };
  const agents = (mesh: AgentMesh) => ['voice', 'tools', 'crm'].forEach((namespace) => {
    new Agent(mesh, namespace, { versions: { v1: deploy() }, namespace }).grantCall(Identity.of({ namespace: 'monitoring', serviceAccount: 'prometheus' }));
  });
  return [Yaml.stringify(...synth(agents, moving).all), refusal(() => synth(() => {}, moving))];
}

function refusal(refused: () => unknown): string {
  try {
    refused();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('the program is not refused');
}

const written = Object.fromEntries(Object.entries(ORDERS).map(([name, order]) => [name, everything(order)]));

test.each(Object.keys(ORDERS))('maps with their keys %s give the same manifests, report and decisions', (name) => {
  expect(written[name]).toBe(written['as written']);
});

test('the program states every prop that is a map', () => {
  const stated = new Set<string>();
  everything((prop, map) => {
    stated.add(prop);
    expect(Object.keys(map).sort()).not.toEqual(Object.keys(map));
    return map;
  });
  expect([...stated].sort()).toEqual(publicMaps());
});

test('the problems of maps are reported in the same order', () => {
  const problems = (map: Order) => refusal(() => synth((mesh) => {
    const broken = (env: Record<string, string>) => Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], env: map('', env), podLabels: map('', { '<<': 'a', 'istio.io/rev': 'b', 'a b': 'c' }) });
    new Agent(mesh, 'planner', { versions: map('', { 'v 2': broken({ 'B B': 'x', 'A A': '\u0000', 'C': '0o7' }), 'v 1': broken({ API_KEY: 'x', A_TOKEN: 'y' }) }) });
  }));
  for (const order of Object.values(ORDERS)) expect(problems(order)).toBe(problems(ORDERS['as written']));
});

test('a variable stands after those that it refers to', () => {
  const chart = Testing.chart();
  const mesh = new AgentMesh(chart, 'mesh', { namespace: 'voice', mesh: MeshProvider.istioAmbient() });
  const env = { A_URL: 'https://$(HOST)/$(PATH_OF)', HOST: '$(ZONE).example.com', PATH_OF: '$(A_URL)$(NOBODY)', MODE: 'fast' };
  new Agent(mesh, 'planner', { versions: { v1: Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], env, secretEnv: { ZONE: { secretName: 'zone', key: 'name' } } }) } });
  const { containers } = Testing.synth(chart).find(({ kind }) => kind === 'Deployment').spec.template.spec;
  expect(containers[0].env.map(({ name }: { name: string }) => name)).toEqual(['ZONE', 'HOST', 'PATH_OF', 'A_URL', 'MODE']);
});
