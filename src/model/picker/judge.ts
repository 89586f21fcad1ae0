import { instanceName, PickerConfiguration, PickerSettings, PluginSpec } from './config';
import { PickerFinding, refusal } from './finding';
import { findIgnored } from './judge-ignored';
import { findParameterFaults } from './judge-parameters';
import { findReferenceFaults } from './judge-references';
import { PLUGIN_TYPES, pluginType } from './plugin-types';
import { neededBy, producersOf } from './producers';
import { fields, Shape, unknownFields } from './shape';
import { likelyMeant } from '../spelling';

const REFERENCE = fields('pluginRef');
const BAND = fields('priority maxBytes maxRequests fairnessPolicyRef orderingPolicyRef');
const FILE: Shape = fields('apiVersion kind featureGates', {
  plugins: [fields('name type parameters')],
  schedulingProfiles: [fields('name', { plugins: [fields('pluginRef weight')] })],
  dataLayer: fields('injectDefaults crossReplicaSyncerPluginRef crossReplicaSyncInterval', {
    sources: [fields('pluginRef', { extractors: [REFERENCE] })], discovery: REFERENCE,
  }),
  flowControl: fields('maxBytes maxRequests defaultRequestTTL usageLimitPolicyPluginRef enableEviction', {
    defaultPriorityBand: BAND, defaultNegativePriorityBand: BAND, priorityBands: [BAND], saturationDetector: REFERENCE,
  }),
  requestHandler: fields('', { parsers: [REFERENCE] }),
  saturationDetector: REFERENCE,
  parser: REFERENCE,
});
const GATES = ['flowControl', 'haPopulateNonLeaderDatastore'];

/** A configuration file, as a picker reads it. */
export interface PickerFile extends PickerSettings {
  readonly apiVersion: string;
  readonly kind: string;
}

/** What the file is judged by. */
type JudgedBy = Pick<PickerConfiguration, 'apiVersion' | 'allowsExperimental'>;

/**
 * Returns what is wrong with a configuration file: why the picker would not start with it, and what it would silently ignore. The picker
 * reports only the first cause; this function reports all.
 */
export function judgePickerFile(file: PickerFile, { apiVersion, allowsExperimental }: JudgedBy): PickerFinding[] {
  const misnamed = file.apiVersion === apiVersion && file.kind === 'EndpointPickerConfig' ? [] : [refusal('format', {
    message: 'the endpoint picker does not know this format of its configuration', actual: `${file.apiVersion} ${file.kind}`,
    expected: `${apiVersion} EndpointPickerConfig`, fix: 'correct `apiVersion` and `kind`',
  })];
  const unknown = unknownFields(file, FILE).map((field) => refusal('field', {
    message: 'the endpoint picker refuses an unknown field of its configuration', actual: field, expected: 'fields of this release', fix: 'remove the field, or correct its name',
  }));
  return [
    ...misnamed, ...unknown, ...findGateFaults(file), ...findFlowFaults(file), ...findNameFaults(file),
    ...file.plugins.flatMap((plugin) => [...findTypeFaults(plugin, allowsExperimental), ...findParameterFaults(plugin)]),
    ...findMissingData(file, allowsExperimental), ...findReferenceFaults(file), ...findIgnored(file),
  ];
}

function findGateFaults({ featureGates = [] }: PickerSettings): PickerFinding[] {
  return featureGates.flatMap((gate) => {
    const [name, value = 'true'] = gate.split('=');
    if (!GATES.includes(name)) return [refusal('gate', { message: 'the endpoint picker does not know this feature gate', actual: gate, expected: GATES.join(', '), fix: 'remove it from `featureGates`, or correct its name' })];
    if (/^(1|t|true|0|f|false)$/i.test(value.trim())) return [];
    return [refusal('gate', { message: 'the endpoint picker refuses the value of a feature gate', actual: gate, expected: `${name}, ${name}=true or ${name}=false`, fix: 'correct the value' })];
  });
}

/** Finds numbers of flow control that the picker refuses. */
function findFlowFaults({ flowControl }: PickerSettings): PickerFinding[] {
  const { defaultRequestTTL, maxRequests, defaultPriorityBand, defaultNegativePriorityBand, priorityBands = [] } = flowControl ?? {};
  const bands = [defaultPriorityBand, defaultNegativePriorityBand, ...priorityBands].filter((band) => band !== undefined);
  const wrong = [
    ...defaultRequestTTL?.startsWith('-') ? [['the time that requests may wait', defaultRequestTTL]] : [],
    ...[maxRequests, ...bands.map((band) => band.maxRequests)].filter((count) => count !== undefined && String(count).startsWith('-')).map((count) => ['the number of requests that may wait', count]),
    ...bands.filter(({ priority = 0 }) => !Number.isInteger(priority)).map(({ priority }) => ['the priority of a band', priority]),
  ];
  return wrong.map(([what, actual]) => refusal('field', { message: `${what} in \`flowControl\` is not a number that the endpoint picker accepts`, actual, expected: 'whole numbers, not negative except for priorities', fix: 'correct the number' }));
}

function findNameFaults({ plugins, schedulingProfiles }: PickerSettings): PickerFinding[] {
  const twice = (what: string, names: readonly string[]) => [...new Set(names.filter((name, i) => names.indexOf(name) !== i))].map((name) => refusal('name', {
    message: `two ${what} of the endpoint picker have the same name`, actual: name, expected: 'different names', fix: 'set `name` on one of them, or remove one',
  }));
  return [...twice('plugins', plugins.map(instanceName)), ...twice('scheduling profiles', schedulingProfiles.map(({ name }) => name))];
}

function findTypeFaults({ type }: PluginSpec, allowsExperimental: boolean): PickerFinding[] {
  const known = pluginType(type);
  if (!known) return [unknownType(type)];
  if (known.alpha && !allowsExperimental) return [experimental(type)];
  if (!known.replaced) return [];
  const { by, removed } = known.replaced;
  return [{ cause: 'deprecated', loads: true, message: `the plugin type ${type} of the endpoint picker is deprecated and goes with ${removed}`, actual: type, expected: by, fix: `use ${by}` }];
}

function unknownType(type: string): PickerFinding {
  const meant = likelyMeant(type, Object.keys(PLUGIN_TYPES));
  return refusal('type', {
    message: 'the endpoint picker has no plugin of this type', actual: type, expected: meant ?? 'a plugin type of this release', fix: meant === undefined ? 'correct the type' : `write ${meant}, if that is meant`,
  });
}

function experimental(type: string): PickerFinding {
  return refusal('stability', {
    message: `the plugin type ${type} of the endpoint picker is experimental (Alpha), and its next release may change it without notice`, actual: type,
    expected: 'plugins that are not experimental', fix: 'set `allowExperimental` if you accept that, or use another plugin',
  });
}

function findMissingData(settings: PickerSettings, allowsExperimental: boolean): PickerFinding[] {
  const { created, missing } = producersOf(settings);
  const nameOf = (consumer: string, data: string) => {
    const plugin = settings.plugins.find((one) => instanceName(one) === consumer);
    return plugin && neededBy(plugin).find((need) => need.data === data)?.by;
  };
  return [
    ...created.filter((type) => pluginType(type)!.alpha && !allowsExperimental).map(experimental),
    ...missing.map(({ consumer, data, producer }) => refusal('producer', {
      message: `plugin ${consumer} of the endpoint picker needs data that no plugin produces: ${data}`,
      actual: producer ?? 'no producer', expected: producer === undefined ? 'a plugin that produces this data' : `a plugin with the name ${producer} that produces this data`,
      fix: nameOf(consumer, data) ? `add the producer to the plugins, or name another one with the parameter ${nameOf(consumer, data)}` : 'add the producer to the plugins, or remove the plugin',
    })),
  ];
}
