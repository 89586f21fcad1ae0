/** A vLLM server that the library deploys. */
export interface ModelServerFacts {
  /** Path of the weights, or their name on a hub. */
  readonly model: string;
  /** Names by which requests name the base model. The first one is in the topic of KV cache events. */
  readonly servedModelNames: readonly string[];
  readonly lora?: LoraFacts;
  /** Ports that serve requests: one for each data parallel rank. */
  readonly servingPorts: readonly number[];
  readonly tensorParallelSize: number;
  readonly maxModelLen?: number;
  readonly blockSizeTokens?: number;
  readonly kvEvents?: KvEventFacts;
  readonly kvTransfer?: KvTransferFacts;
  /** CPU memory of each rank for KV cache, in GiB. */
  readonly kvOffloadGibibytes?: number;
}

/** LoRA adapters of a model server. */
export interface LoraFacts {
  /** Path or hub name of each adapter, by the name that requests use. */
  readonly adapters: Readonly<Record<string, string>>;
  readonly maxLoras: number;
  readonly maxLoraRank?: number;
  /** Whether the server also loads adapters that the program does not state. */
  readonly loadsOthers: boolean;
}

/** Ports at which the first rank publishes KV cache events, and repeats them. Each further rank adds 1. */
export interface KvEventFacts {
  readonly port: number;
  readonly replayPort?: number;
}

/** Ports at which other pods read the KV cache: for the handshake, and for the transfer over TCP. */
export interface KvTransferFacts {
  readonly sideChannelPort: number;
  readonly ports: readonly number[];
}

/** Port of the NIXL handshake (vLLM 0.29, VLLM_NIXL_SIDE_CHANNEL_PORT: the default). */
export const SIDE_CHANNEL_PORT = 5600;

/** Block size of the KV cache where the program states none but the picker must know it. */
export const DEFAULT_BLOCK_SIZE = 16;

/** Port with the health of all data parallel ranks (vLLM 0.29, dp_supervisor.py: the default). */
export const SUPERVISOR_PORT = 9256;

/** Returns the names that requests may give as their model, sorted. */
export function servedNames({ servedModelNames, lora }: ModelServerFacts): string[] {
  return [...servedModelNames, ...Object.keys(lora?.adapters ?? {})].sort();
}

/** Returns the port of each rank, from that of the first one. */
export function rankPorts(first: number, { servingPorts }: Pick<ModelServerFacts, 'servingPorts'>): number[] {
  return servingPorts.map((_, rank) => first + rank);
}
