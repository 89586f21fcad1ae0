import {
  AgentsOptions, ApproximatePrefixOptions, LoadOnlyOptions, LoraAffinityOptions, OptimizedBaselineOptions, PayloadAgnosticOptions,
  PrecisePrefixOptions, PrefillDecodeOptions, SessionAffinityOptions, TieredCacheOptions,
} from './picker-config-options';
import { customSettings } from './picker-custom';
import { CustomPickerConfigOptions } from './picker-custom-options';
import { withFlowControl } from './picker-flow-control';
import { PickerPresetOptions } from './picker-flow-control-options';
import * as presets from './picker-presets';
import { accepted } from '../input/guard';
import { PickerConfiguration, PickerSettings } from '../model/picker/config';
import { Trait } from '../model/trait';

/**
 * How an endpoint picker selects pods: plugins, profiles, queues and feature gates (source: llm-d-router v0.10, EndpointPickerConfig). Synth
 * fails if the picker would not start with the configuration, or would ignore a part of it.
 *
 * @example
 * EndpointPicker.deploy({ config: EndpointPickerConfig.loadOnly() });
 */
export class EndpointPickerConfig {
  /** Returns the default: pods are scored by cached prefix, free KV cache and queue depth. The picker infers what is cached from its own requests. */
  public static approximatePrefix(options: ApproximatePrefixOptions = {}): EndpointPickerConfig {
    [options] = accepted('EndpointPickerConfig.approximatePrefix', [options]);
    return new EndpointPickerConfig(withFlowControl(presets.approximatePrefix(options), options.flowControl));
  }

  /** Returns the baseline of the llm-d guide: among the pods that have the prefix, the one with the fewest prompt tokens in flight. */
  public static optimizedBaseline(options: OptimizedBaselineOptions = {}): EndpointPickerConfig {
    [options] = accepted('EndpointPickerConfig.optimizedBaseline', [options]);
    return new EndpointPickerConfig(withFlowControl(presets.optimizedBaseline(options), options.flowControl));
  }

  /**
   * Returns a configuration that knows what is cached from events of the pods. Model servers must be vLLM or SGLang and publish KV cache
   * events. The workload policy allows the picker to connect to the ports of these events.
   */
  public static precisePrefix(options: PrecisePrefixOptions): EndpointPickerConfig {
    [options] = accepted('EndpointPickerConfig.precisePrefix', [options]);
    return new EndpointPickerConfig(withFlowControl(presets.precisePrefix(options), options.flowControl));
  }

  /** Returns a configuration for pods that keep KV cache in GPU memory and in CPU memory. */
  public static tieredCache(options: TieredCacheOptions = {}): EndpointPickerConfig {
    [options] = accepted('EndpointPickerConfig.tieredCache', [options]);
    return new EndpointPickerConfig(withFlowControl(presets.tieredCache(options), options.flowControl));
  }

  /** Returns a configuration that scores pods by load only. It suits prompts without common prefixes. */
  public static loadOnly(options: LoadOnlyOptions = {}): EndpointPickerConfig {
    [options] = accepted('EndpointPickerConfig.loadOnly', [options]);
    return new EndpointPickerConfig(withFlowControl(presets.loadOnly(options), options.flowControl));
  }

  /** Returns a configuration that prefers pods on which the LoRA adapter of the request is active. Model servers must be vLLM with `--enable-lora`. */
  public static loraAffinity(options: LoraAffinityOptions = {}): EndpointPickerConfig {
    [options] = accepted('EndpointPickerConfig.loraAffinity', [options]);
    return new EndpointPickerConfig(withFlowControl(presets.loraAffinity(options), options.flowControl));
  }

  /**
   * Returns a configuration that prefers the pod that served the session before. Experimental: the plugin is Alpha, so the picker starts with
   * `--allow-experimental-plugins`.
   */
  public static sessionAffinity(options: SessionAffinityOptions = {}): EndpointPickerConfig {
    [options] = accepted('EndpointPickerConfig.sessionAffinity', [options]);
    return new EndpointPickerConfig(withFlowControl(presets.sessionAffinity(options), options.flowControl), { allowsExperimental: true });
  }

  /**
   * Returns a configuration for data parallel model servers, whose pods have one port for each rank. The pool must have 2 to 8 target ports,
   * and each rank serves its own metrics.
   */
  public static wideExpertParallel(options: PickerPresetOptions = {}): EndpointPickerConfig {
    [options] = accepted('EndpointPickerConfig.wideExpertParallel', [options]);
    return new EndpointPickerConfig(withFlowControl(presets.wideExpertParallel(), options.flowControl), { leastTargetPorts: 2 });
  }

  /**
   * Returns a configuration for pools with prefill servers (`prefill` of the pool): each request is served by a decode pod, and a prefill pod
   * processes the prompt if much of it is not cached at the decode pod. Synth fails for a pool without prefill servers.
   */
  public static prefillDecode(options: PrefillDecodeOptions = {}): EndpointPickerConfig {
    [options] = accepted('EndpointPickerConfig.prefillDecode', [options]);
    return new EndpointPickerConfig(withFlowControl(presets.prefillDecode(options), options.flowControl));
  }

  /** Returns a configuration for servers that are no LLMs, such as speech: requests are not parsed, and metrics are not read. */
  public static payloadAgnostic(options: PayloadAgnosticOptions = {}): EndpointPickerConfig {
    [options] = accepted('EndpointPickerConfig.payloadAgnostic', [options]);
    return new EndpointPickerConfig(withFlowControl(presets.payloadAgnostic(options), options.flowControl));
  }

  /**
   * Returns a configuration for agents: requests wait while all pods are busy, and the session that was served least is next. Sessions are
   * told apart by headers that the clients send. Experimental: a plugin is Alpha, so the picker starts with `--allow-experimental-plugins`.
   */
  public static agents(options: AgentsOptions = {}): EndpointPickerConfig {
    [options] = accepted('EndpointPickerConfig.agents', [options]);
    return new EndpointPickerConfig(presets.agents(options), { allowsExperimental: true });
  }

  /** Returns a configuration of any plugins, profiles and queues, checked like the others. */
  public static custom(options: CustomPickerConfigOptions): EndpointPickerConfig {
    [options] = accepted('EndpointPickerConfig.custom', [options]);
    return new EndpointPickerConfig(customSettings(options), { allowsExperimental: options.allowExperimental ?? false });
  }

  private constructor(settings: PickerSettings, more: Partial<PickerConfiguration> = {}) {
    pickerConfiguration.give(this, { apiVersion: 'llm-d.ai/v1alpha1', settings, allowsExperimental: false, ...more });
  }
}

export const pickerConfiguration = new Trait<PickerConfiguration>('an EndpointPickerConfig');
