/** A plugin instance of `EndpointPickerConfig.custom` (source: llm-d-router v0.10, apix/config/v1alpha1). */
export interface PickerPlugin {
  /** Type of the plugin, such as "queue-scorer". */
  readonly type: string;
  /**
   * Name of the instance, to which profiles and other plugins refer.
   *
   * @default - the type
   */
  readonly name?: string;
  /**
   * Parameters of the plugin, in its own words: plain data.
   *
   * @default - the defaults of the plugin
   */
  readonly parameters?: { readonly [name: string]: unknown };
}

/** A plugin in a scheduling profile. */
export interface PickerProfilePlugin {
  /** Name of the plugin instance. */
  readonly plugin: string;
  /**
   * Weight of a scorer: 0 or more. Other plugins have none.
   *
   * @default 1
   */
  readonly weight?: number;
}

/** The filters, scorers and picker that choose the pod. */
export interface PickerProfile {
  /** Name of the profile. */
  readonly name: string;
  /** Plugins of the profile. Filters apply in this order. Without a picker plugin, the pod with the highest score is picked. */
  readonly plugins: PickerProfilePlugin[];
}

/** A source of data about pods. */
export interface PickerDataSource {
  /** Name of the plugin instance that is the source. */
  readonly plugin: string;
  /**
   * Names of the plugin instances that read the data of the source.
   *
   * @default - none
   */
  readonly extractors?: string[];
}

/** What the picker reads from pods. */
export interface PickerDataLayer {
  /**
   * Whether the picker scrapes the metrics of the pods.
   *
   * @default true
   */
  readonly injectDefaults?: boolean;
  /**
   * Further sources of data.
   *
   * @default - none
   */
  readonly sources?: PickerDataSource[];
}

/** Waiting requests of one priority. */
export interface PickerPriorityBand {
  /**
   * Priority of the requests. Higher priorities are served first, and requests of negative priorities are rejected while the pods are
   * saturated. It has no meaning in a default band.
   *
   * @default 0
   */
  readonly priority?: number;
  /**
   * Memory for the waiting requests of the band in MiB.
   *
   * @default - 1 GB
   */
  readonly maxMebibytes?: number;
  /**
   * Number of waiting requests of the band.
   *
   * @default 5000
   */
  readonly maxRequests?: number;
  /**
   * Name of the plugin that chooses whose request is next.
   *
   * @default 'global-strict-fairness-policy'
   */
  readonly fairnessPolicy?: string;
  /**
   * Name of the plugin that orders the requests of one flow.
   *
   * @default 'fcfs-ordering-policy'
   */
  readonly orderingPolicy?: string;
}

/** Queues in which requests wait while all pods are saturated. They need the feature gate "flowControl". */
export interface PickerFlowControl {
  /**
   * Memory for all waiting requests in MiB. It is required with the feature gate, and must be less than `memoryMebibytes` of the picker.
   *
   * @default - not set: legal only without the feature gate
   */
  readonly maxMebibytes?: number;
  /**
   * Number of waiting requests in total.
   *
   * @default - not limited
   */
  readonly maxRequests?: number;
  /**
   * Seconds after which a waiting request is rejected.
   *
   * @default 60
   */
  readonly maxWaitSeconds?: number;
  /**
   * Band of requests whose priority has no band of its own.
   *
   * @default - the defaults of the picker
   */
  readonly defaultPriorityBand?: PickerPriorityBand;
  /**
   * Band of requests with a negative priority that has no band of its own.
   *
   * @default - the defaults of the picker
   */
  readonly defaultNegativePriorityBand?: PickerPriorityBand;
  /**
   * Bands of single priorities.
   *
   * @default - none
   */
  readonly priorityBands?: PickerPriorityBand[];
  /**
   * Name of the plugin that limits the use of the pool by lower priorities.
   *
   * @default 'static-usage-limit-policy'
   */
  readonly usageLimitPolicy?: string;
  /**
   * Name of the plugin that finds whether the pods are saturated. It has an effect without the feature gate too.
   *
   * @default 'utilization-detector'
   */
  readonly saturationDetector?: string;
}

/** Options of `EndpointPickerConfig.custom`. */
export interface CustomPickerConfigOptions {
  /** Plugin instances. The library adds the plugins that scrape metrics, with `modelServer` and `metricsPort`. */
  readonly plugins: PickerPlugin[];
  /** Scheduling profiles. With several profiles, a plugin must choose among them. */
  readonly schedulingProfiles: PickerProfile[];
  /**
   * What the picker reads from pods.
   *
   * @default - it scrapes their metrics
   */
  readonly dataLayer?: PickerDataLayer;
  /**
   * Queues in which requests wait.
   *
   * @default - requests do not wait in the picker
   */
  readonly flowControl?: PickerFlowControl;
  /**
   * Names of the plugins that parse requests, in the order in which they are tried.
   *
   * @default - parsers of the OpenAI, Anthropic and vLLM APIs
   */
  readonly parsers?: string[];
  /**
   * Feature gates, such as "flowControl".
   *
   * @default - the defaults of the picker
   */
  readonly featureGates?: string[];
  /**
   * Whether experimental (Alpha) plugins may be used, which the next release of the picker may change or remove.
   *
   * @default false
   */
  readonly allowExperimental?: boolean;
}
