import { Workload } from './workload';
import { PickerDeployment } from '../model/pool';
import { Trait } from '../model/trait';

/** Engines whose metrics the endpoint picker can read (llm-d-router v0.10, core-metrics-extractor). */
export enum ModelServer {
  /** vLLM. */
  VLLM = 'vllm',
  /** SGLang, started with `--enable-metrics`. */
  SGLANG = 'sglang',
  /** TensorRT-LLM's `trtllm-serve`. */
  TRTLLM_SERVE = 'trtllm-serve',
  /** Triton with the TensorRT-LLM backend. */
  TRITON_TENSORRT_LLM = 'triton-tensorrt-llm',
}

/** What requests to a pool get while its endpoint picker is away. */
export enum FailureMode {
  /** An error. */
  FAIL_CLOSE = 'FailClose',
  /**
   * Any pod, in turn, for requests without a body. Of those with one, such as chat, most or all fail all the same: the body
   * is streamed to the picker that is not there.
   */
  FAIL_OPEN = 'FailOpen',
}

/** Options of `EndpointPicker.deploy`. */
export interface DeployPickerOptions {
  /**
   * Image with a tag or a digest.
   *
   * @default 'ghcr.io/llm-d/llm-d-router-endpoint-picker:v0.10.0'
   */
  readonly image?: string;
  /**
   * Number of pods. Each knows the prefixes of the requests that it placed itself and no others', so several of them split the hit rate:
   * refused beside a `prefixCacheWeight` above 0, unless the team acknowledges it (AM222).
   *
   * @default 1
   */
  readonly replicas?: number;
  /**
   * Engine of the model servers, by which the picker knows their metrics.
   *
   * @default ModelServer.VLLM
   */
  readonly modelServer?: ModelServer;
  /**
   * How much it counts that a pod's cache holds the prompt's prefix; 0 switches the signal off.
   *
   * @default 3
   */
  readonly prefixCacheWeight?: number;
  /**
   * How much free KV cache counts; 0 switches the signal off.
   *
   * @default 2
   */
  readonly kvCacheWeight?: number;
  /**
   * How much a short queue counts; 0 switches the signal off.
   *
   * @default 2
   */
  readonly queueDepthWeight?: number;
  /**
   * Requested CPU in thousandths of a core; no limit is set.
   *
   * @default 1000
   */
  readonly cpuMillis?: number;
  /**
   * Requested memory in MiB, also the limit.
   *
   * @default 2048
   */
  readonly memoryMebibytes?: number;
}

/** Options of `EndpointPicker.existing`. */
export interface ExistingPickerOptions {
  /**
   * Whether it serves TLS with a certificate of its own making, as llm-d's picker does.
   *
   * @default true
   */
  readonly selfSignedTls?: boolean;
}

/** Who chooses the pod of a pool that serves a request (Gateway API Inference Extension v1.6, proposal 004). */
export class EndpointPicker {
  /** llm-d's picker, deployed here, which prefers pods whose KV cache holds the prompt's prefix. */
  public static deploy(options: DeployPickerOptions = {}): EndpointPicker {
    const picker = new EndpointPicker();
    pickerDescription.give(picker, {
      kind: 'deploy',
      deployment: {
        image: options.image ?? 'ghcr.io/llm-d/llm-d-router-endpoint-picker:v0.10.0',
        replicas: options.replicas ?? 1,
        engine: options.modelServer ?? ModelServer.VLLM,
        weights: {
          prefixCache: options.prefixCacheWeight ?? 3,
          kvCache: options.kvCacheWeight ?? 2,
          queueDepth: options.queueDepthWeight ?? 2,
        },
        cpuMillis: options.cpuMillis ?? 1000,
        memoryMebibytes: options.memoryMebibytes ?? 2048,
      },
    });
    return picker;
  }

  /** A picker that the team runs: `workload` is `Workload.existing` with its Service, whose port speaks HTTP/2. */
  public static existing(workload: Workload, options: ExistingPickerOptions = {}): EndpointPicker {
    const picker = new EndpointPicker();
    pickerDescription.give(picker, { kind: 'existing', workload, selfSignedTls: options.selfSignedTls ?? true });
    return picker;
  }

  private constructor() {}
}

export type PickerDescription =
  | { readonly kind: 'deploy'; readonly deployment: PickerDeployment }
  | { readonly kind: 'existing'; readonly workload: Workload; readonly selfSignedTls: boolean };

export const pickerDescription = new Trait<PickerDescription>('an EndpointPicker');
