import { PoolNode } from '../../model/pool';

/** One plugin of an EndpointPickerConfig. */
export interface PickerPlugin {
  readonly type: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
}

/** The configuration file of the endpoint picker (llm-d-router v0.10, apix/config/v1alpha1). The picker rejects unknown fields. */
export interface EndpointPickerConfig {
  readonly apiVersion: 'llm-d.ai/v1alpha1';
  readonly kind: 'EndpointPickerConfig';
  readonly plugins: readonly PickerPlugin[];
  readonly schedulingProfiles: readonly {
    readonly name: string;
    readonly plugins: readonly { readonly pluginRef: string; readonly weight?: number }[];
  }[];
}

/**
 * Returns a configuration that scores the pods of a pool by cached prefix, free KV cache and queue depth, and picks the pod with the
 * highest score.
 */
export function compilePickerConfig(pool: PoolNode): EndpointPickerConfig {
  const { engine, weights } = pool.picker.deployment!;
  const scorers = [
    { pluginRef: 'prefix-cache-scorer', weight: weights.prefixCache },
    { pluginRef: 'kv-cache-utilization-scorer', weight: weights.kvCache },
    { pluginRef: 'queue-scorer', weight: weights.queueDepth },
  ].filter(({ weight }) => weight > 0);
  // Without a port, the data source scrapes each endpoint at its serving port.
  const ownPort = pool.targetPorts.includes(pool.metricsPort) ? {} : { port: pool.metricsPort };
  return {
    apiVersion: 'llm-d.ai/v1alpha1',
    kind: 'EndpointPickerConfig',
    plugins: [
      ...scorers.map(({ pluginRef }) => ({ type: pluginRef })),
      { type: 'max-score-picker' },
      { type: 'single-profile-handler' },
      { type: 'metrics-data-source', parameters: { scheme: 'http', path: '/metrics', ...ownPort } },
      { type: 'core-metrics-extractor', parameters: { defaultEngine: engine } },
    ],
    schedulingProfiles: [{ name: 'default', plugins: [...scorers, { pluginRef: 'max-score-picker' }] }],
  };
}
