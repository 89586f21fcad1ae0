import { Workload } from './workload';
import { accepted } from '../input/guard';
import { PickerDeployment } from '../model/pool';
import { Trait } from '../model/trait';

/** Model server engines whose metrics the endpoint picker can scrape (llm-d-router v0.10, core-metrics-extractor). */
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

/** Options of `EndpointPicker.deploy`. */
export interface DeployPickerOptions {
  /**
   * Container image of the picker, with a tag or a digest.
   *
   * @default 'ghcr.io/llm-d/llm-d-router-endpoint-picker:v0.10.0'
   */
  readonly image?: string;
  /**
   * Number of picker pods. Each pod knows only the prefixes of the requests that it placed itself, so several pods lower the cache hit rate.
   * More than one is an error if `prefixCacheWeight` is above 0, unless AM222 is acknowledged.
   *
   * @default 1
   */
  readonly replicas?: number;
  /**
   * Engine of the model servers, which determines the metrics that the picker scrapes.
   *
   * @default ModelServer.VLLM
   */
  readonly modelServer?: ModelServer;
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
  /**
   * CPU request in millicores. No CPU limit is set.
   *
   * @default 1000
   */
  readonly cpuMillis?: number;
  /**
   * Memory request and limit in MiB.
   *
   * @default 2048
   */
  readonly memoryMebibytes?: number;
}

/** Options of `EndpointPicker.existing`. */
export interface ExistingPickerOptions {
  /**
   * Whether the picker serves TLS with a self-signed certificate, as the llm-d picker does.
   *
   * @default true
   */
  readonly selfSignedTls?: boolean;
}

/**
 * Endpoint picker of an inference pool, which selects the pod for each request (Gateway API Inference Extension v1.6, proposal 004).
 *
 * @example
 * gateway.addPool('llama', { workload, picker: EndpointPicker.deploy({ modelServer: ModelServer.VLLM }) });
 */
export class EndpointPicker {
  /** Deploys the llm-d endpoint picker, which prefers pods whose KV cache holds the prefix of the prompt. */
  public static deploy(options: DeployPickerOptions = {}): EndpointPicker {
    [options] = accepted('EndpointPicker.deploy', [options]);
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

  /** Uses an existing endpoint picker. `workload` is a `Workload.existing` with a `service` whose port speaks HTTP/2. */
  public static existing(workload: Workload, options: ExistingPickerOptions = {}): EndpointPicker {
    [workload, options] = accepted('EndpointPicker.existing', [workload, options]);
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
