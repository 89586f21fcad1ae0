import { secretIn } from './secret-checks';
import { vllmArgProblems } from './vllm-args-checks';
import { ModelServerFacts, servedNames, SUPERVISOR_PORT } from '../../model/model-server';
import { InputProblem } from '../../model/problem';
import { WorkloadNode } from '../../model/workload';
import { acceleratorsOf, CACHE_PATH, eventPorts, httpPorts, memoryOf, MODEL_PATH, MOST_ACCELERATORS, MOST_MEMORY, MOST_RANKS, SHARED_MEMORY_PATH, transferPorts } from '../../values/vllm';
import { VllmOptions } from '../../values/vllm-options';
import { volumeFacts } from '../../values/volume';
import { rangeProblem } from '../input/number-checks';
import { Membership } from '../membership/membership';

const MOST_TOKENS = 1_000_000_000;

/** Ranks that vLLM accepts as the highest one (vLLM 0.26, config/lora.py). */
const LORA_RANKS: readonly number[] = [1, 8, 16, 32, 64, 128, 256, 320, 512];

/** Reports options of vLLM servers with which they would not start, or would not do what the program states. */
export function checkVllm(member: Membership, options: VllmOptions, server: ModelServerFacts): void {
  member.reportAll([
    ...numberProblems(options, server), ...portProblems(server), ...nameProblems(options, server), ...acceleratorProblems(options, server),
    ...volumeProblems(options), ...offloadProblems(options, server), ...envProblems(options), ...unusedOptions(options, server),
    ...vllmArgProblems(options.args ?? [], {
      hasEvents: server.kvEvents !== undefined, hasRanks: server.servingPorts.length > 1,
    }),
  ]);
}

/**
 * Reports transfer of KV cache by servers that are neither decode nor prefill servers of a pool. A server with a connector connects to the host
 * that `kv_transfer_params` in the body of a request names.
 */
export function checkTransfer(member: Membership, { title, disaggregated }: Pick<WorkloadNode, 'title' | 'disaggregated'>, { kvTransfer }: ModelServerFacts): void {
  if (!kvTransfer || disaggregated) return;
  member.report({
    message: `\`kvTransfer\` of ${title} has no use without prefill servers, and lets every client name a host to which vLLM connects`, actual: { ...kvTransfer }, expected: 'servers of a pool with `prefill`',
    fix: 'remove `kvTransfer`, or add `prefill` to the pool',
  });
}

function numberProblems(options: VllmOptions, { tensorParallelSize }: ModelServerFacts): (InputProblem | undefined)[] {
  const { maxLoras, acceleratorCount, dataParallelSize, maxModelLen, blockSizeTokens, sharedMemoryMebibytes, kvOffloadGibibytes } = options;
  const bounds: readonly (readonly [name: string, value: number | undefined, least: number, most: number])[] = [
    ['maxLoras', maxLoras, 1, 10_000], ['acceleratorCount', acceleratorCount, 0, MOST_ACCELERATORS], ['dataParallelSize', dataParallelSize, 2, MOST_RANKS],
    ['maxModelLen', maxModelLen, 1, MOST_TOKENS], ['blockSizeTokens', blockSizeTokens, 1, 65_536], ['sharedMemoryMebibytes', sharedMemoryMebibytes, 1, MOST_MEMORY],
    ['kvOffloadGibibytes', kvOffloadGibibytes, 1, MOST_MEMORY / 1024],
    ['tensorParallelSize', options.tensorParallelSize === undefined ? undefined : tensorParallelSize, 1, 10_000],
  ];
  return bounds.map(([name, value, least, most]) => (value === undefined ? undefined : rangeProblem(name, value, least, most)));
}

function portProblems(server: ModelServerFacts): InputProblem[] {
  const ports = [...httpPorts(server), ...eventPorts(server), ...transferPorts(server)];
  const twice = ports.filter((port, index) => ports.indexOf(port) !== index);
  return twice.length === 0 ? [] : [{
    message: 'two parts of vLLM would listen on the same port', actual: twice, expected: `different ports for the requests, the KV cache events and the KV cache transfer of all ranks, and not ${SUPERVISOR_PORT} with several ranks`, fix: 'correct `port`, or the ports in `kvEvents` or `kvTransfer`',
  }];
}

/** Names and paths stand in arguments, where vLLM reads "=", "," and leading dashes. */
function nameProblems(options: VllmOptions, server: ModelServerFacts): InputProblem[] {
  const { model, servedModelNames, loraAdapters = {}, kvEvents } = options;
  const all = servedNames(server);
  const twice = all.find((name, index) => all.indexOf(name) !== index);
  const wrong = [model, ...all].find((name) => name === '' || name.startsWith('-'));
  const unreadable = Object.entries(loraAdapters).find(([name, path]) => path === '' || /[=,]/.test(`${name}${path}`));
  const secrets = Object.entries({ model: [model], servedModelNames: servedModelNames ?? [], loraAdapters: Object.values(loraAdapters) })
    .flatMap(([option, texts]) => texts.flatMap((text) => (secretIn(text) === undefined ? [] : [option])));
  return [
    ...servedModelNames?.length === 0 ? [{ message: '`servedModelNames` is empty, so no request could name the model', actual: [], expected: 'one name or more', fix: 'add a name, or omit `servedModelNames`' }] : [],
    ...wrong === undefined ? [] : [{ message: 'the name of a model is empty, or vLLM would read it as a flag', actual: wrong, expected: 'names and paths that do not begin with "-"', fix: 'correct `model`, `servedModelNames` or `loraAdapters`' }],
    ...twice === undefined ? [] : [{ message: 'two models or adapters of the servers have the same name', actual: twice, expected: 'each name once in `servedModelNames` and `loraAdapters`', fix: 'rename one of them' }],
    ...unreadable ? [{ message: 'vLLM cannot read a name or path in `loraAdapters`', actual: { [unreadable[0]]: unreadable[1] }, expected: 'names and paths without "=" and ","; no empty path', fix: 'rename the adapter or its folder' }] : [],
    ...kvEvents && server.servedModelNames[0]?.includes('@') ? [{ message: 'endpoint pickers cannot read KV cache events of a model with "@" in its name, because "@" separates the parts of their topic', actual: server.servedModelNames[0], expected: 'a first name without "@"', fix: 'set `servedModelNames`' }] : [],
    ...secrets.map((option) => ({ message: `\`${option}\` looks like a secret and would be written to the manifest`, actual: `a value of \`${option}\``, expected: 'names and paths', fix: 'use a path or a name without credentials' })),
  ];
}

function acceleratorProblems(options: VllmOptions, { tensorParallelSize, servingPorts: { length: ranks } }: ModelServerFacts): InputProblem[] {
  const { resource, count } = acceleratorsOf(options);
  const used = tensorParallelSize * ranks;
  return [
    ...Object.hasOwn(options.extendedResources ?? {}, resource) ? [{ message: `\`extendedResources\` states ${resource}, which \`acceleratorCount\` and \`acceleratorResource\` set`, actual: resource, expected: 'each resource once', fix: 'remove it from `extendedResources`, and set `acceleratorCount`' }] : [],
    ...count > 0 && (used > count || !Number.isInteger(tensorParallelSize)) ? [{
      message: 'the accelerators of a pod cannot be divided among its ranks', actual: { acceleratorCount: count, dataParallelSize: ranks, tensorParallelSize },
      expected: '`acceleratorCount` that is at least `dataParallelSize` times `tensorParallelSize`, and a multiple of `dataParallelSize`', fix: 'correct one of the three numbers',
    }] : [],
  ];
}

function volumeProblems(options: VllmOptions): InputProblem[] {
  const { volumes = {}, modelVolume, cacheVolume, sharedMemoryMebibytes } = options;
  const { all, shared } = memoryOf(options);
  const owners = [[MODEL_PATH, 'modelVolume', modelVolume], [CACHE_PATH, 'cacheVolume', cacheVolume], [SHARED_MEMORY_PATH, 'sharedMemoryMebibytes', sharedMemoryMebibytes]] as const;
  const isMounted = (path: string) => Object.hasOwn(volumes, path); // paths that are the same in other spellings are reported with all others
  return [
    ...owners.filter(([path, , value]) => value !== undefined && isMounted(path)).map(([path, option]) => ({
      message: `\`volumes\` has a volume at ${path}, where \`${option}\` mounts one`, actual: path, expected: 'one volume at each path', fix: `remove the volume from \`volumes\`, or omit \`${option}\``,
    })),
    ...modelVolume && volumeFacts.of(modelVolume).source.kind === 'emptyDir' ? [{ message: '`modelVolume` is read-only and would always be empty', actual: modelVolume.title, expected: 'a volume with the weights, such as Volume.persistentVolumeClaim', fix: 'use such a volume; for downloads omit `modelVolume`' }] : [],
    ...cacheVolume && volumeFacts.of(cacheVolume).readOnly ? [{ message: 'vLLM cannot write to `cacheVolume`, which is read-only', actual: cacheVolume.title, expected: 'a writable volume', fix: 'mount weights that exist as `modelVolume`' }] : [],
    ...shared < all || all < 2 || isMounted(SHARED_MEMORY_PATH) ? [] : [{ message: 'the shared memory of vLLM could need all memory of the container', actual: shared, expected: `\`sharedMemoryMebibytes\` below \`memoryMebibytes\`, ${all}`, fix: 'lower `sharedMemoryMebibytes`, or raise `memoryMebibytes`' }],
  ];
}

/** KV cache in CPU memory is a file in the shared memory for each rank (vLLM 0.29, kv_offload), and replaces the connector of a transfer. */
function offloadProblems(options: VllmOptions, server: ModelServerFacts): InputProblem[] {
  const { kvOffloadGibibytes = 0, kvTransfer, servingPorts: { length: ranks } } = server;
  const needed = kvOffloadGibibytes * ranks * 1024;
  const { shared } = memoryOf(options);
  const hasOwn = Object.hasOwn(options.volumes ?? {}, SHARED_MEMORY_PATH);
  return [
    ...needed > 0 && needed >= shared && !hasOwn ? [{
      message: 'the KV cache of all ranks in CPU memory does not fit into the shared memory of vLLM', actual: { kvOffloadGibibytes, dataParallelSize: ranks }, expected: `less than ${shared} MiB, the shared memory`,
      fix: 'lower `kvOffloadGibibytes`, or raise `memoryMebibytes` or `sharedMemoryMebibytes`',
    }] : [],
    ...needed > 0 && kvTransfer ? [{
      message: 'vLLM has one connector for its KV cache, so `kvOffloadGibibytes` would end the transfer of `kvTransfer`', actual: { kvOffloadGibibytes }, expected: 'one of the two options', fix: 'remove `kvOffloadGibibytes` of decode and prefill servers',
    }] : [],
  ];
}

/** Returns the problems of options that vLLM does not accept, or that have no effect beside the others. */
function unusedOptions(options: VllmOptions, { lora, servingPorts }: ModelServerFacts): InputProblem[] {
  const { maxLoraRank, acceleratorResource, acceleratorCount, healthPath } = options;
  const probes = [options.startupProbe, options.livenessProbe, options.readinessProbe];
  const idle = (option: string, actual: unknown, reason: string): InputProblem => ({ message: `\`${option}\` has no effect, because ${reason}`, actual, expected: 'no value', fix: `remove \`${option}\`` });
  return [
    ...maxLoraRank !== undefined && !LORA_RANKS.includes(maxLoraRank) ? [{ message: 'vLLM does not start with this highest rank of adapters', actual: maxLoraRank, expected: LORA_RANKS.join(', '), fix: 'round `maxLoraRank` up to one of these' }]
      : maxLoraRank !== undefined && !lora ? [idle('maxLoraRank', maxLoraRank, 'the servers have neither `loraAdapters` nor `maxLoras`')] : [],
    ...acceleratorResource !== undefined && acceleratorCount === 0 ? [idle('acceleratorResource', acceleratorResource, '`acceleratorCount` is 0')] : [],
    ...healthPath !== undefined && servingPorts.length > 1 && probes.every((probe) => probe?.path !== undefined || probe?.command !== undefined)
      ? [idle('healthPath', healthPath, 'every probe has its own `path` or `command`')] : [],
  ];
}

const DEVELOPMENT = 'VLLM_SERVER_DEV_MODE';

/** With the development mode, every caller may control the server (vLLM 0.29, docs/usage/security.md). */
function envProblems({ env = {}, secretEnv = {}, podFieldEnv = {}, kvEvents }: VllmOptions): InputProblem[] {
  const address = podFieldEnv.POD_IP as string | undefined;
  const hasMode = Object.hasOwn(secretEnv, DEVELOPMENT) || (Object.hasOwn(env, DEVELOPMENT) && env[DEVELOPMENT] !== '0');
  return [
    ...hasMode ? [{ message: 'in development mode vLLM lets each of its callers control the server, such as pause it or call its methods', actual: DEVELOPMENT, expected: 'no such variable', fix: 'remove the variable' }] : [],
    ...kvEvents && address !== undefined && address !== 'status.podIP' ? [{ message: 'the variable POD_IP is part of the topic of KV cache events, and must have the address of the pod', actual: address, expected: 'PodField.POD_IP', fix: 'give the variable another name' }] : [],
  ];
}
