import {
  Agent, AgentMesh, EndpointPicker, EndpointPickerConfig, GatewayExposure, InferenceGateway, InferencePoolOptions, PodField, Port, TaintEffect,
  VllmOptions, Volume, Workload,
} from '../../src';
import { IMAGE } from '../story';
import { problemsOf, synth } from '../synth';

type Options = Partial<VllmOptions>;

const servers = (options: Options = {}) => Workload.vllm({ image: IMAGE, model: 'meta/llama', ...options });
const pool = (options: Options, more: Partial<InferencePoolOptions> = {}) => (mesh: AgentMesh) => {
  new InferenceGateway(mesh, 'inside', { exposure: GatewayExposure.IN_MESH }).addPool('llm', { workload: servers(options), ...more });
};
const deployment = (options: Options) => synth(pool(options)).get('Deployment', 'llm').spec;
const pod = (options: Options) => deployment(options).template.spec;
const main = (options: Options) => pod(options).containers[0];
const args = (options: Options): string[] => main(options).args;

test('vLLM serves a model of the hub on one GPU, unless the program says otherwise', () => {
  const { replicas, template: { spec: { containers: [container] } } } = deployment({});
  expect([replicas, container.command, container.args]).toEqual([2, ['vllm', 'serve'], ['meta/llama', '--served-model-name', 'meta/llama', '--port=8000']]);
  expect(container.resources).toEqual({ requests: { 'cpu': '4000m', 'memory': '32768Mi', 'nvidia.com/gpu': 1 }, limits: { 'memory': '32768Mi', 'nvidia.com/gpu': 1 } });
  expect(container.ports.map(({ containerPort }: { containerPort: number }) => containerPort)).toEqual([8000]);
});

describe('the arguments of vLLM', () => {
  test.each<[string, Options, string[]]>([
    ['the path of the weights and several names', { model: '/models/llama', servedModelNames: ['llama', 'chat'] }, ['/models/llama', '--served-model-name', 'llama', 'chat', '--port=8000']],
    ['adapters, sorted, behind one flag', { loraAdapters: { b: '/b', a: 'org/a' } }, ['meta/llama', '--served-model-name', 'meta/llama', '--enable-lora', '--lora-modules', 'a=org/a', 'b=/b', '--max-loras=2', '--port=8000']],
    ['limits of adapters', { loraAdapters: { a: '/a' }, maxLoras: 4, maxLoraRank: 64 }, ['meta/llama', '--served-model-name', 'meta/llama', '--enable-lora', '--lora-modules', 'a=/a', '--max-loras=4', '--max-lora-rank=64', '--port=8000']],
    ['adapters that are loaded later', { maxLoras: 4 }, ['meta/llama', '--served-model-name', 'meta/llama', '--enable-lora', '--max-loras=4', '--port=8000']],
    ['the port, lengths and blocks', { port: 8200, maxModelLen: 8192, blockSizeTokens: 64 }, ['meta/llama', '--served-model-name', 'meta/llama', '--port=8200', '--max-model-len=8192', '--block-size=64']],
    ['CPU memory for KV cache', { kvOffloadGibibytes: 8 }, ['meta/llama', '--served-model-name', 'meta/llama', '--port=8000', '--kv-offloading-size=8']],
    ['further arguments at the end', { args: ['--gpu-memory-utilization=0.85'] }, ['meta/llama', '--served-model-name', 'meta/llama', '--port=8000', '--gpu-memory-utilization=0.85']],
  ])('have %s', (_, options, expected) => {
    expect(args(options)).toEqual(expected);
  });

  test.each<[string, Options, string[]]>([
    ['all accelerators hold one model', { acceleratorCount: 4 }, ['--tensor-parallel-size=4']],
    ['a part of them does', { acceleratorCount: 4, tensorParallelSize: 2 }, ['--tensor-parallel-size=2']],
    ['each rank has its own', { acceleratorCount: 4, dataParallelSize: 2 }, ['--tensor-parallel-size=2', '--data-parallel-size=2', '--data-parallel-size-local=2', '--data-parallel-multi-port-external-lb', '--data-parallel-supervisor-port=9256']],
    ['there are none', { acceleratorCount: 0 }, []],
  ])('say how accelerators work together: %s', (_, options, expected) => {
    expect(args(options).filter((arg) => arg.includes('parallel'))).toEqual(expected);
  });

  test('at most 8 adapters are in one batch by default', () => {
    expect(args({ loraAdapters: Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`a${i}`, '/a'])) })).toContain('--max-loras=8');
  });

  test('name the ports of KV cache events, and a topic with the address of the pod', () => {
    const events = (options: Options) => {
      const all = args(options);
      return JSON.parse(all[all.indexOf('--kv-events-config') + 1]) as object;
    };
    const topic = 'kv@$(POD_IP):8000@meta/llama';
    expect(events({ kvEvents: {} })).toEqual({ enable_kv_cache_events: true, publisher: 'zmq', endpoint: 'tcp://*:5557', topic });
    expect(events({ kvEvents: { port: 5600, replayPort: 5700 }, servedModelNames: ['a "b"', 'c'] })).toEqual({
      enable_kv_cache_events: true, publisher: 'zmq', endpoint: 'tcp://*:5600', replay_endpoint: 'tcp://*:5700', topic: 'kv@$(POD_IP):8000@a "b"',
    });
    expect(args({ kvEvents: {} })).toEqual(expect.arrayContaining(['--enable-prefix-caching', '--block-size=16']));
    expect(args({ kvEvents: {}, blockSizeTokens: 64 })).toContain('--block-size=64');
    expect(main({ kvEvents: {} }).env).toContainEqual({ name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } });
    expect(main({}).env).not.toContainEqual(expect.objectContaining({ name: 'POD_IP' }));
  });
});

describe('the pods of vLLM', () => {
  const ports = (options: Options) => main(options).ports.map(({ containerPort }: { containerPort: number }) => containerPort);

  test('have a port for each rank and its events, and one for the health of all ranks', () => {
    expect(ports({ acceleratorCount: 2, dataParallelSize: 2, kvEvents: { replayPort: 5600 } })).toEqual([8000, 8001, 9256, 5557, 5558, 5600, 5601]);
    expect(ports({ kvEvents: {} })).toEqual([8000, 5557]);
  });

  test('are in the InferencePool with the port of each rank', () => {
    const spec = synth(pool({ acceleratorCount: 2, dataParallelSize: 2, kvEvents: {} })).get('InferencePool', 'llm').spec;
    expect(spec.targetPorts).toEqual([{ number: 8000 }, { number: 8001 }]);
  });

  const probes = ({ startupProbe, readinessProbe, livenessProbe }: Record<string, { httpGet?: { path: string; port: number }; exec?: object }>) =>
    [startupProbe, readinessProbe, livenessProbe].map(({ httpGet, exec }) => (httpGet ? [httpGet.path, httpGet.port] : exec));
  test.each<[string, Options, unknown[]]>([
    ['at the path of vLLM', {}, [['/health', 8000], ['/health', 8000], ['/health', 8000]]],
    ['at the path that is stated', { healthPath: '/ready', readinessProbe: { path: '/v1/models' } }, [['/ready', 8000], ['/v1/models', 8000], ['/ready', 8000]]],
    ['at the supervisor of ranks', { acceleratorCount: 2, dataParallelSize: 2, livenessProbe: { command: ['check'] } }, [['/health', 9256], ['/health', 9256], { command: ['check'] }]],
    ['at the supervisor of ranks, with another path', { acceleratorCount: 2, dataParallelSize: 2, healthPath: '/readyz', readinessProbe: { port: 8000, path: '/v1/models' } }, [['/readyz', 9256], ['/v1/models', 8000], ['/readyz', 9256]]],
    ['only as stated, if every probe is', { startupProbe: { path: '/a' }, readinessProbe: { path: '/b' }, livenessProbe: { path: '/c' } }, [['/a', 8000], ['/b', 8000], ['/c', 8000]]],
  ])('are probed %s', (_, options, expected) => {
    expect(probes(main(options))).toEqual(expected);
  });

  test('have half an hour to load the weights', () => {
    expect(main({}).startupProbe).toMatchObject({ periodSeconds: 2, failureThreshold: 900 });
    expect(main({ startupSeconds: 60 }).startupProbe.failureThreshold).toBe(30);
  });

  const mounts = (options: Options): Record<string, unknown> => {
    const { volumes, containers: [{ volumeMounts }] } = pod(options);
    return Object.fromEntries((volumeMounts as { mountPath: string; name: string; readOnly?: boolean }[]).map(({ mountPath, name, ...mount }) => {
      const { name: _, ...source } = (volumes as { name: string }[]).find((one) => one.name === name)!;
      return [mountPath, { ...mount, ...source }];
    }));
  };
  test('mount the weights read-only, a writable home and shared memory', () => {
    expect(mounts({ modelVolume: Volume.persistentVolumeClaim('weights', { subPath: 'llama' }) })).toEqual({
      '/tmp': { emptyDir: {} }, '/cache': { emptyDir: {} }, '/dev/shm': { emptyDir: { medium: 'Memory', sizeLimit: '16384Mi' } },
      '/models': { readOnly: true, subPath: 'llama', persistentVolumeClaim: { claimName: 'weights', readOnly: true } },
    });
    expect(mounts({ cacheVolume: Volume.persistentVolumeClaim('downloads'), memoryMebibytes: 1000, volumes: { '/adapters': Volume.persistentVolumeClaim('adapters') } })).toEqual({
      '/tmp': { emptyDir: {} }, '/cache': { persistentVolumeClaim: { claimName: 'downloads' } }, '/dev/shm': { emptyDir: { medium: 'Memory', sizeLimit: '500Mi' } },
      '/adapters': { persistentVolumeClaim: { claimName: 'adapters' } },
    });
    expect(mounts({ sharedMemoryMebibytes: 64 })['/dev/shm']).toEqual({ emptyDir: { medium: 'Memory', sizeLimit: '64Mi' } });
    expect(mounts({ volumes: { '/dev/shm': Volume.emptyDir({ inMemory: true }) } })['/dev/shm']).toEqual({ emptyDir: { medium: 'Memory' } });
  });

  test('have a home, a user name and no reports of usage, and tokens from Secrets', () => {
    const env = (options: Options) => {
      const variables = main(options).env as { name: string; value?: string; valueFrom?: object }[];
      return Object.fromEntries(variables.map(({ name, value, valueFrom }) => [name, value ?? valueFrom]));
    };
    expect(env({})).toEqual({ HOME: '/cache', USER: 'vllm', VLLM_NO_USAGE_STATS: '1' });
    const secret = { secretName: 'hf', key: 'token' };
    expect(env({ env: { HOME: '/work' }, secretEnv: { HF_TOKEN: secret, USER: secret }, podFieldEnv: { VLLM_NO_USAGE_STATS: PodField.POD_NAME } })).toEqual({
      HOME: '/work', USER: { secretKeyRef: { name: 'hf', key: 'token' } }, HF_TOKEN: { secretKeyRef: { name: 'hf', key: 'token' } }, VLLM_NO_USAGE_STATS: { fieldRef: { fieldPath: 'metadata.name' } },
    });
  });

  test('have other accelerators, and further resources', () => {
    expect(main({ acceleratorResource: 'amd.com/gpu', acceleratorCount: 2, extendedResources: { 'rdma/hca': 1 } }).resources.limits).toEqual({ 'memory': '32768Mi', 'amd.com/gpu': 2, 'rdma/hca': 1 });
    expect(main({ acceleratorCount: 0 }).resources.limits).toEqual({ memory: '32768Mi' });
  });

  test('have the options of all deployed pods', () => {
    const spec = pod({ nodeSelector: { pool: 'gpu' }, tolerations: [{ key: 'gpu', effect: TaintEffect.NO_SCHEDULE }], priorityClassName: 'serving', command: ['/opt/serve'], userId: 2000, imagePullSecrets: ['registry'] });
    expect(spec).toMatchObject({ nodeSelector: { pool: 'gpu' }, tolerations: [{ key: 'gpu', operator: 'Exists', effect: 'NoSchedule' }], priorityClassName: 'serving', imagePullSecrets: [{ name: 'registry' }] });
    expect(spec.containers[0]).toMatchObject({ command: ['/opt/serve'], securityContext: { runAsUser: 2000, readOnlyRootFilesystem: true } });
    expect(synth(pool({ horizontalPodAutoscaler: { maxReplicas: 4 } })).get('HorizontalPodAutoscaler', 'llm').spec.maxReplicas).toBe(4);
  });

  test('may be a version of an agent, at their first port', () => {
    const all = synth((mesh) => { new Agent(mesh, 'llm', { versions: { v1: servers() } }); });
    expect(all.get('Service', 'llm').spec.ports).toEqual([expect.objectContaining({ targetPort: 8000, appProtocol: 'http' })]);
  });
});

test('fields of the pod are environment variables of any workload', () => {
  const fields = Object.fromEntries(Object.entries(PodField));
  const [{ env }] = synth((mesh) => { new Agent(mesh, 'a', { versions: { v1: Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], podFieldEnv: fields, env: { URL: 'http://$(POD_IP):8000' } }) } }); })
    .get('Deployment', 'a-v1').spec.template.spec.containers;
  expect(env.map(({ name }: { name: string }) => name)).toEqual(['NODE_IP', 'NODE_NAME', 'POD_IP', 'POD_NAME', 'POD_NAMESPACE', 'POD_UID', 'SERVICE_ACCOUNT_NAME', 'URL']);
  expect(env[2]).toEqual({ name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } });
  expect(env[4]).toEqual({ name: 'POD_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } });
});

describe('pools that fit their servers are not refused', () => {
  const precise = (more: object = {}) => EndpointPicker.deploy({
    config: EndpointPickerConfig.custom({
      plugins: [
        { type: 'token-producer', parameters: { modelName: 'other', vllm: { url: 'http://render:8000' } } }, { type: 'endpoint-notification-source' },
        { type: 'precise-prefix-cache-producer', parameters: { kvEventsConfig: { discoverPods: true }, ...more } }, { type: 'prefix-cache-scorer', parameters: { prefixMatchInfoProducerName: 'precise-prefix-cache-producer' } },
      ],
      dataLayer: { sources: [{ plugin: 'endpoint-notification-source', extractors: ['precise-prefix-cache-producer'] }] }, schedulingProfiles: [{ name: 'default', plugins: [{ plugin: 'prefix-cache-scorer' }] }],
    }),
  });
  test.each<[string, Options, Partial<InferencePoolOptions>]>([
    ['wide expert parallel', { acceleratorCount: 4, dataParallelSize: 4 }, { picker: EndpointPicker.deploy({ config: EndpointPickerConfig.wideExpertParallel() }) }],
    ['precise prefixes', { kvEvents: { port: 5600, replayPort: 5700 }, blockSizeTokens: 64 }, { picker: EndpointPicker.deploy({ config: EndpointPickerConfig.precisePrefix({ modelName: 'x', renderUrl: 'http://r', eventPort: 5600, replayPort: 5700, blockSizeTokens: 64 }) }) }],
    ['precise prefixes of ranks', { kvEvents: {}, acceleratorCount: 2, dataParallelSize: 2 }, { picker: precise() }],
    ['blocks of which several fill one', { kvEvents: {}, blockSizeTokens: 64 }, { picker: precise({ tokenProcessorConfig: { blockSizeTokens: 16 } }) }],
    ['KV cache in CPU memory', { kvOffloadGibibytes: 15 }, { picker: EndpointPicker.deploy({ config: EndpointPickerConfig.tieredCache() }) }],
    ['KV cache in CPU memory beside a volume of its own', { kvOffloadGibibytes: 32, volumes: { '/dev/shm': Volume.emptyDir({ inMemory: true }) } }, {}],
    ['events that nobody reads', { kvEvents: {} }, {}],
    ['adapters', { loraAdapters: { a: '/a' } }, { picker: EndpointPicker.deploy({ config: EndpointPickerConfig.loraAffinity() }), allowedModels: ['a', 'meta/llama'] }],
    ['adapters that are loaded later', { maxLoras: 2, env: { VLLM_ALLOW_RUNTIME_LORA_UPDATING: 'true' } }, { allowedModels: ['later'] }],
    ['a part of the ranks', { acceleratorCount: 4, dataParallelSize: 4 }, { targetPorts: [8001, 8000] }],
    ['metrics of the serving port', {}, { metricsPort: 8000 }],
  ])('%s', (_, options, more) => {
    expect(problemsOf(pool(options, more))).toEqual([]);
  });
});

test('vLLM servers are the decode and the prefill servers of a pool', () => {
  const transfer = { kvTransfer: { sideChannelPort: 5700, ports: [17_000, 17_001] } };
  const objects = synth(pool({ ...transfer, port: 8200, egress: {} }, {
    prefill: { workload: servers(transfer) },
    picker: EndpointPicker.deploy({ config: EndpointPickerConfig.prefillDecode() }),
  }));
  const [decode, prefill] = ['llm', 'llm-prefill'].map((name) => objects.get('Deployment', name).spec.template.spec);
  for (const { containers: [container] } of [decode, prefill]) {
    expect(container.args.slice(-2)).toEqual(['--kv-transfer-config', '{"kv_connector":"NixlConnector","kv_role":"kv_both"}']);
    expect(container.env).toContainEqual({ name: 'VLLM_NIXL_SIDE_CHANNEL_PORT', value: '5700' });
  }
  expect(decode.initContainers[0].args).toEqual(expect.arrayContaining(['--port=8000', '--model-server-port=8200']));
  expect(decode.containers[0].readinessProbe.httpGet.port).toBe(8200);
  expect(prefill.containers[0].env).toContainEqual({ name: 'UCX_TCP_PORT_RANGE', value: '17000-17001' });
  expect(prefill.containers[0].ports.map(({ containerPort }: { containerPort: number }) => containerPort)).toEqual([8000, 5700, 17_000, 17_001]);
  expect(objects.get('InferencePool', 'llm').spec.targetPorts).toEqual([{ number: 8000 }]);
});
