import { instanceName, PickerSettings, PluginSpec } from './config';
import { DataKind, pluginType } from './plugin-types';
import { neededBy } from './producers';

/** Types whose state each replica of a picker keeps for itself (llm-d-router v0.10.0, README of each plugin). */
const PER_REPLICA: readonly string[] = [
  'approx-prefix-cache-producer', 'burst-prefix-cache-producer', 'multicluster-approx-prefix-cache-producer', 'multicluster-prefix-cache-scorer',
  'mm-embeddings-cache-producer', 'inflight-load-producer', 'predicted-latency-producer', 'session-id-producer', 'no-hit-lru-scorer', 'program-aware-fairness',
];
const PER_REPLICA_DATA: readonly DataKind[] = ['load', 'uncached-tokens', 'latency', 'encoder-cache'];

/** The feature gate of queues in which requests wait. Each replica has its own queues. */
export const FLOW_CONTROL = 'flowControl';

/** Returns the names of the plugins of a picker whose state differs between its replicas, and the feature gate of flow control. */
export function perReplicaPlugins(settings: PickerSettings): string[] {
  const { plugins } = settings;
  return [...plugins.filter((plugin) => keepsState(plugin, plugins)).map(instanceName), ...hasFlowControl(settings) ? [FLOW_CONTROL] : []];
}

function keepsState(plugin: PluginSpec, plugins: readonly PluginSpec[]): boolean {
  if (PER_REPLICA.includes(plugin.type) || plugin.parameters?.strategy === 'session_id' || countsRequests(plugin)) return true;
  return neededBy(plugin).some(({ data, producer }) => PER_REPLICA_DATA.includes(data) || (data === 'prefix' && isPerReplicaProducer(producer, plugins)));
}

/** Returns whether a filter compares the number of requests that the replica sent itself. */
function countsRequests({ type, parameters }: PluginSpec): boolean {
  return type === 'utilization-filter' && JSON.stringify(parameters?.conditions ?? []).includes('"active-requests"');
}

/** The picker adds the approximate producer of cached prefixes if no plugin has its name. */
function isPerReplicaProducer(name: string | undefined, plugins: readonly PluginSpec[]): boolean {
  const type = plugins.find((plugin) => instanceName(plugin) === name)?.type ?? name;
  return type !== undefined && pluginType(type) !== undefined && PER_REPLICA.includes(type);
}

/** Returns whether the feature gate of flow control is on. */
export function hasFlowControl({ featureGates = [] }: PickerSettings): boolean {
  const gate = featureGates.filter((one) => one.split('=')[0] === FLOW_CONTROL).at(-1);
  return gate !== undefined && !/=\s*(false|f|0)\s*$/i.test(gate);
}
