import { EndpointPickerConfig, pickerConfiguration } from './endpoint-picker-config';
import { availabilityOf, PickerPodOptions, pickerPodSettings } from './picker-pod-options';
import { PickerRelease } from './releases';
import { Workload } from './workload';
import { accepted } from '../input/guard';
import { PickerDeployment } from '../model/pool';
import { Trait } from '../model/trait';

/** Model server engines whose metrics the endpoint picker can scrape (source: llm-d-router v0.10, core-metrics-extractor). */
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

/** The image of each release. */
const IMAGES: Readonly<Record<string, string>> = {
  [PickerRelease.V0_10]: 'ghcr.io/llm-d/llm-d-router-endpoint-picker:v0.10.0',
};

/** Options of `EndpointPicker.deploy`. */
export interface DeployPickerOptions extends PickerPodOptions {
  /**
   * Container image of the picker, with a tag or a digest. Synth fails for an image of another release than `release`.
   *
   * @default - the image of `release`: 'ghcr.io/llm-d/llm-d-router-endpoint-picker:v0.10.0'
   */
  readonly image?: string;
  /**
   * Number of picker pods: 1 for `AvailabilityMode.SINGLE`, otherwise 2 or more.
   *
   * @default - 1; 2 for AvailabilityMode.LEADER_ELECTED and ACTIVE_ACTIVE
   */
  readonly replicas?: number;
  /**
   * Engine of the model servers. It determines which metrics the picker scrapes.
   *
   * @default ModelServer.VLLM
   */
  readonly modelServer?: ModelServer;
  /**
   * How the picker selects pods.
   *
   * @default EndpointPickerConfig.approximatePrefix()
   */
  readonly config?: EndpointPickerConfig;
  /**
   * CPU request of a picker pod in millicores. No CPU limit is set.
   *
   * @default 1000
   */
  readonly cpuMillis?: number;
  /**
   * Memory request of a picker pod in MiB, and its limit unless `memoryLimitMebibytes` is set.
   *
   * @default 2048
   */
  readonly memoryMebibytes?: number;
}

/** Options of `EndpointPicker.existing`. */
export interface ExistingPickerOptions {
  /**
   * Whether the picker serves TLS with a self-signed certificate, as the llm-d picker does. If false, it serves plain text
   * (`--secure-serving=false`). It must be false with sidecars, which accept no other TLS than the mutual TLS of the mesh.
   *
   * @default true
   */
  readonly selfSignedTls?: boolean;
}

/**
 * Endpoint picker (EPP) of an inference pool, which selects the pod for each request (source: Gateway API Inference Extension v1.6,
 * proposal 004).
 *
 * @example
 * // gateway: an InferenceGateway; workload: a Workload with the model servers
 * gateway.addPool('llama', { workload, picker: EndpointPicker.deploy({ modelServer: ModelServer.VLLM }) });
 */
export class EndpointPicker {
  /** Returns an endpoint picker that the library deploys: the llm-d picker. By default it prefers pods whose KV cache holds the prefix of the prompt. */
  public static deploy(options: DeployPickerOptions = {}): EndpointPicker {
    [options] = accepted('EndpointPicker.deploy', [options]);
    const picker = new EndpointPicker();
    const memoryMebibytes = options.memoryMebibytes ?? 2048;
    pickerDescription.give(picker, {
      kind: 'deploy',
      deployment: {
        image: options.image ?? IMAGES[options.release ?? PickerRelease.V0_10],
        replicas: availabilityOf(options).replicas,
        engine: options.modelServer ?? ModelServer.VLLM,
        config: pickerConfiguration.of(options.config ?? EndpointPickerConfig.approximatePrefix()),
        cpuMillis: options.cpuMillis ?? 1000,
        memoryMebibytes,
        settings: pickerPodSettings(options, memoryMebibytes),
      },
    });
    return picker;
  }

  /** Returns an existing endpoint picker. `workload` must be a `Workload.existing` with a `service` whose port speaks HTTP/2. */
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
