/** Parameters of a plugin: JSON data, in the words of the plugin. */
export type PluginParameters = Readonly<Record<string, unknown>>;

/** A plugin instance of an endpoint picker. Its name defaults to its type. */
export interface PluginSpec {
  readonly type: string;
  readonly name?: string;
  readonly parameters?: PluginParameters;
}

/** A reference to a plugin instance by name. */
export interface PluginReference {
  readonly pluginRef: string;
}

/** The filters, scorers and picker that choose a pod. */
export interface ProfileSpec {
  readonly name: string;
  readonly plugins: readonly (PluginReference & { readonly weight?: number })[];
}

/** A queue of requests of one priority. */
export interface BandSpec {
  readonly priority?: number;
  readonly maxBytes?: string;
  readonly maxRequests?: string;
  readonly fairnessPolicyRef?: string;
  readonly orderingPolicyRef?: string;
}

/** Queues in which requests wait while the pods are saturated. */
export interface FlowControlSpec {
  readonly maxBytes?: string;
  readonly maxRequests?: string;
  readonly defaultRequestTTL?: string;
  readonly defaultPriorityBand?: BandSpec;
  readonly defaultNegativePriorityBand?: BandSpec;
  readonly priorityBands?: readonly BandSpec[];
  readonly usageLimitPolicyPluginRef?: string;
  readonly saturationDetector?: PluginReference;
  readonly enableEviction?: boolean;
}

/** What a picker reads from the pods, and how. */
export interface DataLayerSpec {
  readonly injectDefaults?: boolean;
  readonly sources?: readonly (PluginReference & { readonly extractors?: readonly PluginReference[] })[];
  readonly discovery?: PluginReference;
  readonly crossReplicaSyncerPluginRef?: string;
}

/** The content of the configuration file of a picker (llm-d-router v0.10.0, apix/config/v1alpha1). */
export interface PickerSettings {
  readonly featureGates?: readonly string[];
  readonly plugins: readonly PluginSpec[];
  readonly schedulingProfiles: readonly ProfileSpec[];
  readonly dataLayer?: DataLayerSpec;
  readonly flowControl?: FlowControlSpec;
  readonly requestHandler?: { readonly parsers?: readonly PluginReference[] };
  /** Deprecated: `flowControl.saturationDetector`. */
  readonly saturationDetector?: PluginReference;
  /** Deprecated: `requestHandler.parsers`. */
  readonly parser?: PluginReference;
}

/** How a picker is configured. */
export interface PickerConfiguration {
  /** Version of the file format. */
  readonly apiVersion: string;
  /** The settings without the source of the metrics, whose port only the pool knows. */
  readonly settings: PickerSettings;
  /** Whether Alpha plugins may be loaded. */
  readonly allowsExperimental: boolean;
  /** The least number of target ports that the configuration makes sense for. */
  readonly leastTargetPorts?: number;
}

/** Name of a plugin instance. */
export const instanceName = ({ name, type }: PluginSpec): string => name || type;

/** The types that read metrics of pods. The picker wires instances with these names, and ignores instances with other names. */
export const METRICS_SOURCE = 'metrics-data-source';
export const METRICS_EXTRACTOR = 'core-metrics-extractor';

/** Name of the plugin that knows what the CPU memory of each pod has cached, in the preset for two tiers. */
export const CPU_INDEX = 'cpu-prefix-cache-producer';

/** Types that subscribe to KV cache events of pods. */
const EVENT_READERS: readonly string[] = ['precise-prefix-cache-producer', 'precise-prefix-cache-scorer'];

/** Returns whether a picker scrapes the metrics of the pods. */
export function scrapesMetrics({ dataLayer }: PickerSettings): boolean {
  return dataLayer?.injectDefaults !== false || (dataLayer.sources ?? []).some(({ pluginRef }) => pluginRef === METRICS_SOURCE);
}

/** What the pool adds to the settings of its picker. */
interface PoolFacts {
  readonly engine: string;
  /** The metrics port, if it is not a serving port. */
  readonly port: number | undefined;
}

/** Returns settings with what the pool knows: where metrics are, and the engine. Without a port, the source scrapes each endpoint at its serving port. */
export function completeSettings(settings: PickerSettings, { engine, port }: PoolFacts): PickerSettings {
  const { plugins } = settings;
  const source = { scheme: 'http', path: '/metrics', ...port === undefined ? {} : { port } };
  const added = scrapesMetrics(settings) ? [[METRICS_SOURCE, source], [METRICS_EXTRACTOR, { defaultEngine: engine }]] as const : [];
  const own = (type: string) => plugins.find((plugin) => plugin.type === type && instanceName(plugin) === type);
  return {
    ...settings,
    plugins: [
      ...plugins.filter((plugin) => !added.some(([type]) => plugin === own(type))).map((plugin) => withEventFormat(plugin, engine)),
      ...added.map(([type, parameters]) => ({ type, parameters: { ...parameters, ...own(type)?.parameters } })),
    ],
  };
}

/** The engine that plugins expect by default. */
export const DEFAULT_ENGINE = 'vllm';

function withEventFormat(plugin: PluginSpec, engine: string): PluginSpec {
  if (!EVENT_READERS.includes(plugin.type) || engine === DEFAULT_ENGINE) return plugin;
  return { ...plugin, parameters: { ...plugin.parameters, kvEventsConfig: { engineType: engine, ...recordOf(plugin.parameters?.kvEventsConfig) } } };
}

/** Ports of a pod at which a picker subscribes to KV cache events, for the first target port. Each further target port adds 1 to both. */
export interface EventPorts {
  readonly first: number;
  readonly replay?: number;
}

const DEFAULT_EVENT_PORT = 5557;

/** Returns where a picker subscribes to KV cache events of the pods (llm-d-router v0.10.0, preciseprefixcache/extractor.go). */
export function eventPortsOf({ plugins }: PickerSettings): EventPorts[] {
  return plugins.filter(({ type }) => EVENT_READERS.includes(type)).flatMap(({ parameters }) => {
    const events = recordOf(parameters?.kvEventsConfig);
    if (events?.discoverPods === false) return [];
    const { socketPort, replaySocketPort } = recordOf(events?.podDiscoveryConfig) ?? {};
    const replay = typeof replaySocketPort === 'number' && replaySocketPort > 0 ? { replay: replaySocketPort } : {};
    return [{ first: typeof socketPort === 'number' ? socketPort : DEFAULT_EVENT_PORT, ...replay }];
  });
}

/** Returns a value as an object, if it is one. */
export function recordOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Record<string, unknown> : undefined;
}

/** Parsers that read and replace the model in a body (llm-d-router v0.10, pkg/epp/requestcontrol). */
export const MODEL_PARSERS: readonly string[] = ['openai-parser', 'anthropic-parser', 'vllmhttp-parser'];

/**
 * Returns settings whose parsers all read models. The picker of a later release adds a parser that reads none to the parsers that it has by
 * default, so they are stated.
 */
export function withModelParsers(settings: PickerSettings): PickerSettings {
  if (settings.requestHandler?.parsers) return settings;
  const missing = MODEL_PARSERS.filter((type) => !settings.plugins.some((plugin) => instanceName(plugin) === type));
  return {
    ...settings,
    plugins: [...settings.plugins, ...missing.map((type) => ({ type }))],
    requestHandler: { parsers: MODEL_PARSERS.map((pluginRef) => ({ pluginRef })) },
  };
}
