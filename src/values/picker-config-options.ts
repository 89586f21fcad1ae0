import { PickerPresetOptions } from './picker-flow-control-options';

/** Weights of the scorers that prefer pods by cached prefix and by load. */
export interface PrefixScorerWeights {
  /**
   * Weight of the prefix-cache scorer, which prefers pods whose KV cache holds the prefix of the prompt. 0 disables it.
   *
   * @default 3
   */
  readonly prefixCacheWeight?: number;
  /**
   * Weight of the scorer that prefers pods with free KV cache. 0 disables it.
   *
   * @default 2
   */
  readonly kvCacheWeight?: number;
  /**
   * Weight of the scorer that prefers pods with a short queue. 0 disables it.
   *
   * @default 2
   */
  readonly queueDepthWeight?: number;
}

/** Options of `EndpointPickerConfig.approximatePrefix`. */
export interface ApproximatePrefixOptions extends PrefixScorerWeights, PickerPresetOptions {}

/** Options of `EndpointPickerConfig.optimizedBaseline`. */
export interface OptimizedBaselineOptions extends PickerPresetOptions {
  /**
   * Share of the prompt that a pod must have in its cache to count as a pod that has the prefix: above 0, at most 1.
   *
   * @default 0.8
   */
  readonly affinityThreshold?: number;
  /**
   * Number of prompt tokens whose prefix is compared. More tokens cost CPU of the picker.
   *
   * @default 40960
   */
  readonly maxPrefixTokens?: number;
}

/** Options of `EndpointPickerConfig.precisePrefix`. */
export interface PrecisePrefixOptions extends PrefixScorerWeights, PickerPresetOptions {
  /**
   * Name of the base model, as the render server names it: the picker asks for the tokens of this model. If the render server is a
   * `Workload.vllm` of the mesh, synth fails for a name that it does not serve (AM237).
   */
  readonly modelName: string;
  /**
   * URL of a vLLM server that renders prompts to tokens, such as "http://render:8000": plain HTTP, without a path. Without it the picker
   * would estimate tokens, which match no cache. If the server is in the mesh, grant its calls to the identity of the picker: the
   * ServiceAccount with the name of the pool and "-epp".
   */
  readonly renderUrl: string;
  /**
   * Block size of the KV cache in tokens: the `--block-size` of the model servers.
   *
   * @default 16
   */
  readonly blockSizeTokens?: number;
  /**
   * Port of the pods at which they publish KV cache events (ZeroMQ). It must be one of the `ports` of the workload, declared as `Port.tcp`.
   * With several target ports, each further one adds 1.
   *
   * @default 5557
   */
  readonly eventPort?: number;
  /**
   * Port of the pods at which they repeat KV cache events that the picker missed, declared as `Port.tcp` too.
   *
   * @default - missed events are not repeated
   */
  readonly replayPort?: number;
}

/** Options of `EndpointPickerConfig.tieredCache`. With `Workload.vllm`, the servers need `kvOffloadGibibytes`. */
export interface TieredCacheOptions extends PickerPresetOptions {
  /**
   * Number of KV cache blocks that the CPU memory of each pod holds.
   *
   * @default 82000
   */
  readonly cpuBlocks?: number;
}

/** Options of `EndpointPickerConfig.loadOnly`. */
export interface LoadOnlyOptions extends PickerPresetOptions {
  /**
   * Weight of the scorer that prefers pods with free KV cache. 0 disables it.
   *
   * @default 1
   */
  readonly kvCacheWeight?: number;
  /**
   * Weight of the scorer that prefers pods with a short queue. 0 disables it.
   *
   * @default 1
   */
  readonly queueDepthWeight?: number;
}

/** Options of `EndpointPickerConfig.loraAffinity`. */
export interface LoraAffinityOptions extends PrefixScorerWeights, PickerPresetOptions {
  /**
   * Weight of the scorer that prefers pods on which the LoRA adapter of the request is active.
   *
   * @default 1
   */
  readonly loraWeight?: number;
}

/** Options of `EndpointPickerConfig.sessionAffinity`. */
export interface SessionAffinityOptions extends PickerPresetOptions {
  /**
   * Request header with the id of the session.
   *
   * @default 'x-session-id'
   */
  readonly headerName?: string;
}

/** Options of `EndpointPickerConfig.payloadAgnostic`. */
export interface PayloadAgnosticOptions extends PickerPresetOptions {
  /**
   * Number of requests that a pod serves at a time. Above it the pod counts as saturated.
   *
   * @default 100
   */
  readonly maxConcurrency?: number;
}

/** Options of `EndpointPickerConfig.prefillDecode`. */
export interface PrefillDecodeOptions extends PickerPresetOptions {
  /**
   * Number of prompt tokens that the decode pod does not have in its cache from which on a prefill pod processes the prompt: 1 or more.
   *
   * @default 16
   */
  readonly nonCachedTokens?: number;
  /**
   * Number of tokens of a prompt from which on a prefill pod may process it. Shorter prompts stay at the decode pod.
   *
   * @default 0
   */
  readonly promptTokens?: number;
  /**
   * Weight of the prefix-cache scorer, for the pods of both roles. 0 disables it.
   *
   * @default 2
   */
  readonly prefixCacheWeight?: number;
  /**
   * Weight of the scorer that prefers pods with a short queue, for the pods of both roles. 0 disables it.
   *
   * @default 1
   */
  readonly queueDepthWeight?: number;
}

/** Options of `EndpointPickerConfig.agents`. */
export interface AgentsOptions extends PrefixScorerWeights {
  /**
   * Number of requests that a pod serves at a time. While all pods serve that many, further requests wait in the picker.
   *
   * @default 100
   */
  readonly maxConcurrency?: number;
  /**
   * Memory for waiting requests in MiB. It must be less than `memoryMebibytes` of the picker.
   *
   * @default 1024
   */
  readonly maxQueuedMebibytes?: number;
  /**
   * Seconds after which a waiting request is rejected.
   *
   * @default 60
   */
  readonly maxWaitSeconds?: number;
  /**
   * Request headers with the id of a session, which are tried before those that the picker always reads: `x-claude-code-session-id`,
   * `x-session-affinity`, `session-id` and `session_id`. Clients choose their sessions. A gateway that names the tenant of each request removes
   * all of these headers.
   *
   * @default - no further headers
   */
  readonly sessionHeaders?: string[];
}
