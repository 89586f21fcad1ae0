import { existsSync, readFileSync } from 'fs';
import { join } from 'path';
import { parse } from 'yaml';
import {
  EndpointPicker, EndpointPickerConfig, InferenceGateway, ModelServer, Port, Workload,
} from '../../src';
import { PickerSettings } from '../../src/model/picker/config';
import { judgePickerFile, PickerFile } from '../../src/model/picker/judge';
import { withPrefill } from '../disaggregated';
import { IMAGE } from '../story';
import { synth } from '../synth';

interface PoolOptions {
  readonly hasPrefill?: true;
  readonly ports?: Port[];
  readonly targetPorts?: number[];
  readonly metricsPort?: number;
  readonly modelServer?: ModelServer;
}

/** The file and the flags of a picker with a configuration. */
function pickerOf(config?: EndpointPickerConfig, options: PoolOptions = {}): { file: PickerFile; args: string[] } {
  const { ports = [Port.http(8000)], targetPorts, metricsPort, modelServer, hasPrefill } = options;
  const objects = synth((mesh) => {
    const gateway = new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' } });
    const own = hasPrefill ? withPrefill() : { workload: Workload.deploy({ image: IMAGE, ports }) };
    gateway.addPool('llm', { ...own, picker: EndpointPicker.deploy({ config, modelServer }), targetPorts, metricsPort });
  });
  return {
    file: parse(objects.get('ConfigMap', 'llm-epp').data['endpoint-picker.yaml']) as PickerFile,
    args: objects.get('Deployment', 'llm-epp').spec.template.spec.containers[0].args,
  };
}

const fileOf = (config?: EndpointPickerConfig, options?: PoolOptions): PickerFile => pickerOf(config, options).file;
const EVENTS = { ports: [Port.http(8000), Port.tcp(5557)] };
const RANKS = { ports: [Port.http(8000), Port.http(8001)], targetPorts: [8000, 8001] };
const precise = { modelName: 'Qwen/Qwen3-32B', renderUrl: 'http://render:8000' };
const own = (config: Partial<Parameters<typeof EndpointPickerConfig.custom>[0]> = {}) => EndpointPickerConfig.custom({ plugins: [{ type: 'queue-scorer' }], schedulingProfiles: [{ name: 'default', plugins: [{ plugin: 'queue-scorer' }] }], ...config });

const PRESETS: readonly (readonly [name: string, config: () => EndpointPickerConfig, options: PoolOptions, plugins: readonly string[]])[] = [
  ['optimizedBaseline', () => EndpointPickerConfig.optimizedBaseline(), {}, ['prefix-cache-affinity-filter', 'token-load-scorer', 'inflight-load-producer', 'approx-prefix-cache-producer']],
  ['approximatePrefix', () => EndpointPickerConfig.approximatePrefix(), {}, ['prefix-cache-scorer', 'kv-cache-utilization-scorer', 'queue-scorer']],
  ['precisePrefix', () => EndpointPickerConfig.precisePrefix(precise), EVENTS, ['kv-cache-utilization-scorer', 'queue-scorer', 'token-producer', 'endpoint-notification-source', 'precise-prefix-cache-producer', 'prefix-cache-scorer']],
  ['tieredCache', () => EndpointPickerConfig.tieredCache(), {}, ['kv-cache-utilization-scorer', 'queue-scorer', 'approx-prefix-cache-producer', 'approx-prefix-cache-producer', 'prefix-cache-scorer', 'prefix-cache-scorer', 'no-hit-lru-scorer']],
  ['loadOnly', () => EndpointPickerConfig.loadOnly(), {}, ['kv-cache-utilization-scorer', 'queue-scorer']],
  ['loraAffinity', () => EndpointPickerConfig.loraAffinity(), {}, ['lora-affinity-scorer', 'prefix-cache-scorer', 'kv-cache-utilization-scorer', 'queue-scorer']],
  ['sessionAffinity', () => EndpointPickerConfig.sessionAffinity(), {}, ['queue-scorer', 'session-affinity-scorer']],
  ['wideExpertParallel', () => EndpointPickerConfig.wideExpertParallel(), RANKS, ['prefix-cache-scorer', 'queue-scorer', 'active-request-scorer']],
  ['prefillDecode', () => EndpointPickerConfig.prefillDecode(), { hasPrefill: true }, ['prefill-filter', 'decode-filter', 'prefix-cache-scorer', 'queue-scorer', 'max-score-picker', 'prefix-based-pd-decider', 'disagg-profile-handler']],
  ['payloadAgnostic', () => EndpointPickerConfig.payloadAgnostic(), {}, ['active-request-scorer', 'passthrough-parser', 'concurrency-detector']],
  ['agents', () => EndpointPickerConfig.agents(), {}, ['prefix-cache-scorer', 'kv-cache-utilization-scorer', 'queue-scorer', 'agent-identity', 'concurrency-detector', 'program-aware-fairness']],
  ['custom', () => own(), {}, ['queue-scorer']],
];
const EXPERIMENTAL = ['sessionAffinity', 'agents'];
const UNREAD = ['payloadAgnostic'];

describe('each preset', () => {
  test('stands in the table', () => {
    const factories = Object.getOwnPropertyNames(EndpointPickerConfig).filter((name) => !['length', 'name', 'prototype'].includes(name));
    expect(PRESETS.map(([name]) => name).sort()).toEqual(factories.sort());
  });
  test.each(PRESETS)('%s has exactly its plugins, and the picker starts with it', (name, config, options, plugins) => {
    const { file, args } = pickerOf(config(), options);
    const picking = ['custom', 'prefillDecode'].includes(name) ? [] : ['max-score-picker', 'single-profile-handler'];
    expect(file.plugins.map(({ type }) => type)).toEqual([...plugins, ...picking, ...UNREAD.includes(name) ? [] : ['metrics-data-source', 'core-metrics-extractor']]);
    const isExperimental = EXPERIMENTAL.includes(name);
    expect(args.includes('--allow-experimental-plugins=true')).toBe(isExperimental);
    const rules = { apiVersion: 'llm-d.ai/v1alpha1', allowsExperimental: isExperimental };
    expect(judgePickerFile(file, rules)).toEqual([]);
    if (isExperimental) expect(judgePickerFile(file, { ...rules, allowsExperimental: false }).map(({ cause }) => cause)).toEqual(['stability']);
  });
  test.each(Object.values(ModelServer))('of %s states the engine', (modelServer) => {
    expect(fileOf(undefined, { modelServer }).plugins.at(-1)).toEqual({ type: 'core-metrics-extractor', parameters: { defaultEngine: modelServer } });
  });
});

const parametersOf = ({ plugins }: PickerSettings, name: string) => plugins.find((plugin) => (plugin.name ?? plugin.type) === name)?.parameters;

test('by default, prefix cache, KV cache and queue depth are scored, the prefix most', () => {
  expect(fileOf()).toEqual(fileOf(EndpointPickerConfig.approximatePrefix()));
  expect(fileOf().schedulingProfiles).toEqual([{
    name: 'default',
    plugins: [{ pluginRef: 'prefix-cache-scorer', weight: 3 }, { pluginRef: 'kv-cache-utilization-scorer', weight: 2 }, { pluginRef: 'queue-scorer', weight: 2 }, { pluginRef: 'max-score-picker' }],
  }]);
});

test('a signal of weight 0 is left out', () => {
  const { plugins, schedulingProfiles: [profile] } = fileOf(EndpointPickerConfig.approximatePrefix({ queueDepthWeight: 0, prefixCacheWeight: 1.5 }));
  expect(profile.plugins).toEqual([{ pluginRef: 'prefix-cache-scorer', weight: 1.5 }, { pluginRef: 'kv-cache-utilization-scorer', weight: 2 }, { pluginRef: 'max-score-picker' }]);
  expect(plugins.map(({ type }) => type)).not.toContain('queue-scorer');
});

test('metrics are read at the serving port, or at the stated port', () => {
  const source = (options: PoolOptions) => parametersOf(fileOf(undefined, options), 'metrics-data-source');
  expect(source({})).toEqual({ scheme: 'http', path: '/metrics' });
  expect(source({ ports: [Port.http(8000), Port.http(9100)], metricsPort: 9100 })).toEqual({ scheme: 'http', path: '/metrics', port: 9100 });
});

test('prefill and decode pods are chosen by role, and a prefill pod if the decider says so', () => {
  const of = (options?: object) => fileOf(EndpointPickerConfig.prefillDecode(options), { hasPrefill: true });
  const scorers = [{ pluginRef: 'prefix-cache-scorer', weight: 2 }, { pluginRef: 'queue-scorer', weight: 1 }];
  expect(of().schedulingProfiles).toEqual(['prefill', 'decode'].map((name) => ({ name, plugins: [{ pluginRef: `${name}-filter` }, ...scorers, { pluginRef: 'max-score-picker' }] })));
  expect([parametersOf(of(), 'prefix-based-pd-decider'), parametersOf(of(), 'disagg-profile-handler')]).toEqual([{ nonCachedTokens: 16 }, { deciders: { prefill: 'prefix-based-pd-decider' } }]);
  expect(parametersOf(of({ nonCachedTokens: 64, promptTokens: 128 }), 'prefix-based-pd-decider')).toEqual({ nonCachedTokens: 64, promptTokens: 128 });
  expect(of({ prefixCacheWeight: 5, queueDepthWeight: 0 }).schedulingProfiles[1].plugins.slice(1, -1)).toEqual([{ pluginRef: 'prefix-cache-scorer', weight: 5 }]);
});

test('options of presets are parameters of their plugins', () => {
  const baseline = fileOf(EndpointPickerConfig.optimizedBaseline({ affinityThreshold: 0.5, maxPrefixTokens: 100 }));
  expect([parametersOf(baseline, 'prefix-cache-affinity-filter'), parametersOf(baseline, 'approx-prefix-cache-producer')]).toEqual([{ affinityThreshold: 0.5, maxTTFTPenaltyMs: 0 }, { maxPrefixTokensToMatch: 100 }]);
  const replayed = { ports: [Port.http(8000), Port.tcp(5556), Port.tcp(5600)] };
  const exact = fileOf(EndpointPickerConfig.precisePrefix({ ...precise, blockSizeTokens: 64, eventPort: 5556, replayPort: 5600 }), replayed);
  expect(parametersOf(exact, 'token-producer')).toEqual({ modelName: 'Qwen/Qwen3-32B', vllm: { url: 'http://render:8000' } });
  expect(parametersOf(exact, 'precise-prefix-cache-producer')).toEqual({
    tokenProcessorConfig: { blockSizeTokens: 64 }, kvEventsConfig: { topicFilter: 'kv@', discoverPods: true, podDiscoveryConfig: { socketPort: 5556, replaySocketPort: 5600 } },
  });
  expect(parametersOf(fileOf(EndpointPickerConfig.precisePrefix(precise), { ...EVENTS, modelServer: ModelServer.SGLANG }), 'precise-prefix-cache-producer')).toMatchObject({ kvEventsConfig: { engineType: 'sglang' } });
  expect(parametersOf(fileOf(EndpointPickerConfig.tieredCache({ cpuBlocks: 7 })), 'cpu-prefix-cache-producer')).toEqual({ autoTune: false, lruCapacityPerServer: 7 });
  expect(fileOf(EndpointPickerConfig.loraAffinity({ loraWeight: 9 })).schedulingProfiles[0].plugins[0]).toEqual({ pluginRef: 'lora-affinity-scorer', weight: 9 });
  expect(parametersOf(fileOf(EndpointPickerConfig.sessionAffinity({ headerName: 'x-chat' })), 'session-affinity-scorer')).toEqual({ strategy: 'session_id', sessionIdConfig: { sources: [{ header: 'x-chat' }] } });
  expect(fileOf(EndpointPickerConfig.payloadAgnostic({ maxConcurrency: 4 }))).toMatchObject({
    dataLayer: { injectDefaults: false }, flowControl: { saturationDetector: { pluginRef: 'concurrency-detector' } }, requestHandler: { parsers: [{ pluginRef: 'passthrough-parser' }] },
    plugins: expect.arrayContaining([{ type: 'concurrency-detector', parameters: { maxConcurrency: 4 } }]),
  });
  const agents = fileOf(EndpointPickerConfig.agents({ maxConcurrency: 4, maxQueuedMebibytes: 10, maxWaitSeconds: 5, queueDepthWeight: 0 }));
  expect(agents).toMatchObject({
    featureGates: ['flowControl'], flowControl: { maxBytes: '10Mi', defaultRequestTTL: '5s', defaultPriorityBand: { fairnessPolicyRef: 'program-aware-fairness' }, saturationDetector: { pluginRef: 'concurrency-detector' } },
  });
  expect(parametersOf(agents, 'program-aware-fairness')).toEqual({ strategy: 'las' });
  expect(parametersOf(agents, 'agent-identity')).toBeUndefined();
  expect(parametersOf(fileOf(EndpointPickerConfig.agents({ sessionHeaders: ['x-chat', 'x-run'] })), 'agent-identity')).toEqual({ additionalSessionHeaders: ['x-chat', 'x-run'] });
});

test('a custom configuration is written in the words of the picker', () => {
  const band = { maxMebibytes: 5, maxRequests: 6, fairnessPolicy: 'program-aware-fairness', orderingPolicy: 'fcfs-ordering-policy' };
  const written = { maxBytes: '5Mi', maxRequests: '6', fairnessPolicyRef: 'program-aware-fairness', orderingPolicyRef: 'fcfs-ordering-policy' };
  const { file, args } = pickerOf(own({
    plugins: [
      { type: 'queue-scorer', name: 'queue' }, { type: 'random-picker', parameters: { maxNumOfEndpoints: 2 } }, { type: 'agent-identity' }, { type: 'passthrough-parser' }, { type: 'program-aware-fairness' },
      { type: 'static-usage-limit-policy', parameters: { threshold: 0.9 } }, { type: 'concurrency-detector' }, { type: 'endpoint-notification-source' }, { type: 'metrics-data-source', parameters: { interval: '1s' } },
    ],
    schedulingProfiles: [{ name: 'mine', plugins: [{ plugin: 'queue', weight: 2 }, { plugin: 'random-picker' }] }],
    dataLayer: { injectDefaults: true, sources: [{ plugin: 'endpoint-notification-source', extractors: ['queue'] }, { plugin: 'endpoint-notification-source' }] },
    flowControl: {
      maxMebibytes: 100, maxRequests: 1000, maxWaitSeconds: 30, defaultPriorityBand: band, defaultNegativePriorityBand: band,
      priorityBands: [{ priority: 10, ...band }, {}],
      usageLimitPolicy: 'static-usage-limit-policy', saturationDetector: 'concurrency-detector',
    },
    parsers: ['passthrough-parser'], featureGates: ['flowControl'], allowExperimental: true,
  }));
  expect(args).toContain('--allow-experimental-plugins=true');
  expect(file).toMatchObject({
    featureGates: ['flowControl'],
    schedulingProfiles: [{ name: 'mine', plugins: [{ pluginRef: 'queue', weight: 2 }, { pluginRef: 'random-picker' }] }],
    dataLayer: { injectDefaults: true, sources: [{ pluginRef: 'endpoint-notification-source', extractors: [{ pluginRef: 'queue' }] }, { pluginRef: 'endpoint-notification-source', extractors: [] }] },
    flowControl: {
      maxBytes: '100Mi', maxRequests: '1000', defaultRequestTTL: '30s', defaultPriorityBand: written, defaultNegativePriorityBand: written, priorityBands: [{ priority: 10, ...written }, { priority: 0 }],
      usageLimitPolicyPluginRef: 'static-usage-limit-policy', saturationDetector: { pluginRef: 'concurrency-detector' },
    },
    requestHandler: { parsers: [{ pluginRef: 'passthrough-parser' }] },
  });
  expect(parametersOf(file, 'metrics-data-source')).toEqual({ scheme: 'http', path: '/metrics', interval: '1s' });
  expect(parametersOf(file, 'random-picker')).toEqual({ maxNumOfEndpoints: 2 });
});

/** Configurations that the real picker (llm-d-router v0.10.0) was run with. They lie beside the repository, and not in it. */
const CASES = join(__dirname, '../../../shared/cases/picker-configs');
const where = existsSync(CASES) ? '' : ' (NOT TESTED: ../shared/cases/picker-configs is not there)';
const caseOf = (file: string): string => readFileSync(join(CASES, file), 'utf8');

/** What a preset has in place of plugins of its case, and its profiles if they are others, with the reason. */
interface Exception {
  readonly why: string;
  readonly without: readonly string[];
  readonly instead?: readonly string[];
  readonly profiles?: Readonly<Record<string, readonly string[]>>;
}

const scored = ['prefix-cache-scorer', 'queue-scorer'];
const EXCEPTIONS: Readonly<Record<string, Exception>> = {
  sessionAffinity: { why: 'the scorer reads the header itself (`sessionIdConfig`), so no producer is needed', without: ['session-id-producer'] },
  wideExpertParallel: {
    why: 'the case has prefill servers too, and the preset only ranks',
    without: ['disagg-headers-handler', 'always-disagg-pd-decider', 'disagg-profile-handler', 'prefill-filter', 'decode-filter'],
    profiles: { default: ['active-request-scorer', ...scored] },
  },
  prefillDecode: {
    why: 'the case always prefills elsewhere, and the preset decides by the cached prefix, which is also what it scores',
    without: ['always-disagg-pd-decider', 'approx-prefix-cache-producer', 'inflight-load-producer', 'prefix-cache-affinity-filter', 'token-load-scorer', 'active-request-scorer'],
    instead: ['prefix-based-pd-decider', ...scored],
    profiles: { prefill: ['prefill-filter', ...scored], decode: ['decode-filter', ...scored] },
  },
  flowControl: {
    why: 'round robin needs tenants, which this pool has not, and the preset measures saturation by the metrics of the pods, which is the default',
    without: ['round-robin-fairness-policy', 'concurrency-detector'],
  },
};

/** Presets without a case, with the reason. */
const WITHOUT_CASE: Readonly<Record<string, string>> = { loadOnly: 'approximatePrefix without its prefix scorer', custom: 'its plugins are those of the program' };

const COMPARED: readonly (readonly [preset: string, file: string])[] = [
  ['approximatePrefix', 'lib-default.yaml'], ['optimizedBaseline', 'optimized-baseline.yaml'], ['precisePrefix', 'precise-weighted.yaml'], ['tieredCache', 'tiered.yaml'],
  ['loraAffinity', 'lora.yaml'], ['sessionAffinity', 'session2.yaml'], ['wideExpertParallel', 'wide-ep-old.yaml'], ['prefillDecode', 'pd.yaml'],
  ['payloadAgnostic', 'agnostic.yaml'], ['agents', 'agentic.yaml'], ['flowControl', 'flow-control.yaml'],
];

const withBand = () => EndpointPickerConfig.approximatePrefix({ flowControl: { priorityBands: [{ priority: 10 }] } });

/** Types that the picker adds where a configuration has none: most cases load without them. */
const ADDED = ['max-score-picker', 'single-profile-handler', 'metrics-data-source', 'core-metrics-extractor'];
const stated = (types: readonly string[]): string[] => types.filter((type) => !ADDED.includes(type)).sort();

function shapeOf({ plugins, schedulingProfiles, featureGates = [], requestHandler, flowControl }: PickerFile) {
  const typeOf = (ref: string | undefined) => plugins.find(({ name, type }) => (name ?? type) === ref)?.type ?? `${ref}, which is no plugin`;
  return {
    plugins: stated(plugins.map(({ type }) => type)),
    profiles: Object.fromEntries(schedulingProfiles.map(({ name, plugins: used }) => [name, stated(used.map(({ pluginRef }) => typeOf(pluginRef)))])),
    featureGates,
    parsers: requestHandler?.parsers?.map(({ pluginRef }) => pluginRef),
    detector: flowControl?.saturationDetector?.pluginRef,
  };
}

describe(`each preset has the shape of a configuration that the real picker read${where}`, () => {
  test('every preset has a case, or a reason why not', () => {
    const compared = COMPARED.map(([name]) => name).filter((name) => name !== 'flowControl');
    expect([...compared, ...Object.keys(WITHOUT_CASE)].sort()).toEqual(PRESETS.map(([name]) => name).sort());
    expect(Object.keys(EXCEPTIONS).filter((name) => !COMPARED.some(([preset]) => preset === name))).toEqual([]);
  });
  test.each(COMPARED)('%s: %s', (name, file) => {
    if (where) return;
    const [, config, options] = PRESETS.find(([preset]) => preset === name) ?? [name, withBand, {}];
    const [ours, theirs] = [shapeOf(fileOf(config(), options)), shapeOf(parse(caseOf(file)) as PickerFile)];
    const { without = [], instead = [], profiles = theirs.profiles } = EXCEPTIONS[name] ?? {};
    expect(without.filter((type) => !theirs.plugins.includes(type))).toEqual([]); // an exception that has become needless
    const sorted = Object.fromEntries(Object.entries(profiles).map(([profile, types]) => [profile, [...types].sort()]));
    const detector = theirs.detector && without.includes(theirs.detector) ? undefined : theirs.detector;
    const plugins = [...theirs.plugins.filter((type) => !without.includes(type)), ...instead].sort();
    expect(ours).toEqual({ ...theirs, plugins, profiles: sorted, detector });
    // The picker was run without the flag for experimental plugins, and refuses these two for nothing else.
    const verdict = caseOf('verdicts.tsv').split('\n').find((line) => line.startsWith(`${file}\t`));
    expect(verdict).toMatch(EXPERIMENTAL.includes(name) ? /\trefused\tstability: / : /\tloads\t/);
  });
});
