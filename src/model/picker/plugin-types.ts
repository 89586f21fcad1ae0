import { PluginParameters } from './config';
import { fields, Shape } from './shape';

/** What a plugin does. */
export type PluginRole =
  | 'scorer' | 'filter' | 'picker' | 'handler' | 'decider' | 'producer' | 'source' | 'extractor' | 'discovery' | 'parser' | 'detector'
  | 'fairness' | 'ordering' | 'usage-limit' | 'admitter' | 'eviction' | 'other';

/** Data that one plugin produces for others. */
export type DataKind = 'prefix' | 'load' | 'uncached-tokens' | 'prompt' | 'latency' | 'encoder-cache' | 'cluster-kv-usage' | 'cluster-queue';

/** Data that a plugin needs from a producer, which a parameter may name. */
export interface DataNeed {
  readonly data: DataKind;
  /** The parameter that names the producer. */
  readonly by?: string;
  /** Returns whether the data is needed with these parameters. It is always needed by default. */
  readonly when?: (parameters: PluginParameters) => boolean;
}

/** Facts about a plugin type. */
export interface PluginType {
  readonly roles: readonly PluginRole[];
  /** Whether the picker loads it only with experimental plugins allowed. */
  readonly alpha?: true;
  /** Whether unknown parameters are ignored instead of refused. */
  readonly ignores?: true;
  /** Set for deprecated types. */
  readonly replaced?: { readonly by: string; readonly removed: string };
  /** Parameters, where they are known. */
  readonly parameters?: Shape;
  /** Parameters without which the plugin does not load. */
  readonly required?: readonly string[];
  /** Parameters of which exactly one must be set. */
  readonly oneOf?: readonly string[];
  readonly needs?: readonly DataNeed[];
  readonly produces?: readonly DataKind[];
  /** Parameters that name other plugins, with the name that is meant without the parameter. */
  readonly references?: readonly { readonly path: string; readonly otherwise?: string }[];
}

const is = (roles: string, facts: Omit<PluginType, 'roles'> = {}): PluginType => ({ roles: roles.split(' ') as PluginRole[], ...facts });
/** A type without parameters, which ignores those that are set. */
const bare = (roles: string, facts: Omit<PluginType, 'roles'> = {}): PluginType => is(roles, { ignores: true, parameters: {}, ...facts });

const PREFIX: DataNeed = { data: 'prefix', by: 'prefixMatchInfoProducerName' };
const LOAD: DataNeed = { data: 'load', by: 'inFlightLoadProducerName' };
const UNCACHED: DataNeed = { data: 'uncached-tokens', by: 'inFlightLoadProducerName' };
const LATENCY: DataNeed = { data: 'latency', by: 'latencyPredictionInfoProducerName' };
const PROMPT: DataNeed = { data: 'prompt' };

const LATENCY_SOURCE = 'latencyPredictor';
/** The filter compares the load of pods, or their predicted latency, only if it may leave a pod that has the prefix. */
const comparesLoad = ({ maxTTFTPenaltyMs }: PluginParameters) => maxTTFTPenaltyMs !== 0;
const AFFINITY: readonly DataNeed[] = [
  PREFIX,
  { ...LOAD, when: (parameters) => comparesLoad(parameters) && parameters.ttftSource !== LATENCY_SOURCE },
  { ...LATENCY, when: (parameters) => comparesLoad(parameters) && parameters.ttftSource === LATENCY_SOURCE },
];

const APPROXIMATE = fields('autoTune blockSizeTokens blockSize maxPrefixBlocksToMatch maxPrefixTokensToMatch lruCapacityPerServer');
const PRECISE = fields('speculativeIndexing speculativeTTL', {
  tokenProcessorConfig: fields('blockSize blockSizeTokens hashSeed'),
  indexerConfig: fields('kvCacheBackendConfigs', { kvBlockIndexConfig: fields('inMemoryConfig redisConfig costAwareMemoryConfig enableMetrics metricsLoggingInterval') }),
  kvEventsConfig: fields('zmqEndpoint topicFilter concurrency engineType discoverPods', { podDiscoveryConfig: fields('podLabelSelector podNamespace socketPort replaySocketPort') }),
});
const HTTP_SOURCE = 'scheme path insecureSkipVerify caCertPath clientCertPath clientKeyPath interval';
const TOKENS = fields('modelName estimate udsTokenizerConfig', { vllm: fields('url timeout mmTimeout') });
const SESSION = fields('strategy profileName', {
  encodedEndpointHeaderConfig: fields('header'), sessionIdConfig: fields('evictionTtlSeconds evictionSweepSeconds', { sources: [fields('header attribute')] }),
});
const PICKED = fields('maxNumOfEndpoints');
const HEADERS = fields('prefillProfile encodeProfile');
const DISAGGREGATED = fields('stageOrder decodeProfile prefillProfile encodeProfile prefillDeciderPluginName encodeDeciderPluginName deciderPluginName', {
  profiles: fields('decode prefill encode'), deciders: fields('prefill encode'),
});

/** The producer that the picker creates for data that no configured plugin produces. Other data has none. */
export const DEFAULT_PRODUCERS: { readonly [K in DataKind]?: string } = {
  'prefix': 'approx-prefix-cache-producer', 'load': 'inflight-load-producer', 'prompt': 'token-producer', 'latency': 'predicted-latency-producer',
  'encoder-cache': 'mm-embeddings-cache-producer',
};

/** The producer that consumers mean if no parameter names one. */
export const MEANT_PRODUCERS: { readonly [K in DataKind]?: string } = { ...DEFAULT_PRODUCERS, 'uncached-tokens': 'inflight-load-producer' };

/** All plugin types of an endpoint picker (llm-d-router v0.10.0, cmd/epp/runner/runner.go and pkg/epp/framework/plugins). */
export const PLUGIN_TYPES: Readonly<Record<string, PluginType>> = {
  'active-request-scorer': is('scorer', { parameters: fields('requestTimeout idleThreshold maxBusyScore inFlightLoadProducerName'), needs: [LOAD] }),
  'agent-identity': is('other', { alpha: true, parameters: fields('additionalSessionHeaders') }),
  'always-disagg-multimodal-decider': bare('decider'),
  'always-disagg-pd-decider': bare('decider'),
  'anthropic-parser': bare('parser'),
  'approx-prefix-cache-producer': is('producer', { parameters: APPROXIMATE, needs: [PROMPT], produces: ['prefix'] }),
  'burst-prefix-cache-producer': is('producer', { alpha: true, parameters: fields('windowDurationMs maxPerReplica blockSizeTokens maxPrefixTokensToMatch minColocateBlocks maxBatchSize balanceBy'), needs: [PROMPT], produces: ['prefix'] }),
  'by-label': is('filter', { replaced: { by: 'label-selector-filter', removed: 'v0.11.0' }, parameters: fields('label validValues allowsNoLabel'), required: ['label'] }),
  'by-label-selector': is('filter', { replaced: { by: 'label-selector-filter', removed: 'v0.11.0' }, parameters: fields('matchLabels matchExpressions') }),
  'concurrency-detector': is('detector filter', { parameters: fields('maxConcurrency headroom concurrencyMode maxTokenConcurrency inFlightLoadProducerName'), needs: [LOAD] }),
  'context-length-aware': is('filter scorer', { parameters: fields('label enableFiltering'), needs: [PROMPT] }),
  'core-metrics-extractor': is('extractor', { parameters: fields('engineLabelKey defaultEngine engineConfigs') }),
  'data-parallel-profile-handler': is('handler', { parameters: fields('primaryPort') }),
  'dcgm-data-source': is('source', { alpha: true, parameters: fields('scheme path port insecureSkipVerify useNodeAddress interval') }),
  'dcgm-extractor': is('extractor', { alpha: true, ignores: true }),
  'decode-filter': bare('filter'),
  'destination-endpoint-served-verifier': bare('other'),
  'disagg-headers-handler': is('other', { replaced: { by: 'disagg-profile-handler', removed: 'v0.11.0' }, parameters: HEADERS }),
  'disagg-profile-handler': is('handler', {
    parameters: DISAGGREGATED, needs: [{ data: 'prefix' }, PROMPT],
    references: [{ path: 'deciders.prefill' }, { path: 'deciders.encode' }, { path: 'deciderPluginName' }, { path: 'prefillDeciderPluginName' }, { path: 'encodeDeciderPluginName' }],
  }),
  'disaggregatedset-rollout-screener': is('other', { alpha: true, parameters: fields('scope headerSelectors revisionGating'), required: ['scope'] }),
  'edf-ordering-policy': bare('ordering'),
  'encode-filter': bare('filter'),
  'endpoint-attribute-filter': is('filter', { alpha: true, parameters: fields('attribute onMissing fallbackOnEmpty algorithm'), required: ['attribute'] }),
  'endpoint-attribute-scorer': is('scorer', { alpha: true, parameters: fields('attributeKey algorithm'), required: ['attributeKey'] }),
  'endpoint-notification-source': bare('source'),
  'fcfs-ordering-policy': bare('ordering'),
  'file-discovery': is('discovery', { parameters: fields('path watchFile'), required: ['path'] }),
  'global-strict-fairness-policy': bare('fairness'),
  'header-based-testing-filter': bare('filter'),
  'header-label-affinity-scorer': is('scorer', { alpha: true, parameters: fields('headerName labelKey'), required: ['headerName', 'labelKey'] }),
  'header-profile-handler': is('handler', { alpha: true, parameters: fields('headerName defaultProfile') }),
  'inflight-load-producer': is('producer', { parameters: fields('addEstimatedOutputTokens outputRatio maxEstimatedOutputTokens prefixMatchInfoProducerName syncCrossReplicaState'), needs: [PROMPT], produces: ['load', 'uncached-tokens'] }),
  'k8s-notification-source': is('source', { parameters: fields('group version kind'), required: ['version', 'kind'] }),
  'kv-cache-utilization-scorer': bare('scorer'),
  'label-selector-filter': is('filter', { parameters: fields('matchLabels matchExpressions') }),
  'latency-scorer': is('scorer', { parameters: fields('ttftWeight tpotWeight headroomSelectionStrategy compositeKVWeight compositeQueueWeight compositePrefixWeight latencyPredictionInfoProducerName prefixMatchInfoProducerName'), needs: [LATENCY, PREFIX] }),
  'latency-slo-admitter': is('admitter', { parameters: fields('latencyPredictionInfoProducerName'), needs: [LATENCY] }),
  'load-aware-scorer': is('scorer', { parameters: fields('threshold') }),
  'lora-affinity-scorer': bare('scorer'),
  'max-score-picker': is('picker', { parameters: PICKED }),
  'metrics-data-source': is('source', { parameters: fields(`${HTTP_SOURCE} port`) }),
  'mm-embeddings-cache-producer': is('producer', { parameters: fields('cacheSizeInMBPerServer'), needs: [PROMPT], produces: ['encoder-cache'] }),
  'mm-embeddings-cache-scorer': is('scorer', { parameters: fields('producerName'), needs: [{ data: 'encoder-cache', by: 'producerName' }] }),
  'models-data-extractor': bare('extractor'),
  'models-data-source': is('source', { parameters: fields(HTTP_SOURCE) }),
  'multicluster-approx-prefix-cache-producer': is('producer', { alpha: true, needs: [PROMPT], produces: ['prefix'] }),
  'multicluster-file-discovery': is('discovery', { alpha: true, required: ['path'] }),
  'multicluster-kv-cache-utilization-scorer': is('scorer', { alpha: true, needs: [{ data: 'cluster-kv-usage' }] }),
  'multicluster-metrics-data-source': is('source', { alpha: true }),
  'multicluster-metrics-extractor': is('extractor', { alpha: true, parameters: fields('kvCacheUtilizationMetric queueSizeMetric'), produces: ['cluster-kv-usage', 'cluster-queue'] }),
  'multicluster-prefix-cache-scorer': is('scorer', { alpha: true }),
  'multicluster-queue-scorer': is('scorer', { alpha: true, needs: [{ data: 'cluster-queue' }] }),
  'multicluster-session-affinity-filter': is('filter', { alpha: true }),
  'no-hit-lru-scorer': is('scorer', { parameters: fields('prefixPluginType prefixPluginName lruSize prefixMatchInfoProducerName'), needs: [PREFIX] }),
  'openai-parser': bare('parser'),
  'p2p-source-producer': is('producer', { alpha: true, parameters: fields('prefixMatchInfoProducerName minCachedTokenDelta prefillProfileName'), needs: [PREFIX] }),
  'passthrough-parser': bare('parser'),
  'pd-profile-handler': is('handler', {
    replaced: { by: 'disagg-profile-handler', removed: 'v0.9.0' }, needs: [PREFIX, PROMPT],
    parameters: fields('decodeProfile prefillProfile prefixPluginType prefixPluginName primaryPort deciderPluginName prefixMatchInfoProducerName'),
    references: [{ path: 'deciderPluginName', otherwise: 'prefix-based-pd-decider' }],
  }),
  'precise-prefix-cache-producer': is('producer', { parameters: PRECISE, needs: [PROMPT], produces: ['prefix'] }),
  'precise-prefix-cache-scorer': is('scorer', { parameters: PRECISE, needs: [PROMPT], produces: ['prefix'] }),
  'predicted-latency-producer': is('producer', { needs: [PREFIX, LOAD, PROMPT], produces: ['latency'] }),
  'prefill-filter': bare('filter'),
  'prefill-header-handler': is('other', { replaced: { by: 'disagg-profile-handler', removed: 'v0.11.0' }, parameters: HEADERS }),
  'prefix-based-pd-decider': is('decider', { parameters: fields('nonCachedTokens promptTokens') }),
  'prefix-cache-affinity-filter': is('filter', { parameters: fields('affinityThreshold explorationProbability maxTTFTPenaltyMs ttftSource peakPrefillThroughput prefixMatchInfoProducerName latencyPredictionInfoProducerName inFlightLoadProducerName'), needs: AFFINITY }),
  'prefix-cache-scorer': is('scorer', { parameters: fields('prefixMatchInfoProducerName matchLengthWeight matchLengthScaleTokens'), needs: [PREFIX] }),
  'priority-holdback-policy': is('usage-limit', { alpha: true, parameters: fields('shape domain minCeiling maxCeiling'), required: ['minCeiling'] }),
  'priority-then-time-eviction-order-policy': bare('eviction', { alpha: true }),
  'probabilistic-admitter': is('admitter', { parameters: fields('queueDepthThreshold kvCacheUtilThreshold power k') }),
  'program-aware-fairness': is('fairness', { parameters: fields('strategy evictionTtlSeconds evictionSweepSeconds lasWeightService lasWeightHeadWait lasDecayFactor lasHalfLifeSeconds') }),
  'queue-scorer': bare('scorer'),
  'random-picker': is('picker', { parameters: PICKED }),
  'request-attribute-reporter': is('other', { parameters: fields('attributes'), required: ['attributes'] }),
  'round-robin-fairness-policy': bare('fairness'),
  'running-requests-size-scorer': bare('scorer'),
  'session-affinity-filter': is('filter', { alpha: true, parameters: SESSION }),
  'session-affinity-scorer': is('scorer', { alpha: true, parameters: SESSION }),
  'session-id-producer': is('producer', { parameters: fields('headerName cookieName'), oneOf: ['headerName', 'cookieName'] }),
  'sheddable-eviction-filter': bare('eviction', { alpha: true }),
  'single-profile-handler': bare('handler'),
  'slo-deadline-ordering-policy': bare('ordering'),
  'slo-headroom-tier-filter': is('filter', { parameters: fields('epsilonExploreNeg latencyPredictionInfoProducerName'), needs: [LATENCY] }),
  'soft-reflective-ceiling-policy': is('usage-limit', { alpha: true, parameters: {} }),
  'static-usage-limit-policy': is('usage-limit', { parameters: fields('threshold') }),
  'token-load-scorer': is('scorer', { parameters: fields('queueThresholdTokens inFlightLoadProducerName'), needs: [UNCACHED, LOAD] }),
  'token-producer': is('producer', { parameters: TOKENS, produces: ['prompt'] }),
  'tokenizer': is('producer', { replaced: { by: 'token-producer', removed: 'v0.11.0' }, parameters: TOKENS, produces: ['prompt'] }),
  'topology-affinity-filter': is('filter', { alpha: true, parameters: fields('minAffinity topologyProducerName') }),
  'topology-affinity-scorer': is('scorer', { alpha: true, parameters: fields('topologyProducerName') }),
  'topology-extractor': is('extractor', { alpha: true, parameters: fields('hostname rack zone region') }),
  'utilization-detector': is('detector filter', { parameters: fields('queueDepthThreshold kvCacheUtilThreshold metricsStalenessThreshold headroom') }),
  'utilization-filter': is('filter', { alpha: true, parameters: fields('conditions fallbackOnEmpty inFlightLoadProducerName'), required: ['conditions'] }),
  'vertexai-parser': bare('parser'),
  'vllmgrpc-parser': bare('parser'),
  'vllmhttp-parser': bare('parser'),
  'weighted-random-picker': is('picker', { parameters: PICKED }),
};

/** Returns the facts of a plugin type, if it exists. */
export function pluginType(type: string): PluginType | undefined {
  return Object.hasOwn(PLUGIN_TYPES, type) ? PLUGIN_TYPES[type] : undefined;
}

