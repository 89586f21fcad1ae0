import { instanceName, METRICS_EXTRACTOR, METRICS_SOURCE, PickerSettings, PluginSpec } from './config';
import { ignored, PickerFinding } from './finding';
import { hasFlowControl } from './per-replica';
import { DEFAULT_PRODUCERS, pluginType, PluginRole } from './plugin-types';
import { neededBy } from './producers';

/** What a picker loads and then does not use, without a word. */
export function findIgnored(settings: PickerSettings): PickerFinding[] {
  return [
    ...findDeprecatedFields(settings), ...findGatedSettings(settings), ...findUnreadMetrics(settings), ...findUselessParts(settings),
    ...findNegativeWeights(settings), ...findBlindProfiles(settings), ...findUnusedProducers(settings), ...findDeafProducers(settings),
  ];
}

function findDeprecatedFields({ saturationDetector, parser }: PickerSettings): PickerFinding[] {
  const found = [...saturationDetector ? [['saturationDetector', 'flowControl.saturationDetector']] : [], ...parser ? [['parser', 'requestHandler.parsers']] : []];
  return found.map(([field, instead]) => ({
    cause: 'deprecated', loads: true, message: `the field ${field} of the endpoint picker's configuration is deprecated`, actual: field, expected: instead, fix: `use ${instead}`,
  }));
}

/** Settings of queues have no effect without their feature gate, except the saturation detector. */
function findGatedSettings(settings: PickerSettings): PickerFinding[] {
  const { saturationDetector, ...gated } = settings.flowControl ?? {};
  const set = Object.entries(gated).filter(([, value]) => value !== undefined).map(([name]) => name);
  return set.length === 0 || hasFlowControl(settings) ? [] : [ignored({
    message: 'the endpoint picker ignores `flowControl` except its saturation detector, because the feature gate flowControl is off', actual: set,
    expected: 'flowControl in `featureGates`', fix: 'add flowControl to `featureGates`, or remove these settings',
  })];
}

/** The picker wires only instances whose name is the type. With another name, its defaults read the metrics instead. */
function findUnreadMetrics({ plugins, dataLayer }: PickerSettings): PickerFinding[] {
  if (dataLayer?.injectDefaults === false) return [];
  const isRenamed = (plugin: PluginSpec) => [METRICS_SOURCE, METRICS_EXTRACTOR].includes(plugin.type) && instanceName(plugin) !== plugin.type;
  return plugins.filter(isRenamed).map((plugin) => ignored({
    message: `the endpoint picker ignores plugin ${instanceName(plugin)} and its parameters, because it reads metrics with the plugin that has the name ${plugin.type}`,
    actual: instanceName(plugin), expected: plugin.type, fix: 'remove `name` of the plugin',
  }));
}

/** Roles that have a part in a scheduling profile. */
const SCHEDULING: readonly PluginRole[] = ['filter', 'scorer', 'picker', 'detector', 'other', 'producer', 'admitter'];

function findUselessParts({ plugins, schedulingProfiles }: PickerSettings): PickerFinding[] {
  const types = new Map(plugins.map((plugin) => [instanceName(plugin), plugin.type]));
  return schedulingProfiles.flatMap(({ name, plugins: parts }) => parts.flatMap(({ pluginRef }) => {
    const roles = pluginType(types.get(pluginRef) ?? '')?.roles;
    return !roles || roles.some((role) => SCHEDULING.includes(role)) ? [] : [ignored({
      message: `the endpoint picker ignores ${pluginRef} in profile ${name}, because it neither filters, scores nor picks`, actual: pluginRef, expected: 'filters, scorers and a picker', fix: 'remove it from the profile',
    })];
  }));
}

function findNegativeWeights({ schedulingProfiles }: PickerSettings): PickerFinding[] {
  const isNegative = ({ weight = 1 }: { readonly weight?: number }) => !Number.isFinite(weight) || weight < 0;
  return schedulingProfiles.flatMap(({ name, plugins }) => plugins.filter(isNegative).map(({ pluginRef, weight }) => ignored({
    message: `the weight of ${pluginRef} in profile ${name} is negative or not a number, so the endpoint picker prefers the pods that score worst`, actual: weight, expected: 'weights of 0 or more', fix: 'correct the weight',
  })));
}

/** A profile without scorers and filters picks any pod. */
function findBlindProfiles({ plugins, schedulingProfiles }: PickerSettings): PickerFinding[] {
  const types = new Map(plugins.map((plugin) => [instanceName(plugin), plugin.type]));
  const chooses = ({ pluginRef, weight }: { readonly pluginRef: string; readonly weight?: number }) => {
    const roles = pluginType(types.get(pluginRef) ?? '')?.roles ?? ['scorer'];
    return roles.includes('filter') || (roles.includes('scorer') && weight !== 0);
  };
  return schedulingProfiles.filter((profile) => !profile.plugins.some(chooses)).map(({ name, plugins: parts }) => ignored({
    message: `profile ${name} of the endpoint picker has no filter and no scorer with a weight above 0, so it picks any pod`, actual: parts,
    expected: 'at least one filter or scorer', fix: 'add a scorer or filter, or raise a weight',
  }));
}

const namedPrefixes = (plugins: readonly PluginSpec[]) => plugins.flatMap((plugin) => [
  ...neededBy(plugin).filter(({ data }) => data === 'prefix').map(({ producer }) => producer), plugin.parameters?.prefixMatchInfoProducerName,
]);

/** A producer of cached prefixes works for nobody unless consumers name it. They use the approximate one instead. */
function findUnusedProducers({ plugins }: PickerSettings): PickerFinding[] {
  const used = namedPrefixes(plugins);
  const isProducer = ({ type }: PluginSpec) => pluginType(type)?.roles.includes('producer') && pluginType(type)?.produces?.includes('prefix');
  const unused = plugins.filter((plugin) => isProducer(plugin) && !used.includes(instanceName(plugin)));
  return unused.filter((plugin) => instanceName(plugin) !== DEFAULT_PRODUCERS.prefix).map((plugin) => ignored({
    message: `no plugin of the endpoint picker uses ${instanceName(plugin)}, because none names it`, actual: instanceName(plugin),
    expected: 'a scorer or filter with the parameter prefixMatchInfoProducerName', fix: 'set prefixMatchInfoProducerName of the plugins that are to use it, or remove it',
  }));
}

/** A precise producer learns of the pods, and so of their KV cache events, only as an extractor of a source that announces endpoints. */
function findDeafProducers({ plugins, dataLayer }: PickerSettings): PickerFinding[] {
  const readers = plugins.filter(({ type }) => type === 'precise-prefix-cache-producer');
  const fed = (dataLayer?.sources ?? []).flatMap(({ extractors = [] }) => extractors.map(({ pluginRef }) => pluginRef));
  const deaf = readers.filter((plugin) => !fed.includes(instanceName(plugin))).map((plugin) => ignored({
    message: `plugin ${instanceName(plugin)} of the endpoint picker receives no KV cache events, because no source in \`dataLayer\` announces the pods to it`, actual: fed,
    expected: `a source endpoint-notification-source with the extractor ${instanceName(plugin)}`, fix: 'add the source to the plugins and to `dataLayer`',
  }));
  const hasTokens = plugins.some(({ type, parameters }) => pluginType(type)?.produces?.includes('prompt') && parameters?.modelName);
  return hasTokens ? deaf : [...deaf, ...readers.map((plugin) => ignored({
    message: `plugin ${instanceName(plugin)} of the endpoint picker would compare KV cache events with estimated tokens, which match no cache`, actual: plugins.map(({ type }) => type),
    expected: 'a token-producer with a model and the URL of a render server', fix: 'add such a token-producer',
  }))];
}
