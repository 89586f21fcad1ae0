import { DeployWorkloadOptions } from './deploy-workload-options';
import { PodField } from './pod-field';
import { WorkloadProbe } from './pod-options';
import { Port } from './port';
import { VllmKvEvents, VllmOptions } from './vllm-options';
import { Volume } from './volume';
import { DEFAULT_BLOCK_SIZE, LoraFacts, ModelServerFacts, rankPorts, SIDE_CHANNEL_PORT, SUPERVISOR_PORT } from '../model/model-server';

export const MODEL_PATH = '/models';
export const CACHE_PATH = '/cache';
export const SHARED_MEMORY_PATH = '/dev/shm';

/** Most ports of an InferencePool, and so most ranks of a pod. */
export const MOST_RANKS = 8;

export const MOST_ACCELERATORS = 10_000;
export const MOST_MEMORY = 16_777_216;

const DEFAULT_RESOURCE = 'nvidia.com/gpu';
const DEFAULT_MEMORY = 32_768;

/** Returns what the options say of the server, with their defaults. Invalid numbers are reported when a construct uses the workload. */
export function vllmFacts(options: VllmOptions): ModelServerFacts {
  const { model, servedModelNames, port = 8000, kvEvents, kvTransfer, maxModelLen } = options;
  const ranks = ranksOf(options);
  return {
    model,
    servedModelNames: servedModelNames ? [...servedModelNames] : [model],
    lora: loraFacts(options),
    servingPorts: Array.from({ length: ranks }, (_, rank) => port + rank),
    tensorParallelSize: options.tensorParallelSize ?? Math.max(1, acceleratorsOf(options).count / ranks),
    maxModelLen,
    blockSizeTokens: options.blockSizeTokens ?? (kvEvents && DEFAULT_BLOCK_SIZE),
    kvEvents: kvEvents && eventFacts(kvEvents),
    kvOffloadGibibytes: options.kvOffloadGibibytes,
    kvTransfer: kvTransfer && { sideChannelPort: kvTransfer.sideChannelPort ?? SIDE_CHANNEL_PORT, ports: [...kvTransfer.ports ?? []] },
  };
}

function ranksOf({ dataParallelSize = 1 }: VllmOptions): number {
  return isWithin(dataParallelSize, MOST_RANKS) ? dataParallelSize : 1;
}

/** Returns the extended resource of the accelerators and their number. An invalid number is reported, and counts as none. */
export function acceleratorsOf({ acceleratorResource: resource = DEFAULT_RESOURCE, acceleratorCount: count = 1 }: VllmOptions) {
  return { resource, count: isWithin(count, MOST_ACCELERATORS) ? count : 0 };
}

function isWithin(value: number, most: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= most;
}

/** Returns the memory of the container and the part of it that is shared: half of it, also if an invalid part is reported. */
export function memoryOf({ memoryMebibytes: all = DEFAULT_MEMORY, sharedMemoryMebibytes: shared = 0 }: VllmOptions) {
  return { all, shared: isWithin(shared, MOST_MEMORY) ? shared : Math.min(MOST_MEMORY, Math.max(1, Math.floor(all / 2))) };
}

function eventFacts({ port = 5557, replayPort }: VllmKvEvents): NonNullable<ModelServerFacts['kvEvents']> {
  return { port, replayPort };
}

/** Variable with which vLLM loads adapters by request, or from a folder (vLLM 0.29, envs.py). */
const RUNTIME_LORA = 'VLLM_ALLOW_RUNTIME_LORA_UPDATING';

function loraFacts({ loraAdapters = {}, maxLoras, maxLoraRank, env = {}, secretEnv = {} }: VllmOptions): LoraFacts | undefined {
  const count = Object.keys(loraAdapters).length;
  if (count === 0 && maxLoras === undefined) return undefined;
  return {
    adapters: { ...loraAdapters }, maxLoras: maxLoras ?? Math.min(count, 8), maxLoraRank,
    loadsOthers: Object.hasOwn(secretEnv, RUNTIME_LORA) || (Object.hasOwn(env, RUNTIME_LORA) && !/^\s*(0|false)?\s*$/i.test(env[RUNTIME_LORA])),
  };
}

/** Returns the options of the pods: those of the program, with what vLLM needs. */
export function vllmPods(options: VllmOptions, server: ModelServerFacts): DeployWorkloadOptions {
  const { env, secretEnv = {}, podFieldEnv = {}, healthPath = '/health' } = options;
  const { resource, count } = acceleratorsOf(options);
  const isSet = (name: string) => Object.hasOwn(secretEnv, name) || Object.hasOwn(podFieldEnv, name);
  const hasRanks = server.servingPorts.length > 1;
  const atSupervisor = (probe: WorkloadProbe = {}): WorkloadProbe => (probe.command ? probe : { port: SUPERVISOR_PORT, path: healthPath, ...probe });
  return {
    ...options,
    ports: portsOf(server),
    command: options.command ?? ['vllm', 'serve'],
    env: { ...Object.fromEntries(Object.entries(DEFAULT_ENV).filter(([name]) => !isSet(name))), ...env },
    podFieldEnv: { ...server.kvEvents && { POD_IP: PodField.POD_IP }, ...podFieldEnv },
    extendedResources: { ...options.extendedResources, ...count > 0 && { [resource]: count } },
    volumes: { ...volumesOf(options), ...options.volumes },
    startupSeconds: options.startupSeconds ?? 1800,
    cpuMillis: options.cpuMillis ?? 4000,
    memoryMebibytes: memoryOf(options).all,
    // The ports of ranks answer one by one. The supervisor is healthy when all of them are.
    ...hasRanks ? {
      healthPath: undefined,
      startupProbe: atSupervisor(options.startupProbe),
      livenessProbe: atSupervisor(options.livenessProbe),
      readinessProbe: atSupervisor(options.readinessProbe),
    } : { healthPath: hasHealthPath(options) ? healthPath : options.healthPath },
  };
}

/** Returns whether a probe uses a default path, and is not counted by a rate limit. */
function hasHealthPath({ startupProbe, livenessProbe, readinessProbe, rateLimit }: VllmOptions): boolean {
  const usesDefault = ({ path, port, command }: WorkloadProbe = {}) => path === undefined && port === undefined && command === undefined;
  return !rateLimit && [startupProbe, livenessProbe, readinessProbe].some(usesDefault);
}

/**
 * Variables that make vLLM run as a user without a name and without a home directory, with a read-only root file system, and that stop its
 * reports of usage to a host outside the cluster (vLLM 0.29, usage_lib.py).
 */
const DEFAULT_ENV: Readonly<Record<string, string>> = { HOME: CACHE_PATH, USER: 'vllm', VLLM_NO_USAGE_STATS: '1' };

/** Returns the ports of the pods. A port with two purposes is reported, and has the first one. */
function portsOf(server: ModelServerFacts): Port[] {
  const http = httpPorts(server);
  const all = new Set([...http, ...eventPorts(server), ...transferPorts(server)]);
  return [...all].map((port) => (http.includes(port) ? Port.http(port) : Port.tcp(port)));
}

/** Returns the ports that speak HTTP: those of requests, and that of the health of all ranks. */
export function httpPorts({ servingPorts }: ModelServerFacts): number[] {
  return servingPorts.length > 1 ? [...servingPorts, SUPERVISOR_PORT] : [...servingPorts];
}

/** Returns the ports of KV cache events. */
export function eventPorts(server: ModelServerFacts): number[] {
  const { port, replayPort } = server.kvEvents ?? {};
  return [port, replayPort].flatMap((first) => (first === undefined ? [] : rankPorts(first, server)));
}

/** Returns the ports at which other pods read the KV cache. */
export function transferPorts({ kvTransfer }: ModelServerFacts): number[] {
  return kvTransfer ? [kvTransfer.sideChannelPort, ...kvTransfer.ports] : [];
}

function volumesOf(options: VllmOptions): Record<string, Volume> {
  const { modelVolume, cacheVolume = Volume.emptyDir() } = options;
  return {
    ...modelVolume && { [MODEL_PATH]: Volume._readOnly(modelVolume) },
    [CACHE_PATH]: cacheVolume,
    [SHARED_MEMORY_PATH]: Volume.emptyDir({ inMemory: true, sizeMebibytes: memoryOf(options).shared }),
  };
}
