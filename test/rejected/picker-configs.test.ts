import { Agent, AgentMesh, Backend, EndpointPicker, EndpointPickerConfig, Identity, InferenceGateway, MeshProvider, ModelServer, Port, Workload } from '../../src';
import { IMAGE } from '../story';
import { problemsOf } from '../synth';

interface PoolOptions {
  readonly ports?: Port[];
  readonly targetPorts?: number[];
  readonly metricsPort?: number;
  readonly modelServer?: ModelServer;
  readonly memoryMebibytes?: number;
}
type Custom = Partial<Parameters<typeof EndpointPickerConfig.custom>[0]>;

function problems(config: () => EndpointPickerConfig, given: PoolOptions = {}): string[] {
  const { ports = [Port.http(8000)], modelServer, memoryMebibytes, ...options } = given;
  return problemsOf((mesh: AgentMesh) => {
    const gateway = new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' } });
    gateway.addPool('llm', { workload: Workload.deploy({ image: IMAGE, ports }), picker: EndpointPicker.deploy({ config: config(), modelServer, memoryMebibytes }), ...options });
  });
}

const scorer = { type: 'queue-scorer' };
const custom = (options: Custom) => () => EndpointPickerConfig.custom({ plugins: [scorer], schedulingProfiles: [{ name: 'default', plugins: [{ plugin: 'queue-scorer' }] }], ...options });
const precise = (more: object = {}) => () => EndpointPickerConfig.precisePrefix({ modelName: 'llama', renderUrl: 'http://render:8000', ...more });
const EVENTS = [Port.http(8000), Port.tcp(5557)];

const CASES: readonly (readonly [what: string, config: () => EndpointPickerConfig, options: PoolOptions, problem: string])[] = [
  ['a plugin that does not exist', custom({ plugins: [scorer, { type: 'kv-cache-scorer' }] }), {}, 'app/mesh/gw/llm: the endpoint picker has no plugin of this type; got "kv-cache-scorer"; allowed: '],
  ['an experimental plugin', custom({ plugins: [scorer, { type: 'agent-identity' }] }), {}, 'the plugin type agent-identity of the endpoint picker is experimental (Alpha)'],
  ['a deprecated plugin', custom({ plugins: [scorer, { type: 'tokenizer' }] }), {}, 'the plugin type tokenizer of the endpoint picker is deprecated and goes with v0.11.0; got "tokenizer"; allowed: token-producer'],
  ['a producer that is missing', custom({ plugins: [scorer, { type: 'token-load-scorer' }] }), {}, 'plugin token-load-scorer of the endpoint picker needs data that no plugin produces: uncached-tokens'],
  ['a part of a profile that is missing', custom({ schedulingProfiles: [{ name: 'default', plugins: [{ plugin: 'queue' }] }] }), {}, 'profile default of the endpoint picker refers to a plugin that the configuration does not have; got "queue"; allowed: queue-scorer'],
  ['queues without their gate', custom({ flowControl: { maxMebibytes: 10 } }), {}, 'the endpoint picker ignores `flowControl` except its saturation detector, because the feature gate flowControl is off'],
  ['queues without a limit', custom({ featureGates: ['flowControl'] }), {}, 'the requests that wait in the endpoint picker could need all of its memory; got "no limit"; allowed: a limit above 0 and below its `memoryMebibytes`, 2048'],
  ['queues of no memory', () => EndpointPickerConfig.agents({ maxQueuedMebibytes: 0 }), {}, 'the requests that wait in the endpoint picker could need all of its memory; got "0Mi"'],
  ['queues as large as the memory', () => EndpointPickerConfig.agents(), { memoryMebibytes: 1024 }, 'the requests that wait in the endpoint picker could need all of its memory; got "1024Mi"; allowed: a limit above 0 and below its `memoryMebibytes`, 1024'],
  ['a port of metrics', custom({ plugins: [scorer, { type: 'metrics-data-source', parameters: { port: 9100 } }] }), {}, 'the parameter port of plugin metrics-data-source is set by the library; got 9100; allowed: `metricsPort`'],
  ['an engine', custom({ plugins: [scorer, { type: 'core-metrics-extractor', parameters: { defaultEngine: 'sglang' } }] }), {}, 'the parameter defaultEngine of plugin core-metrics-extractor is set by the library; got "sglang"; allowed: `modelServer`'],
  ['a second source of metrics', custom({ plugins: [scorer, { type: 'metrics-data-source', name: 'mine' }] }), {}, 'the endpoint picker ignores plugin mine and its parameters'],
  ['a source of metrics by another name', custom({ plugins: [scorer, { type: 'metrics-data-source', name: 'mine' }], dataLayer: { injectDefaults: false, sources: [{ plugin: 'mine' }] } }), {},
    'plugin metrics-data-source has another name, but the library opens the metrics port of the pods only for the plugin with its own name; got "mine"'],
  ['roles', custom({ plugins: [scorer, { type: 'disagg-profile-handler' }] }), {}, 'plugin disagg-profile-handler of the endpoint picker cannot work for this pool: it needs prefill servers, and the pool has no `prefill`; got "disagg-profile-handler"; allowed: other plugins'],
  ['a latency predictor', custom({ plugins: [scorer, { type: 'latency-slo-admitter' }] }), {}, 'plugin predicted-latency-producer of the endpoint picker cannot work for this pool: it needs a latency predictor beside the picker, which the library does not deploy'],
  ['a source at a port that no policy opens', custom({ plugins: [scorer, { type: 'models-data-source' }] }), {}, 'plugin models-data-source of the endpoint picker cannot work for this pool: the library opens only the metrics port of the pods to the picker'],
  ['events that pods send', custom({ plugins: [scorer, { type: 'precise-prefix-cache-producer', parameters: { kvEventsConfig: { zmqEndpoint: 'tcp://*:5557' } } }] }), { ports: EVENTS }, 'pods cannot send KV cache events to plugin precise-prefix-cache-producer of the endpoint picker, because the picker opens no port for them'],
  ['LoRA without metrics of it', () => EndpointPickerConfig.loraAffinity(), { modelServer: ModelServer.SGLANG }, 'plugin lora-affinity-scorer of the endpoint picker has no effect with this model server, because it has no metrics of LoRA adapters; got "sglang"; allowed: vllm'],
  ['events of a server that sends none', precise(), { modelServer: ModelServer.TRTLLM_SERVE, ports: EVENTS }, 'plugin precise-prefix-cache-producer of the endpoint picker has no effect with this model server, because it publishes no KV cache events; got "trtllm-serve"; allowed: vllm, sglang'],
  ['a single rank', () => EndpointPickerConfig.wideExpertParallel(), {}, 'the endpoint picker is configured for pods with one port for each rank, but the pool has a single target port; got [8000]; allowed: 2 to 8 target ports'],
  ['metrics of all ranks at one port', () => EndpointPickerConfig.wideExpertParallel(), { ports: [Port.http(8000), Port.http(8001), Port.http(9100)], targetPorts: [8000, 8001], metricsPort: 9100 },
    'the endpoint picker is configured for pods with one port for each rank, but reads the metrics of all ranks at one port; got 9100'],
  ['events at a port that the pods do not have', precise(), {}, 'the endpoint picker reads KV cache events at port 5557, which is not a port of servers of pool llm; got 5557; allowed: `Port.tcp(5557)` in `ports`'],
  ['events at a port of HTTP', precise(), { ports: [Port.http(8000), Port.http(5557)] }, 'the endpoint picker reads KV cache events at port 5557, but servers of pool llm declares it as a port that speaks another protocol'],
  ['events of a rank that has no port', precise(), { ports: [...EVENTS, Port.http(8001)], targetPorts: [8000, 8001] }, 'the endpoint picker reads KV cache events at port 5558, which is not a port of servers of pool llm'],
  ['replay at a port that the pods do not have', precise({ replayPort: 5600 }), { ports: EVENTS }, 'the endpoint picker reads KV cache events at port 5600, which is not a port of servers of pool llm'],
  ['replay at the port of the events', precise({ replayPort: 5557 }), { ports: EVENTS }, 'the endpoint picker would read KV cache events of several sources at one port of the pods; got [5557]; allowed: 2 different ports'],
  ['replay at the port of the second rank', precise({ replayPort: 5558 }), { ports: [...EVENTS, Port.http(8001), Port.tcp(5558), Port.tcp(5559)], targetPorts: [8000, 8001] },
    'the endpoint picker would read KV cache events of several sources at one port of the pods; got [5557,5558,5559]; allowed: 4 different ports'],
  ...['https://render:8443', 'http://render:8000/v1', 'render:8000', 'http://user@render', 'http://', ''].map((renderUrl) => [
    `the render server ${renderUrl}`, precise({ renderUrl }), { ports: EVENTS }, `the endpoint picker cannot call the server that renders prompts to tokens at this URL; got "${renderUrl}"; allowed: a URL of plain HTTP without a path`,
  ] as const),
  ['a metrics port that nobody reads', () => EndpointPickerConfig.payloadAgnostic(), { ports: [Port.http(8000), Port.http(9100)], metricsPort: 9100 }, 'the endpoint picker reads no metrics with this `config`, so `metricsPort` has no effect; got 9100; allowed: no value'],
  ['an engine that nobody reads', () => EndpointPickerConfig.payloadAgnostic(), { modelServer: ModelServer.SGLANG }, 'the endpoint picker reads no metrics with this `config`, so `modelServer` has no effect; got "sglang"'],
  ['no model', precise({ modelName: '' }), { ports: EVENTS }, 'the endpoint picker refuses the parameter modelName of plugin token-producer; got ""; allowed: the name of the served model'],
];

test.each(CASES)('a configuration of a picker with %s is refused', (_, config, options, problem) => {
  expect(problems(config, options)).toContainEqual(expect.stringContaining(problem));
});

test.each(CASES.filter(([what]) => !['events that pods send', 'no model', 'a source of metrics by another name'].includes(what)))('%s is one problem', (_, config, options) => {
  expect(problems(config, options)).toHaveLength(1);
});

test('a picker without a grant for its render server is refused, and one with a grant is not', () => {
  const rendering = (renderUrl: string, ...granted: Identity[]) => problemsOf((mesh: AgentMesh) => {
    const gateway = new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' } });
    const config = EndpointPickerConfig.precisePrefix({ modelName: 'llama', renderUrl });
    gateway.addPool('llm', { workload: Workload.deploy({ image: IMAGE, ports: EVENTS }), picker: EndpointPicker.deploy({ config }) });
    const render = new Agent(mesh, 'render', { versions: { v1: Workload.deploy({ image: IMAGE, ports: [Port.http(8000)] }) } });
    render.grantCall(Identity.of({ namespace: 'ops', serviceAccount: 'someone' }), ...granted);
  });
  const picker = Identity.of({ namespace: 'voice', serviceAccount: 'llm-epp' });
  const names = ['render', 'render.voice', 'render.voice.svc', 'render.voice.svc.cluster.local', 'render:80'];
  for (const host of names) {
    expect(rendering(`http://${host}`)).toEqual([expect.stringMatching(/app\/mesh\/gw\/llm: picker of pool llm calls agent render to render prompts to tokens, and has no grant for it; got "http.*; allowed: a grant for the identity voice\/llm-epp; .*\[AM234\]/)]);
    expect(rendering(`http://${host}`, picker)).toEqual([]);
  }
  expect([rendering('http://render.far'), rendering('http://elsewhere')]).toEqual([[], []]);
  expect(rendering('http://render:8000', picker)).toEqual([expect.stringContaining('at a port that its Service does not have; got "http://render:8000"; allowed: 80; correct the port of the URL')]);
});

test('the presets of a pool with the right pods are not refused', () => {
  expect([problems(precise({ replayPort: 5600 }), { ports: [...EVENTS, Port.tcp(5600)] }), problems(precise(), { ports: EVENTS, modelServer: ModelServer.SGLANG }), problems(custom({ plugins: [scorer, { type: 'metrics-data-source', parameters: { interval: '1s' } }] }))]).toEqual([[], [], []]);
});

test.each<[string, object, string]>([
  ['a render server', { config: precise()() }, 'picker of pool llm calls a host to render prompts to tokens that its sidecar does not show'],
  ['a collector of traces', { tracing: { endpoint: 'http://collector.observability:4317' } }, 'picker of pool llm calls a host to send traces that its sidecar does not show, because no workload of the mesh has this Service; got "http://collector.observability:4317"'],
])('%s outside the mesh is refused with sidecars, and not in ambient', (_, options, message) => {
  const build = (mesh: AgentMesh) => { new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' } }).addPool('llm', { workload: Workload.deploy({ image: IMAGE, ports: EVENTS }), picker: EndpointPicker.deploy(options) }); };
  expect(problemsOf(build, { mesh: MeshProvider.istioSidecar() })).toEqual([expect.stringContaining(message)]);
  expect(problemsOf(build)).toEqual([]);
});

test('a collector of traces inside the mesh needs a grant for the picker', () => {
  const traced = (...granted: Identity[]) => problemsOf((mesh: AgentMesh) => {
    const picker = EndpointPicker.deploy({ tracing: { endpoint: 'http://collector:4317' } });
    new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' } }).addPool('llm', { workload: Workload.deploy({ image: IMAGE, ports: [Port.http(8000)] }), picker });
    new Backend(mesh, 'collector', { workload: Workload.deploy({ image: IMAGE, ports: [Port.grpc(4317)] }), servicePort: 4317 }).grantCall(Identity.of({ namespace: 'ops', serviceAccount: 'someone' }), ...granted);
  });
  expect(traced()).toEqual([expect.stringContaining('picker of pool llm calls backend collector to send traces, and has no grant for it')]);
  expect(traced(Identity.of({ namespace: 'voice', serviceAccount: 'llm-epp' }))).toEqual([]);
});

const detector = (parameters: Record<string, unknown>) => custom({ plugins: [scorer, { type: 'utilization-detector', parameters }], flowControl: { saturationDetector: 'utilization-detector' } });
test.each<[string, () => EndpointPickerConfig, string]>([
  ['no concurrency', () => EndpointPickerConfig.payloadAgnostic({ maxConcurrency: 0 }), 'refuses the parameter maxConcurrency of plugin concurrency-detector; got 0'],
  ['a negative time to wait', () => EndpointPickerConfig.agents({ maxWaitSeconds: -5 }), 'the time that requests may wait in `flowControl` is not a number that the endpoint picker accepts; got "-5s"'],
  ['a threshold above 1', () => EndpointPickerConfig.optimizedBaseline({ affinityThreshold: 7 }), 'refuses the parameter affinityThreshold of plugin prefix-cache-affinity-filter; got 7'],
  ['negative tokens', () => EndpointPickerConfig.optimizedBaseline({ maxPrefixTokens: -1 }), 'refuses the parameter maxPrefixTokensToMatch of plugin approx-prefix-cache-producer; got -1'],
  ['negative blocks', () => EndpointPickerConfig.tieredCache({ cpuBlocks: -4 }), 'refuses the parameter lruCapacityPerServer of plugin cpu-prefix-cache-producer; got -4'],
  ['no queue', detector({ queueDepthThreshold: 0 }), 'refuses the parameter queueDepthThreshold of plugin utilization-detector; got 0'],
  ['a gate that is neither on nor off', custom({ plugins: [scorer], featureGates: ['flowControl=maybe'] }), 'refuses the value of a feature gate; got "flowControl=maybe"'],
  ['a broken priority', custom({ plugins: [scorer], featureGates: ['flowControl'], flowControl: { maxMebibytes: 10, priorityBands: [{ priority: 1.5 }] } }), 'the priority of a band in `flowControl` is not a number that the endpoint picker accepts; got 1.5'],
  ['a password', custom({ plugins: [scorer, { type: 'metrics-data-source', parameters: { path: 'redis://u:hunter2secret@redis:6379' } }] }), 'a parameter of plugin metrics-data-source of the endpoint picker looks like a secret (a URL with a password) and would be written to a ConfigMap; got "path"'],
])('%s is refused', (_, config, message) => {
  expect(problems(config)).toEqual(expect.arrayContaining([expect.stringContaining(message)]));
});

describe('a server that renders prompts', () => {
  test.each(['llm-inference', 'llm-inference.voice', 'llm-inference.voice.svc.cluster.local:80'])('is not the pool itself: %s', (host) => {
    expect(problems(precise({ renderUrl: `http://${host}` }), { ports: EVENTS })).toEqual([expect.stringMatching(/app\/mesh\/gw\/llm: the endpoint picker of pool llm would render prompts with the pool itself, which asks the picker for every request; got "http:\/\/llm-inference.*\[AM237\]/)]);
  });
  test.each<[string, object, string[]]>([
    ['serves the model', { model: '/models/a', servedModelNames: ['llama', 'latest'] }, []],
    ['has the model', { model: 'llama', servedModelNames: ['other'] }, []],
    ['has another model', { model: '/models/a', servedModelNames: ['qwen'] }, ['the endpoint picker of pool llm asks agent render for the tokens of a model that it does not serve, so it would get status 404; got "llama"; allowed: qwen']],
  ])('that the library knows %s', (_, options, expected) => {
    expect(problemsOf((mesh: AgentMesh) => {
      const gateway = new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' } });
      gateway.addPool('llm', { workload: Workload.deploy({ image: IMAGE, ports: EVENTS }), picker: EndpointPicker.deploy({ config: precise({ renderUrl: 'http://render' })() }) });
      new Agent(mesh, 'render', { versions: { v1: Workload.vllm({ image: IMAGE, model: 'a', ...options }) } }).grantCall(Identity.of({ namespace: 'voice', serviceAccount: 'llm-epp' }));
    })).toEqual(expected.map((one) => expect.stringContaining(one)));
  });
});
