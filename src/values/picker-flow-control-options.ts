/** Whose waiting request an endpoint picker sends next, of those with the same priority (source: llm-d-router v0.10, fairness policies). */
export enum PickerFairness {
  /** The request that waits longest. */
  GLOBAL_STRICT = 'global-strict-fairness-policy',
  /**
   * Tenants take turns. The tenant of a request is its header `x-llm-d-inference-fairness-id`. For clients outside the mesh `claimHeaders` of the
   * gateway's `jwt` sets it, and for callers inside the mesh an `InferenceTenant`. Synth fails without both, because all requests then have one
   * tenant.
   */
  ROUND_ROBIN = 'round-robin-fairness-policy',
}

/** Waiting requests of one priority. */
export interface PresetPriorityBand {
  /** Priority of the requests, as an `InferenceObjective` of the pool states it: a 32-bit integer. */
  readonly priority: number;
  /**
   * Memory for the waiting requests of the band in MiB. It must not exceed that of all waiting requests.
   *
   * @default - 1 GB, within the memory of all waiting requests
   */
  readonly maxMebibytes?: number;
  /**
   * Number of waiting requests of the band: 1 or more.
   *
   * @default 5000
   */
  readonly maxRequests?: number;
  /**
   * Whose request is next.
   *
   * @default - `fairness` of the flow control
   */
  readonly fairness?: PickerFairness;
}

/** Flow control of an endpoint picker: requests wait in the picker while all pods are saturated, and higher priorities are sent first. */
export interface PresetFlowControl {
  /**
   * Memory for all waiting requests in MiB, bodies included. It must be less than `memoryMebibytes` of the picker.
   *
   * @default 1024
   */
  readonly maxMebibytes?: number;
  /**
   * Number of waiting requests in total: 1 or more.
   *
   * @default - not limited beside the limit of each priority, 5000
   */
  readonly maxRequests?: number;
  /**
   * Seconds after which a waiting request is rejected, from 1 to 86400.
   *
   * @default 60
   */
  readonly maxWaitSeconds?: number;
  /**
   * Whose request is next, of those with the same priority.
   *
   * @default PickerFairness.GLOBAL_STRICT
   */
  readonly fairness?: PickerFairness;
  /**
   * Limits of single priorities. Other priorities have the default limits.
   *
   * @default - none
   */
  readonly priorityBands?: PresetPriorityBand[];
}

/** Options of the presets of `EndpointPickerConfig`. */
export interface PickerPresetOptions {
  /**
   * Flow control: requests wait in the picker while all pods are saturated. `{}` has the defaults. Each replica of a picker has its own
   * queues, so synth fails with `AvailabilityMode.ACTIVE_ACTIVE` (AM222).
   *
   * @default - requests do not wait in the picker
   */
  readonly flowControl?: PresetFlowControl;
}
