import { number } from './texts';
import {
  AgentsOptions, ApproximatePrefixOptions, CustomPickerConfigOptions, EndpointPickerConfig, LoadOnlyOptions, LoraAffinityOptions, OptimizedBaselineOptions, PayloadAgnosticOptions,
  PickerDataLayer, PickerDataSource, PickerFairness, PickerFlowControl, PickerPlugin, PickerPresetOptions, PickerPriorityBand, PickerProfile, PickerProfilePlugin, PrecisePrefixOptions, PrefixScorerWeights,
  PresetFlowControl, PresetPriorityBand, SessionAffinityOptions, TieredCacheOptions,
} from '../../../src';
import { Drawing } from '../drawing';
import { Expr, factory, list, lit, member, record } from '../expr';
import { always, Draws, fitting, options, Perhaps, rarely } from '../options';
import { WorkloadVar } from '../plan';

/** A drawn configuration, and what it asks of the pool. */
export interface PickerConfigVar {
  readonly expr: Expr<EndpointPickerConfig>;
  readonly targetPorts?: readonly number[];
  /** Whether only vLLM does. */
  readonly needsVllm?: true;
  /** Whether requests wait in the picker. */
  readonly queues?: boolean;
}

/** Queues of a preset, in few programs. */
export function queueDraws(on: Drawing, hasTenants: boolean, onQueue: () => void = () => {}): Draws<PickerPresetOptions> {
  return {
    flowControl: rarely(() => {
      onQueue();
      return flowControl(on, hasTenants);
    }),
  };
}

/** A configuration that suits the pods. */
export function pickerConfig(on: Drawing, pods: WorkloadVar, hasTenants: boolean): PickerConfigVar {
  const [eventPort] = pods.tcpPorts;
  let queues = false;
  const queueing = queueDraws(on, hasTenants, () => { queues = true; });
  const chosen = on.choice<() => PickerConfigVar>({
    'EndpointPickerConfig.approximatePrefix': () => ({ expr: factory(EndpointPickerConfig, 'approximatePrefix', options<ApproximatePrefixOptions>(on, 'ApproximatePrefixOptions', { ...weights(on), ...queueing })) }),
    'EndpointPickerConfig.optimizedBaseline': () => ({
      expr: factory(EndpointPickerConfig, 'optimizedBaseline', options<OptimizedBaselineOptions>(on, 'OptimizedBaselineOptions', {
        ...queueing,
        affinityThreshold: rarely(() => number(on, 0.5)), maxPrefixTokens: rarely(() => number(on, 1000)),
      })),
    }),
    ...pods.serves?.hasOffload !== false || on.isBold ? {
      'EndpointPickerConfig.tieredCache': () => ({ expr: factory(EndpointPickerConfig, 'tieredCache', options<TieredCacheOptions>(on, 'TieredCacheOptions', { ...queueing, cpuBlocks: rarely(() => number(on, 500)) })) }),
    } : {},
    'EndpointPickerConfig.loadOnly': () => ({ expr: factory(EndpointPickerConfig, 'loadOnly', options<LoadOnlyOptions>(on, 'LoadOnlyOptions', { ...queueing, kvCacheWeight: rarely(() => number(on, 3)), queueDepthWeight: rarely(() => number(on, 2)) })) }),
    ...pods.serves?.hasAdapters !== false || on.isBold ? {
      'EndpointPickerConfig.loraAffinity': () => ({
        expr: factory(EndpointPickerConfig, 'loraAffinity', options<LoraAffinityOptions>(on, 'LoraAffinityOptions', { ...weights(on), ...queueing, loraWeight: rarely(() => number(on, 2)) })), needsVllm: true as const,
      }),
    } : {},
    'EndpointPickerConfig.sessionAffinity': () => ({ expr: factory(EndpointPickerConfig, 'sessionAffinity', options<SessionAffinityOptions>(on, 'SessionAffinityOptions', { ...queueing, headerName: rarely(() => lit('x-chat')) })) }),
    'EndpointPickerConfig.payloadAgnostic': () => ({ expr: factory(EndpointPickerConfig, 'payloadAgnostic', options<PayloadAgnosticOptions>(on, 'PayloadAgnosticOptions', { ...queueing, maxConcurrency: rarely(() => number(on, 4)) })) }),
    'EndpointPickerConfig.agents': () => ({
      expr: factory(EndpointPickerConfig, 'agents', options<AgentsOptions>(on, 'AgentsOptions', {
        ...weights(on), maxConcurrency: rarely(() => number(on, 4)), maxQueuedMebibytes: fitting(() => number(on, 100)), maxWaitSeconds: rarely(() => number(on, 5)),
        sessionHeaders: rarely(() => lit(on.odd([[''], ['a b'], ['x-llm-d-inference-objective'], ['session-id']], () => ['x-conversation']))),
      })),
      queues: true,
    }),
    'EndpointPickerConfig.custom': () => custom(on),
    ...eventPort !== undefined || on.isBold ? { 'EndpointPickerConfig.precisePrefix': () => ({ expr: precise(on, pods, queueing), targetPorts: pods.httpPorts.slice(0, 1), needsVllm: true as const }) } : {},
    ...pods.httpPorts.length > 1 || on.isBold ? { 'EndpointPickerConfig.wideExpertParallel': () => ({ expr: factory(EndpointPickerConfig, 'wideExpertParallel', options<PickerPresetOptions>(on, 'PickerPresetOptions', queueing)), targetPorts: pods.httpPorts.slice(0, 2) }) } : {},
  })();
  return { ...chosen, queues: queues || chosen.queues };
}

/** Queues in the picker. Tenants take turns only where requests name them. */
function flowControl(on: Drawing, hasTenants: boolean): Expr<PresetFlowControl> {
  const fairness = () => member('PickerFairness', PickerFairness, on.dares(hasTenants) && !on.isSought('PickerFairness.GLOBAL_STRICT') ? 'ROUND_ROBIN' : 'GLOBAL_STRICT');
  const one = (priority: number) => options<PresetPriorityBand>(on, 'PresetPriorityBand', {
    priority: always(() => number(on, priority)), maxMebibytes: rarely(() => number(on, 10)), maxRequests: rarely(() => number(on, 50)), fairness: rarely(fairness),
  });
  return options<PresetFlowControl>(on, 'PresetFlowControl', {
    maxMebibytes: fitting(() => number(on, 100)), maxRequests: rarely(() => number(on, 1000)), maxWaitSeconds: rarely(() => number(on, 30, 600)), fairness: rarely(fairness),
    priorityBands: rarely(() => list([one(10), one(-1)])),
  });
}

function weights(on: Drawing): Record<keyof PrefixScorerWeights, Perhaps<number>> {
  return { prefixCacheWeight: rarely(() => number(on, 5, 0)), kvCacheWeight: rarely(() => number(on, 1, 0)), queueDepthWeight: rarely(() => number(on, 0.5, 1)) };
}

function precise(on: Drawing, { tcpPorts: [first, second] }: WorkloadVar, queueing: Draws<PickerPresetOptions>): Expr<EndpointPickerConfig> {
  return factory(EndpointPickerConfig, 'precisePrefix', options<PrecisePrefixOptions>(on, 'PrecisePrefixOptions', {
    ...weights(on), ...queueing, modelName: always(() => lit(on.odd(['', 'a b'], () => 'org/model'))), renderUrl: always(() => lit(on.odd(['', 'https://render', 'render:8000', 'http://a/b'], () => 'http://render:8000'))),
    blockSizeTokens: rarely(() => number(on, 64)), eventPort: fitting(() => lit(on.odd([0, 1, 70_000], () => first ?? 5557))),
    replayPort: rarely(() => (second === undefined && !on.isBold ? undefined : lit(second ?? 5558))),
  }));
}

const band = (on: Drawing, priority?: number): Expr<PickerPriorityBand> => options<PickerPriorityBand>(on, 'PickerPriorityBand', {
  priority: fitting(() => (priority === undefined ? undefined : lit(priority))), maxMebibytes: rarely(() => number(on, 10)), maxRequests: rarely(() => number(on, 100)),
  fairnessPolicy: rarely(() => lit(on.odd(['', 'fair'], () => 'global-strict-fairness-policy'))), orderingPolicy: rarely(() => lit('fcfs-ordering-policy')),
});

const plugin = (on: Drawing, type: string, name?: string, parameters?: Expr<{ [key: string]: unknown }>): Expr<PickerPlugin> => options<PickerPlugin>(on, 'PickerPlugin', {
  type: always(() => lit(on.odd(['', 'queue', 'tokenizer'], () => type))), name: fitting(() => (name === undefined ? undefined : lit(name))), parameters: fitting(() => parameters),
});

function custom(on: Drawing): PickerConfigVar {
  const isQueueing = on.tape.oneIn(3) || on.isSought('CustomPickerConfigOptions.flowControl') || on.isSought('CustomPickerConfigOptions.featureGates');
  const part = (name: string, weight?: number): Expr<PickerProfilePlugin> => options<PickerProfilePlugin>(on, 'PickerProfilePlugin', {
    plugin: always(() => lit(on.odd(['', 'nobody'], () => name))), weight: fitting(() => (weight === undefined ? undefined : number(on, weight))),
  });
  const expr = factory(EndpointPickerConfig, 'custom', options<CustomPickerConfigOptions>(on, 'CustomPickerConfigOptions', {
    plugins: always(() => list([
      plugin(on, 'queue-scorer', 'queue'), plugin(on, 'load-aware-scorer', undefined, record<unknown>([['threshold', number(on, 64)]])), plugin(on, 'endpoint-notification-source'), plugin(on, 'passthrough-parser'),
    ])),
    schedulingProfiles: always(() => list([options<PickerProfile>(on, 'PickerProfile', {
      name: always(() => lit('default')), plugins: always(() => list([part('queue', 2), part('load-aware-scorer')])),
    })])),
    dataLayer: rarely(() => options<PickerDataLayer>(on, 'PickerDataLayer', {
      injectDefaults: rarely(() => lit(on.tape.oneIn(2))),
      sources: rarely(() => list([options<PickerDataSource>(on, 'PickerDataSource', { plugin: always(() => lit('endpoint-notification-source')), extractors: rarely(() => lit(['queue'])) })])),
    })),
    flowControl: fitting(() => (isQueueing ? options<PickerFlowControl>(on, 'PickerFlowControl', {
      maxMebibytes: fitting(() => number(on, 100)), maxRequests: rarely(() => number(on, 1000)), maxWaitSeconds: rarely(() => number(on, 30)),
      defaultPriorityBand: rarely(() => band(on)), defaultNegativePriorityBand: rarely(() => band(on)), priorityBands: rarely(() => list([band(on, 10), band(on, -1)])),
      usageLimitPolicy: rarely(() => lit('static-usage-limit-policy')), saturationDetector: rarely(() => lit('utilization-detector')),
    }) : undefined)),
    parsers: rarely(() => lit(['passthrough-parser', 'openai-parser'])),
    featureGates: fitting(() => (isQueueing ? lit(['flowControl']) : undefined)),
    allowExperimental: rarely(() => lit(on.tape.oneIn(2))),
  }));
  return { expr, queues: isQueueing };
}
