import { DeployedPodsOptions } from './deploy-workload-options';
import { Volume } from './volume';

/** KV cache events of vLLM servers, by which a picker with `EndpointPickerConfig.precisePrefix` knows what each pod has cached. */
export interface VllmKvEvents {
  /**
   * Port at which the pods publish events (ZeroMQ): the `eventPort` of the picker. Each further data parallel rank adds 1.
   *
   * @default 5557
   */
  readonly port?: number;
  /**
   * Port at which the pods repeat events that a picker missed: the `replayPort` of the picker. Each further data parallel rank adds 1.
   *
   * @default - events are not repeated
   */
  readonly replayPort?: number;
}

/** Transfer of KV cache between vLLM servers by NIXL, with which decode pods read the KV cache of a prompt from a prefill pod. */
export interface VllmKvTransfer {
  /**
   * Port of the NIXL handshake: the `sideChannelPort` of `prefill`.
   *
   * @default 5600
   */
  readonly sideChannelPort?: number;
  /**
   * Consecutive ports for the transfer over TCP: the `kvTransferPorts` of `prefill`.
   *
   * @default - none: the pods need RDMA
   */
  readonly ports?: number[];
}

/** Options of `Workload.vllm` (source: vLLM 0.29, `vllm serve`). */
export interface VllmOptions extends DeployedPodsOptions {
  /** Model: the path of its weights in the container, such as "/models/llama", or its name on the Hugging Face Hub. */
  readonly model: string;
  /**
   * Names by which requests name the model (`--served-model-name`). KV cache events have the first name.
   *
   * @default - the value of `model`
   */
  readonly servedModelNames?: string[];
  /**
   * LoRA adapters: the name that requests use, with the path or the hub name of the adapter (`--enable-lora`, `--lora-modules`).
   *
   * @default - no adapters
   */
  readonly loraAdapters?: { [name: string]: string };
  /**
   * Number of adapters that one batch may use (`--max-loras`). Each takes GPU memory. If set without `loraAdapters`, the servers still start
   * with `--enable-lora`.
   *
   * @default - the number of `loraAdapters`, at most 8
   */
  readonly maxLoras?: number;
  /**
   * Highest rank of the adapters (`--max-lora-rank`): 1, 8, 16, 32, 64, 128, 256, 320 or 512.
   *
   * @default - that of vLLM, 16
   */
  readonly maxLoraRank?: number;
  /**
   * Number of accelerators of each pod, such as GPUs. 0 is for servers on CPUs.
   *
   * @default 1
   */
  readonly acceleratorCount?: number;
  /**
   * Name of the extended resource of the accelerators.
   *
   * @default 'nvidia.com/gpu'
   */
  readonly acceleratorResource?: string;
  /**
   * Number of accelerators that hold one copy of the model together (`--tensor-parallel-size`).
   *
   * @default - `acceleratorCount` divided by `dataParallelSize`, at least 1
   */
  readonly tensorParallelSize?: number;
  /**
   * Number of data parallel ranks of each pod: 2 to 8 (`--data-parallel-size`), for `EndpointPickerConfig.wideExpertParallel`. Each rank
   * serves requests and metrics at a port of its own: `port`, `port` + 1 and so on. A supervisor at port 9256 answers the probes for all of
   * them. It needs a release of vLLM that has `--data-parallel-multi-port-external-lb`.
   *
   * @default - one rank
   */
  readonly dataParallelSize?: number;
  /**
   * Port that serves the OpenAI API and the metrics (`--port`).
   *
   * @default 8000
   */
  readonly port?: number;
  /**
   * Maximum number of tokens of a request, prompt and output (`--max-model-len`).
   *
   * @default - that of the model
   */
  readonly maxModelLen?: number;
  /**
   * Block size of the KV cache in tokens (`--block-size`).
   *
   * @default - vLLM chooses it; 16 with `kvEvents`
   */
  readonly blockSizeTokens?: number;
  /**
   * KV cache events of the pods (`--kv-events-config`, `--enable-prefix-caching`). Their ports are ports of the workload, at which only the
   * endpoint picker may connect. The variable `POD_IP` has the address of the pod, which is part of their topic.
   *
   * @default - no events
   */
  readonly kvEvents?: VllmKvEvents;
  /**
   * Transfer of KV cache between prefill and decode servers by NIXL (`--kv-transfer-config` with the NixlConnector), for `prefill` of an
   * InferencePool. Both servers need it. Its ports are ports of the workload, at which only the decode pods of the pool may connect.
   *
   * @default - no transfer
   */
  readonly kvTransfer?: VllmKvTransfer;
  /**
   * CPU memory for KV cache that leaves the accelerators, in GiB for each data parallel rank: a whole number from 1 (`--kv-offloading-size`), for
   * `EndpointPickerConfig.tieredCache`. It is a file in the shared memory, so `sharedMemoryMebibytes` must be more than that of all ranks. Synth
   * fails for it beside `kvTransfer`, whose connector it would replace.
   *
   * @default - no KV cache in CPU memory
   */
  readonly kvOffloadGibibytes?: number;
  /**
   * Volume with the weights, mounted read-only at `/models`.
   *
   * @default - none: the weights are in the image or in one of `volumes`, or vLLM downloads them
   */
  readonly modelVolume?: Volume;
  /**
   * Writable volume for downloads and compiled kernels, mounted at `/cache`, which is the `HOME` of the process. A
   * PersistentVolumeClaim keeps them when pods restart.
   *
   * @default - an empty directory for each pod
   */
  readonly cacheVolume?: Volume;
  /**
   * Size limit of the shared memory of the processes, `/dev/shm`, in MiB. It counts for the memory of the container.
   *
   * @default - half of `memoryMebibytes`
   */
  readonly sharedMemoryMebibytes?: number;
  /**
   * Entrypoint of the container, to which the arguments are passed.
   *
   * @default ['vllm', 'serve']
   */
  readonly command?: string[];
  /**
   * Further arguments, such as "--gpu-memory-utilization=0.85". Synth fails for arguments that an option or the library sets, and for values
   * that look like secrets.
   *
   * @default - no further arguments
   */
  readonly args?: string[];
  /**
   * Maximum start time of a pod in seconds, until the weights are loaded: a whole number from 1.
   *
   * @default 1800
   */
  readonly startupSeconds?: number;
  /**
   * CPU request in millicores. No CPU limit is set.
   *
   * @default 4000
   */
  readonly cpuMillis?: number;
  /**
   * Memory request and limit in MiB.
   *
   * @default 32768
   */
  readonly memoryMebibytes?: number;
}
