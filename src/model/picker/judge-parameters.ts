import { instanceName, METRICS_EXTRACTOR, METRICS_SOURCE, PluginParameters, PluginSpec, recordOf } from './config';
import { ignored, PickerFinding, refusal } from './finding';
import { pluginType } from './plugin-types';
import { Shape, unknownFields } from './shape';

const ENGINES = ['vllm', 'sglang', 'trtllm-serve', 'triton-tensorrt-llm', 'triton'];

/** A parameter with a value that the picker refuses. */
interface WrongValue { readonly name: string; readonly expected: string }

/** Values that plugins refuse, as far as they are known. */
const VALUES: Readonly<Record<string, (parameters: PluginParameters) => WrongValue | undefined>> = {
  [METRICS_SOURCE]: ({ scheme }) => (scheme === undefined || scheme === 'http' || scheme === 'https' ? undefined : { name: 'scheme', expected: 'http or https' }),
  [METRICS_EXTRACTOR]: ({ defaultEngine, engineConfigs }) => {
    const known = [...ENGINES, ...(Array.isArray(engineConfigs) ? engineConfigs.map((one) => recordOf(one)?.name) : [])];
    return defaultEngine === undefined || known.includes(defaultEngine) ? undefined : { name: 'defaultEngine', expected: known.join(', ') };
  },
  'concurrency-detector': ({ maxConcurrency, maxTokenConcurrency }) => wholeAbove('maxConcurrency', maxConcurrency, 1) ?? wholeAbove('maxTokenConcurrency', maxTokenConcurrency, 1),
  'prefix-cache-affinity-filter': ({ affinityThreshold }) => share('affinityThreshold', affinityThreshold),
  'approx-prefix-cache-producer': ({ maxPrefixTokensToMatch, lruCapacityPerServer }) =>
    wholeAbove('maxPrefixTokensToMatch', maxPrefixTokensToMatch, 1) ?? wholeAbove('lruCapacityPerServer', lruCapacityPerServer, 1),
  'utilization-detector': ({ queueDepthThreshold, kvCacheUtilThreshold }) => wholeAbove('queueDepthThreshold', queueDepthThreshold, 1) ?? share('kvCacheUtilThreshold', kvCacheUtilThreshold),
  'precise-prefix-cache-producer': ({ kvEventsConfig }) => {
    const { socketPort, replaySocketPort } = recordOf(recordOf(kvEventsConfig)?.podDiscoveryConfig) ?? {};
    return wholeAbove('socketPort', socketPort, 1) ?? wholeAbove('replaySocketPort', replaySocketPort, 1);
  },
  'prefix-based-pd-decider': ({ nonCachedTokens, promptTokens }) => wholeAbove('nonCachedTokens', nonCachedTokens, 0) ?? wholeAbove('promptTokens', promptTokens, 0),
  'program-aware-fairness': ({ strategy }) => (strategy === undefined || strategy === 'las' ? undefined : { name: 'strategy', expected: 'las' }),
  'token-producer': ({ vllm, modelName }) => (vllm === undefined || modelName ? undefined : { name: 'modelName', expected: 'the name of the served model' }),
};

/** Returns the fault of a number that must be whole, and at least some number. */
function wholeAbove(name: string, value: unknown, least: number): WrongValue | undefined {
  return value === undefined || (Number.isInteger(value) && (value as number) >= least) ? undefined : { name, expected: `whole numbers from ${least}` };
}

/** Returns the fault of a number that must be a share. */
function share(name: string, value: unknown): WrongValue | undefined {
  return value === undefined || (typeof value === 'number' && value > 0 && value <= 1) ? undefined : { name, expected: 'numbers above 0, at most 1' };
}

/** Finds parameters that the picker refuses, misses or ignores. */
export function findParameterFaults(plugin: PluginSpec): PickerFinding[] {
  const type = pluginType(plugin.type);
  if (!type) return [];
  const { parameters = {} } = plugin;
  const name = instanceName(plugin);
  const of = `of plugin ${name} of the endpoint picker`;
  const lacking = (type.required ?? []).filter((one) => !isSet(parameters[one])).map((one) => refusal('parameter', {
    message: `the parameter ${one} ${of} is missing`, actual: parameters, expected: `a value of ${one}`, fix: `set ${one} in \`parameters\``,
  }));
  const { oneOf = [] } = type;
  const chosen = oneOf.filter((one) => isSet(parameters[one]));
  const ambiguous = oneOf.length === 0 || chosen.length === 1 ? [] : [refusal('parameter', {
    message: `the parameters ${of} must have exactly one of ${oneOf.join(' and ')}`, actual: parameters, expected: `one of ${oneOf.join(', ')}`, fix: 'set one of them in `parameters`',
  })];
  const wrong = VALUES[plugin.type]?.(parameters);
  const values = wrong ? [refusal('parameter', {
    message: `the endpoint picker refuses the parameter ${wrong.name} of plugin ${name}`, actual: parameters[wrong.name] ?? null, expected: wrong.expected, fix: 'correct the parameter',
  })] : [];
  return [...lacking, ...ambiguous, ...values, ...(type.parameters === undefined ? [] : unknown(type.parameters, plugin, type.ignores === true))];
}

function unknown(shape: Shape, plugin: PluginSpec, isIgnored: boolean): PickerFinding[] {
  const expected = typeof shape === 'object' && Object.keys(shape).length > 0 ? Object.keys(shape).join(', ') : 'no parameters';
  return unknownFields(plugin.parameters, shape).map((field) => {
    const fault = { actual: field, expected, fix: 'remove the parameter, or correct its name' };
    return isIgnored
      ? ignored({ message: `plugin ${instanceName(plugin)} of the endpoint picker has no such parameter and ignores it`, ...fault })
      : refusal('parameter', { message: `plugin ${instanceName(plugin)} of the endpoint picker refuses an unknown parameter`, ...fault });
  });
}

const isSet = (value: unknown): boolean => value !== undefined && value !== null && value !== '' && !(Array.isArray(value) && value.length === 0);
