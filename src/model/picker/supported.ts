import { instanceName, PickerSettings, PluginSpec, recordOf } from './config';
import { ROLE_TYPES } from './disaggregation';
import { producersOf } from './producers';
import { InputProblem } from '../problem';

const PREFILL = 'it needs prefill servers, and the pool has no `prefill`';
const ROLES = 'it needs pods of roles that the pods of a pool cannot have';
const CLUSTERS = 'it needs pools of several clusters';
const PREDICTOR = 'it needs a latency predictor beside the picker, which the library does not deploy';

const PORT = 'the library opens only the metrics port of the pods to the picker';

/** Types that load and cannot work for a pool of the library, each with the reason. */
const UNSUPPORTED: Readonly<Record<string, string>> = {
  'disagg-profile-handler': PREFILL, 'pd-profile-handler': ROLES, 'disagg-headers-handler': ROLES, 'prefill-header-handler': ROLES, 'header-profile-handler': ROLES,
  'prefill-filter': PREFILL, 'decode-filter': PREFILL, 'encode-filter': ROLES, 'disaggregatedset-rollout-screener': ROLES,
  'p2p-source-producer': 'the pods of a pool may not connect to each other',
  'predicted-latency-producer': PREDICTOR,
  'dcgm-data-source': PORT, 'models-data-source': PORT,
  'k8s-notification-source': 'the picker may watch only pods, pools, objectives and rewrites',
  'topology-extractor': 'the picker may watch only pods, pools, objectives and rewrites',
  'file-discovery': 'the picker discovers the pods of its pool', 'multicluster-file-discovery': CLUSTERS,
  'multicluster-approx-prefix-cache-producer': CLUSTERS, 'multicluster-kv-cache-utilization-scorer': CLUSTERS, 'multicluster-metrics-data-source': CLUSTERS,
  'multicluster-metrics-extractor': CLUSTERS, 'multicluster-prefix-cache-scorer': CLUSTERS, 'multicluster-queue-scorer': CLUSTERS, 'multicluster-session-affinity-filter': CLUSTERS,
  'header-based-testing-filter': 'with it clients choose their pod; it is for tests of pickers',
};

/** Returns the plugins that cannot work for a pool of the library, with or without prefill servers, those included that the picker adds. */
export function unsupportedPlugins(settings: PickerSettings, hasPrefill: boolean): InputProblem[] {
  const { configured, created } = producersOf(settings);
  const all = [...configured, ...created.map((type): PluginSpec => ({ type }))];
  const refused = all.filter(({ type }) => Object.hasOwn(UNSUPPORTED, type) && !(hasPrefill && ROLE_TYPES.includes(type)));
  const bound = configured.filter(({ parameters }) => recordOf(parameters?.kvEventsConfig)?.zmqEndpoint !== undefined);
  return [
    ...refused.map(({ type, name = type }) => ({
      message: `plugin ${name} of the endpoint picker cannot work for this pool: ${UNSUPPORTED[type]}`, actual: type, expected: 'other plugins', fix: 'remove the plugin and those that need it, or use an existing picker (`EndpointPicker.existing`)',
    })),
    ...bound.map((plugin) => ({
      message: `pods cannot send KV cache events to plugin ${instanceName(plugin)} of the endpoint picker, because the picker opens no port for them`, actual: plugin.parameters?.kvEventsConfig,
      expected: 'discoverPods, with which the picker connects to the pods', fix: 'remove zmqEndpoint',
    })),
  ];
}

/** Types that need something that only some model servers provide. */
const ENGINES: Readonly<Record<string, { readonly engines: readonly string[]; readonly reason: string }>> = {
  'lora-affinity-scorer': { engines: ['vllm'], reason: 'it has no metrics of LoRA adapters' },
  'precise-prefix-cache-producer': { engines: ['vllm', 'sglang'], reason: 'it publishes no KV cache events' },
  'precise-prefix-cache-scorer': { engines: ['vllm', 'sglang'], reason: 'it publishes no KV cache events' },
};

/** Returns the plugins that work with some model servers only, with these and the reason. */
export function enginesOf({ plugins }: PickerSettings): { readonly type: string; readonly engines: readonly string[]; readonly reason: string }[] {
  return plugins.flatMap(({ type }) => (Object.hasOwn(ENGINES, type) ? [{ type, ...ENGINES[type] }] : []));
}
