import {
  AgentsOptions, ApproximatePrefixOptions, LoadOnlyOptions, LoraAffinityOptions, OptimizedBaselineOptions, PayloadAgnosticOptions,
  PrecisePrefixOptions, PrefillDecodeOptions, PrefixScorerWeights, SessionAffinityOptions, TieredCacheOptions,
} from './picker-config-options';
import { CPU_INDEX, PickerSettings, PluginSpec, ProfileSpec } from '../model/picker/config';
import { SESSION_READER } from '../model/picker/sessions';

type Part = ProfileSpec['plugins'][number];

const PICKER = 'max-score-picker';
const PRECISE = 'precise-prefix-cache-producer';
const ANNOUNCER = 'endpoint-notification-source';

/** Returns settings with one profile, which picks the pod with the highest score. Scorers without a plugin of their own get one. */
function oneProfile(parts: readonly Part[], plugins: readonly PluginSpec[] = [], more: Partial<PickerSettings> = {}): PickerSettings {
  const used = parts.filter(({ weight }) => weight !== 0);
  const named = new Set(plugins.map(({ name, type }) => name ?? type));
  return {
    ...more,
    plugins: [...used.filter(({ pluginRef }) => !named.has(pluginRef)).map(({ pluginRef }) => ({ type: pluginRef })), ...plugins, { type: PICKER }, { type: 'single-profile-handler' }],
    schedulingProfiles: [{ name: 'default', plugins: [...used, { pluginRef: PICKER }] }],
  };
}

function weighted({ prefixCacheWeight = 3, kvCacheWeight = 2, queueDepthWeight = 2 }: PrefixScorerWeights): Part[] {
  return [
    { pluginRef: 'prefix-cache-scorer', weight: prefixCacheWeight },
    { pluginRef: 'kv-cache-utilization-scorer', weight: kvCacheWeight },
    { pluginRef: 'queue-scorer', weight: queueDepthWeight },
  ];
}

export const approximatePrefix = (options: ApproximatePrefixOptions): PickerSettings => oneProfile(weighted(options));

/** The baseline of the llm-d guide: pods that have the prefix, and among them the one with the fewest tokens in flight. */
export function optimizedBaseline({ affinityThreshold = 0.8, maxPrefixTokens = 40960 }: OptimizedBaselineOptions): PickerSettings {
  return oneProfile([{ pluginRef: 'prefix-cache-affinity-filter' }, { pluginRef: 'token-load-scorer' }], [
    { type: 'prefix-cache-affinity-filter', parameters: { affinityThreshold, maxTTFTPenaltyMs: 0 } },
    { type: 'token-load-scorer' },
    { type: 'inflight-load-producer' },
    { type: 'approx-prefix-cache-producer', parameters: { maxPrefixTokensToMatch: maxPrefixTokens } },
  ]);
}

export function precisePrefix(options: PrecisePrefixOptions): PickerSettings {
  const { modelName, renderUrl, blockSizeTokens = 16, eventPort = 5557, replayPort, ...weights } = options;
  const replay = replayPort === undefined ? {} : { replaySocketPort: replayPort };
  return oneProfile(weighted(weights), [
    { type: 'token-producer', parameters: { modelName, vllm: { url: renderUrl } } },
    { type: ANNOUNCER },
    {
      type: PRECISE,
      parameters: {
        tokenProcessorConfig: { blockSizeTokens },
        kvEventsConfig: { topicFilter: 'kv@', discoverPods: true, podDiscoveryConfig: { socketPort: eventPort, ...replay } },
      },
    },
    ...weights.prefixCacheWeight === 0 ? [] : [{ type: 'prefix-cache-scorer', parameters: { prefixMatchInfoProducerName: PRECISE } }],
  ], { dataLayer: { sources: [{ pluginRef: ANNOUNCER, extractors: [{ pluginRef: PRECISE }] }] } });
}

/** Two approximate indexes: of the GPU memory of each pod, whose size the pod states, and of its CPU memory. */
export function tieredCache({ cpuBlocks = 82000 }: TieredCacheOptions): PickerSettings {
  const scorer = (tier: string): PluginSpec => ({ type: 'prefix-cache-scorer', name: `${tier}-prefix-cache-scorer`, parameters: { prefixMatchInfoProducerName: `${tier}-prefix-cache-producer` } });
  return oneProfile([
    { pluginRef: 'gpu-prefix-cache-scorer' }, { pluginRef: 'cpu-prefix-cache-scorer' }, { pluginRef: 'no-hit-lru-scorer' }, { pluginRef: 'kv-cache-utilization-scorer' }, { pluginRef: 'queue-scorer' },
  ], [
    { type: 'approx-prefix-cache-producer', name: 'gpu-prefix-cache-producer' },
    { type: 'approx-prefix-cache-producer', name: CPU_INDEX, parameters: { autoTune: false, lruCapacityPerServer: cpuBlocks } },
    scorer('gpu'), scorer('cpu'),
    { type: 'no-hit-lru-scorer', parameters: { prefixMatchInfoProducerName: 'gpu-prefix-cache-producer' } },
  ]);
}

export function loadOnly({ kvCacheWeight = 1, queueDepthWeight = 1 }: LoadOnlyOptions): PickerSettings {
  return oneProfile(weighted({ prefixCacheWeight: 0, kvCacheWeight, queueDepthWeight }));
}

export function loraAffinity({ loraWeight = 1, ...weights }: LoraAffinityOptions): PickerSettings {
  return oneProfile([{ pluginRef: 'lora-affinity-scorer', weight: loraWeight }, ...weighted(weights)]);
}

export function sessionAffinity({ headerName = 'x-session-id' }: SessionAffinityOptions): PickerSettings {
  const parameters = { strategy: 'session_id', sessionIdConfig: { sources: [{ header: headerName }] } };
  return oneProfile([{ pluginRef: 'session-affinity-scorer', weight: 3 }, { pluginRef: 'queue-scorer', weight: 1 }], [{ type: 'session-affinity-scorer', parameters }]);
}

/** Each target port of a pod is a rank with its own cache, queue and requests. */
export function wideExpertParallel(): PickerSettings {
  return oneProfile([{ pluginRef: 'prefix-cache-scorer', weight: 3 }, { pluginRef: 'queue-scorer', weight: 2 }, { pluginRef: 'active-request-scorer', weight: 1 }]);
}

/** A decode pod, and a prefill pod too if much of the prompt is not cached at the decode pod (llm-d-router v0.10, deploy/config/pd-epp-config.yaml). */
export function prefillDecode(options: PrefillDecodeOptions): PickerSettings {
  const { nonCachedTokens = 16, promptTokens, prefixCacheWeight = 2, queueDepthWeight = 1 } = options;
  const decider = 'prefix-based-pd-decider';
  const scorers = weighted({ prefixCacheWeight, kvCacheWeight: 0, queueDepthWeight }).filter(({ weight }) => weight !== 0);
  const profile = (name: string): ProfileSpec => ({
    name, plugins: [{ pluginRef: `${name}-filter` }, ...scorers.map((one) => ({ ...one })), { pluginRef: PICKER }], // copies, or YAML would have anchors
  });
  return {
    plugins: [
      { type: 'prefill-filter' }, { type: 'decode-filter' }, ...scorers.map(({ pluginRef }) => ({ type: pluginRef })), { type: PICKER },
      { type: decider, parameters: { nonCachedTokens, ...promptTokens !== undefined && { promptTokens } } },
      { type: 'disagg-profile-handler', parameters: { deciders: { prefill: decider } } },
    ],
    schedulingProfiles: [profile('prefill'), profile('decode')],
  };
}

/** Requests are not parsed and metrics are not read: the picker counts its own requests. */
export function payloadAgnostic({ maxConcurrency = 100 }: PayloadAgnosticOptions): PickerSettings {
  return oneProfile([{ pluginRef: 'active-request-scorer' }], [
    { type: 'active-request-scorer' }, { type: 'passthrough-parser' }, { type: 'concurrency-detector', parameters: { maxConcurrency } },
  ], {
    dataLayer: { injectDefaults: false }, flowControl: { saturationDetector: { pluginRef: 'concurrency-detector' } },
    requestHandler: { parsers: [{ pluginRef: 'passthrough-parser' }] },
  });
}

/** Requests wait while all pods are busy. The agent session that was served least is next. */
export function agents(options: AgentsOptions): PickerSettings {
  const { maxConcurrency = 100, maxQueuedMebibytes = 1024, maxWaitSeconds = 60, sessionHeaders = [], ...weights } = options;
  return oneProfile(weighted(weights), [
    { type: SESSION_READER, ...sessionHeaders.length > 0 && { parameters: { additionalSessionHeaders: [...sessionHeaders] } } },
    { type: 'concurrency-detector', parameters: { maxConcurrency } },
    { type: 'program-aware-fairness', parameters: { strategy: 'las' } },
  ], {
    featureGates: ['flowControl'],
    flowControl: {
      maxBytes: `${maxQueuedMebibytes}Mi`, defaultRequestTTL: `${maxWaitSeconds}s`, defaultPriorityBand: { fairnessPolicyRef: 'program-aware-fairness' },
      saturationDetector: { pluginRef: 'concurrency-detector' },
    },
  });
}
