import { Refused, saidMoreThanOnce, testRefused } from './corpus';
import {
  AgentMesh, EndpointPicker, EndpointPickerConfig, GatewayExposure, InferenceGateway, InferenceModelRewrite, InferencePoolOptions, ModelServer,
  PodField, VllmOptions, Volume, Workload,
} from '../../src';
import { IMAGE } from '../story';
import { Build } from '../synth';

const addPool = (mesh: AgentMesh, options: Partial<VllmOptions>, more: Partial<InferencePoolOptions> = {}) =>
  new InferenceGateway(mesh, 'gw', { exposure: GatewayExposure.IN_MESH }).addPool('llm', { workload: Workload.vllm({ image: IMAGE, model: 'llama', ...options }), ...more });
const pool = (options: Partial<VllmOptions>, more: Partial<InferencePoolOptions> = {}): Build => (mesh) => { addPool(mesh, options, more); };
const picked = (config: EndpointPickerConfig, modelServer?: ModelServer) => ({ picker: EndpointPicker.deploy({ config, modelServer }) });
const precise = (more: object = {}) => picked(EndpointPickerConfig.precisePrefix({ modelName: 'llama', renderUrl: 'http://render:8000', ...more }));
const rewritten = (options: Partial<VllmOptions>, ...models: string[]): Build => (mesh) => {
  new InferenceModelRewrite(mesh, 'rewrite', { pool: addPool(mesh, options), model: 'chat', targets: models.map((model) => ({ model })) });
};
const disaggregate = (decode: Partial<VllmOptions>, more: Partial<InferencePoolOptions> = {}) => pool({ kvTransfer: {}, egress: {}, ...decode }, {
  prefill: { workload: Workload.vllm({ image: IMAGE, model: 'llama', kvTransfer: {} }) }, ...picked(EndpointPickerConfig.prefillDecode()), ...more,
});
const twoRanks = { acceleratorCount: 2, dataParallelSize: 2 };
const args = (...all: string[]) => pool({ args: all });
const set = (flag: string, option: string, index = 0) => `an argument sets what the option \`${option}\` sets; got "args[${index}]: ${flag}"`;

const refused: Record<string, Refused[]> = {
  'vLLM servers': [
    ['without a name of the model', pool({ model: '' }), 'the name of a model is empty, or vLLM would read it as a flag; got ""'],
    ['with a name that is a flag', pool({ servedModelNames: ['--port=1'] }), 'the name of a model is empty, or vLLM would read it as a flag; got "--port=1"'],
    ['with an adapter that is a flag', pool({ loraAdapters: { '-a': '/a' } }), 'the name of a model is empty, or vLLM would read it as a flag; got "-a"'],
    ['without names', pool({ servedModelNames: [] }), '`servedModelNames` is empty, so no request could name the model'],
    ['with two models of one name', pool({ servedModelNames: ['a', 'a'] }), 'two models or adapters of the servers have the same name; got "a"'],
    ['with an adapter of the name of the model', pool({ loraAdapters: { llama: '/a' } }), 'two models or adapters of the servers have the same name; got "llama"'],
    ['with adapters that vLLM cannot read', pool({ loraAdapters: { 'a=b': '/a' } }), 'vLLM cannot read a name or path in `loraAdapters`; got {"a=b":"/a"}'],
    ['with an adapter of a path that vLLM cannot read', pool({ loraAdapters: { a: '/a,b' } }), 'vLLM cannot read a name or path in `loraAdapters`'],
    ['with an adapter of no path', pool({ loraAdapters: { a: '' } }), 'vLLM cannot read a name or path in `loraAdapters`'],
    ['with lines in a name', pool({ model: 'a\nb' }), '`model` of servers of pool llm'],
    ['with a token in a path', pool({ model: 'https://user:hunter2@models.example.com/llama' }), '`model` looks like a secret and would be written to the manifest; got "a value of `model`"'],
    ['with a name that ends the topic', pool({ kvEvents: {}, servedModelNames: ['llama@1'] }), 'endpoint pickers cannot read KV cache events of a model with "@" in its name'],
    ['with half a GPU', pool({ acceleratorCount: 0.5 }), '`acceleratorCount` is out of range; got 0.5'],
    ['with more GPUs of a rank than there are', pool({ acceleratorCount: 2, tensorParallelSize: 4 }), 'the accelerators of a pod cannot be divided among its ranks; got {"acceleratorCount":2,"dataParallelSize":1,"tensorParallelSize":4}'],
    ['with GPUs that are no multiple of the ranks', pool({ acceleratorCount: 3, dataParallelSize: 2 }), 'the accelerators of a pod cannot be divided among its ranks'],
    ['with one rank that is stated', pool({ dataParallelSize: 1 }), '`dataParallelSize` is out of range; got 1; allowed: whole numbers from 2 to 8'],
    ['with more ranks than ports', pool({ acceleratorCount: 9, dataParallelSize: 9 }), '`dataParallelSize` is out of range; got 9'],
    ['with GPUs that are stated twice', pool({ extendedResources: { 'nvidia.com/gpu': 1 } }), '`extendedResources` states nvidia.com/gpu, which `acceleratorCount` and `acceleratorResource` set'],
    ['with GPUs of no domain', pool({ acceleratorResource: 'gpu' }), 'the name of an extended resource is not valid in Kubernetes; got "gpu"'],
    ['with no adapters in a batch', pool({ maxLoras: 0 }), '`maxLoras` is out of range; got 0'],
    ['with adapters of a rank that vLLM refuses', pool({ maxLoras: 1, maxLoraRank: 48 }), 'vLLM does not start with this highest rank of adapters; got 48; allowed: 1, 8, 16, 32, 64, 128, 256, 320, 512'],
    ['for requests of no tokens', pool({ maxModelLen: 0 }), '`maxModelLen` is out of range; got 0'],
    ['with blocks of no tokens', pool({ blockSizeTokens: 0 }), '`blockSizeTokens` is out of range; got 0'],
    ['of which no GPU holds the model', pool({ tensorParallelSize: 0 }), '`tensorParallelSize` is out of range; got 0'],
    ['with shared memory of no size', pool({ sharedMemoryMebibytes: 0 }), 'sharedMemoryMebibytes` is out of range; got 0'],
    ['with shared memory that fills the container', pool({ memoryMebibytes: 1024, sharedMemoryMebibytes: 1024 }), 'the shared memory of vLLM could need all memory of the container; got 1024; allowed: `sharedMemoryMebibytes` below `memoryMebibytes`, 1024'],
    ['with KV cache of no size in CPU memory', pool({ kvOffloadGibibytes: 0 }), '`kvOffloadGibibytes` is out of range; got 0'],
    ['with KV cache that fills the shared memory', pool({ kvOffloadGibibytes: 16 }), 'the KV cache of all ranks in CPU memory does not fit into the shared memory of vLLM; got {"kvOffloadGibibytes":16,"dataParallelSize":1}; allowed: less than 16384 MiB, the shared memory'],
    ['with KV cache of two ranks that fills the shared memory', pool({ ...twoRanks, kvOffloadGibibytes: 4, sharedMemoryMebibytes: 8192 }), 'does not fit into the shared memory of vLLM; got {"kvOffloadGibibytes":4,"dataParallelSize":2}; allowed: less than 8192 MiB'],
    ['with KV cache in CPU memory and a transfer', disaggregate({ port: 8200, kvOffloadGibibytes: 4 }), 'vLLM has one connector for its KV cache, so `kvOffloadGibibytes` would end the transfer of `kvTransfer`; got {"kvOffloadGibibytes":4}'],
    ['with two volumes of weights', pool({ modelVolume: Volume.persistentVolumeClaim('a'), volumes: { '/models': Volume.persistentVolumeClaim('b') } }), '`volumes` has a volume at /models, where `modelVolume` mounts one'],
    ['with two volumes of weights in two spellings', pool({ modelVolume: Volume.persistentVolumeClaim('a'), volumes: { '/models/': Volume.persistentVolumeClaim('b') } }), '`writablePaths` or `volumes` has a path that cannot be mounted, or the same path twice'],
    ['with two caches', pool({ cacheVolume: Volume.emptyDir(), volumes: { '/cache': Volume.emptyDir() } }), '`volumes` has a volume at /cache, where `cacheVolume` mounts one'],
    ['with a size of shared memory that another volume is', pool({ sharedMemoryMebibytes: 64, volumes: { '/dev/shm': Volume.emptyDir() } }), '`volumes` has a volume at /dev/shm, where `sharedMemoryMebibytes` mounts one'],
    ['with empty weights', pool({ modelVolume: Volume.emptyDir() }), '`modelVolume` is read-only and would always be empty; got "emptyDir"'],
    ['with a cache that is read-only', pool({ cacheVolume: Volume.persistentVolumeClaim('a', { readOnly: true }) }), 'vLLM cannot write to `cacheVolume`, which is read-only; got "PersistentVolumeClaim a"'],
    ['that every caller controls', pool({ env: { VLLM_SERVER_DEV_MODE: '1' } }), 'in development mode vLLM lets each of its callers control the server'],
    ['that every caller controls, by a Secret', pool({ secretEnv: { VLLM_SERVER_DEV_MODE: { secretName: 'a', key: 'b' } } }), 'in development mode vLLM lets each of its callers control the server'],
    ['with events of another address', pool({ kvEvents: {}, podFieldEnv: { POD_IP: PodField.NODE_IP } }), 'the variable POD_IP is part of the topic of KV cache events, and must have the address of the pod; got "status.hostIP"'],
    ['with an address that is stated', pool({ kvEvents: {}, env: { POD_IP: '10.0.0.1' } }), 'an environment variable is set in both `env` and `podFieldEnv`; got "POD_IP"'],
    ['with a rank of no adapters', pool({ maxLoraRank: 64 }), '`maxLoraRank` has no effect, because the servers have neither `loraAdapters` nor `maxLoras`; got 64'],
    ['with a name of no accelerators', pool({ acceleratorCount: 0, acceleratorResource: 'amd.com/gpu' }), '`acceleratorResource` has no effect, because `acceleratorCount` is 0; got "amd.com/gpu"'],
    ['with a health path that no probe uses', pool({ ...twoRanks, healthPath: '/a', startupProbe: { path: '/b' }, livenessProbe: { command: ['c'] }, readinessProbe: { path: '/b' } }), '`healthPath` has no effect, because every probe has its own `path` or `command`; got "/a"'],
    ['with events at the serving port', pool({ kvEvents: { port: 8000 } }), 'two parts of vLLM would listen on the same port; got [8000]; allowed: different ports'],
    ['with events of a rank at the port of repeated ones', pool({ ...twoRanks, kvEvents: { replayPort: 5558 } }), 'two parts of vLLM would listen on the same port; got [5558]'],
    ['with the handshake at the port of events', disaggregate({ port: 8200, kvEvents: { port: 5600 } }), 'two parts of vLLM would listen on the same port; got [5600]'],
    ['that transfer KV cache without prefill servers', pool({ kvTransfer: {} }), '`kvTransfer` of servers of pool llm has no use without prefill servers, and lets every client name a host to which vLLM connects; got {"sideChannelPort":5600,"ports":[]}'],
    ['with a rank at the port of the supervisor', pool({ ...twoRanks, port: 9255 }), 'two parts of vLLM would listen on the same port; got [9256]'],
  ],
  'arguments of vLLM that an option sets': [
    ['--x=y', args('--port=8001'), set('--port', 'port')],
    ['--x y', args('--max-num-seqs=4', '--served-model-name', 'a'), set('--served-model-name', 'servedModelNames', 1)],
    ['with underscores', args('--kv_events_config={}'), set('--kv-events-config', 'kvEvents')],
    ['with a key of a JSON value', args('--kv-events-config.topic=a'), set('--kv-events-config', 'kvEvents')],
    ['short', args('-tp=2'), set('-tp', 'tensorParallelSize')],
    ['shortened', args('--tensor-parallel=2'), set('--tensor-parallel-size', 'tensorParallelSize')],
    ['negated', args('--no-enable-lora'), set('--enable-lora', 'loraAdapters')],
    ['the model', args('--model', 'a'), set('--model', 'model')],
    ['KV cache in CPU memory', args('--kv-offloading-size', '8'), set('--kv-offloading-size', 'kvOffloadGibibytes')],
    ['the block size', args('--block-size=32'), set('--block-size', 'blockSizeTokens')],
    ['caching that events need', pool({ kvEvents: {}, args: ['--no-enable-prefix-caching'] }), set('--no-enable-prefix-caching', 'kvEvents')],
    ['the transfer of KV cache', disaggregate({ port: 8200, args: ['--kv-transfer-config={}'] }), set('--kv-transfer-config', 'kvTransfer')],
    ['the transfer of KV cache without the option', args('--kv_transfer_config={}'), set('--kv-transfer-config', 'kvTransfer')],
    ['the transfer of KV cache, shortened', args('--kv-transfer={}'), set('--kv-transfer-config', 'kvTransfer')],
    ['servers of ranks', pool({ ...twoRanks, args: ['--api-server-count=2'] }), set('--api-server-count', 'dataParallelSize')],
  ],
  'arguments of vLLM that cannot be used': [
    ['ranks without ports', args('--data-parallel-size-local=2'), 'an argument of vLLM cannot be used: it starts ranks in a way that the ports of the workload do not have; got "args[0]: --data-parallel-size-local"'],
    ['ranks without ports, short', args('-dpl', '2'), 'it starts ranks in a way that the ports of the workload do not have; got "args[0]: -dpl"'],
    ['a file', args('--config=a.yaml'), 'the file could set any flag, also those that the library must know'],
    ['TLS', args('--ssl-certfile', '/a'), 'the port speaks plain HTTP, which the mesh encrypts'],
    ['no HTTP', args('--headless'), 'nothing would serve HTTP at the port'],
  ],
  'a pool': [
    ['of precise prefixes whose servers publish nothing', pool({}, precise()), ['AM237', 'the endpoint picker reads KV cache events at port 5557, but servers of pool llm publish none']],
    ['whose picker reads events at another port', pool({ kvEvents: { port: 5600 } }, precise()), ['AM237', 'the endpoint picker reads KV cache events at port 5557, but servers of pool llm publish them at port 5600; got 5557; allowed: 5600']],
    ['whose picker asks for missed events in vain', pool({ kvEvents: {} }, precise({ replayPort: 5600 })), ['AM237', 'the endpoint picker asks for missed KV cache events at port 5600, where servers of pool llm do not repeat them; got 5600; allowed: no replay port']],
    ['whose picker asks for missed events at another port', pool({ kvEvents: { replayPort: 5700 } }, precise({ replayPort: 5600 })), ['AM237', 'got 5600; allowed: 5700']],
    ['of blocks that do not fill those of the picker', pool({ kvEvents: {} }, precise({ blockSizeTokens: 64 })), ['AM237', 'the endpoint picker looks up blocks of 64 tokens, which the KV cache events of servers of pool llm do not fill; got {"picker":64,"servers":16}']],
    ['of blocks that are no multiple of those of the picker', pool({ kvEvents: {}, blockSizeTokens: 24 }, precise()), ['AM237', 'the endpoint picker looks up blocks of 16 tokens']],
    ['whose picker reads the metrics of another server', pool({}, picked(EndpointPickerConfig.loadOnly(), ModelServer.SGLANG)), ['AM237', 'the endpoint picker expects another model server than vLLM, which servers of pool llm are; got "sglang"; allowed: ModelServer.VLLM']],
    ['of decode servers that read no KV cache', disaggregate({ port: 8200, kvTransfer: undefined }), ['AM237', 'servers of pool llm transfer no KV cache, which decode pods read from prefill pods; got "no `kvTransfer`"']],
    ['of two tiers whose servers have one', pool({}, picked(EndpointPickerConfig.tieredCache())), ['AM237', 'the endpoint picker prefers pods by the KV cache in their CPU memory, where servers of pool llm keep none; got "no `kvOffloadGibibytes`"']],
    ['of adapters that there are not', pool({}, picked(EndpointPickerConfig.loraAffinity())), ['AM237', 'plugin lora-affinity-scorer of the endpoint picker has no effect, because servers of pool llm have no LoRA adapters']],
    ['of a model that no server has', pool({ loraAdapters: { a: '/a' } }, { allowedModels: ['a', 'b'] }), ['AM237', 'app/mesh/gw/llm: `allowedModels` of pool llm has a model that servers of pool llm do not serve, so its requests would get status 404; got "b"; allowed: a, llama']],
    ['of a model by its path', pool({ model: '/models/llama', servedModelNames: ['llama'] }, { allowedModels: ['/models/llama'] }), ['AM237', 'got "/models/llama"; allowed: llama']],
    ['of servers into which callers could load adapters', pool({ maxLoras: 2, env: { VLLM_ALLOW_RUNTIME_LORA_UPDATING: '1' } }), ['AM237', 'servers of pool llm load adapters by request, so everybody who may send requests to the pool could load and unload adapters']],
    ['at a port that serves no requests', pool(twoRanks, { targetPorts: [8000, 9256] }), ['AM237', '`targetPorts` has a port at which servers of pool llm serve no requests; got [9256]; allowed: 8000, 8001']],
    ['with metrics at a port that has none', pool(twoRanks, { metricsPort: 9256 }), ['AM237', '`metricsPort` is a port at which servers of pool llm have no metrics; got 9256; allowed: 8000, 8001']],
    ['whose picker would confuse the ranks', pool({ ...twoRanks, kvEvents: {} }, { ...precise(), targetPorts: [8001, 8000] }), ['AM237', 'the endpoint picker would read the KV cache events of one rank as those of another, because the ports of the ranks are not in order; got [8001,8000]']],
  ],
  'a rewrite': [
    ['to a model that no server has', rewritten({ loraAdapters: { a: '/a' } }, 'a', 'b', 'b'), ['AM237', 'app/mesh/rewrite: rewrite rewrite sends requests to model b, which servers of pool llm do not serve; got "b"; allowed: a, llama']],
  ],
};

testRefused(refused);

test('each of them is one problem', () => {
  expect(saidMoreThanOnce(refused)).toEqual({});
});
