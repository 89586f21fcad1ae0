import { BandSpec, instanceName, PickerSettings, recordOf } from './config';
import { PickerFinding, refusal } from './finding';
import { pluginType, PluginRole } from './plugin-types';

/** A reference to a plugin by name, with the roles that the plugin may have there. */
interface Reference {
  readonly place: string;
  readonly name: string;
  readonly roles?: readonly PluginRole[];
  /** Whether the picker adds a plugin whose type is the name. */
  readonly isAdded?: boolean;
}

/** Plugins that the picker adds, so that references to them resolve. */
const ADDED = ['fcfs-ordering-policy', 'global-strict-fairness-policy', 'static-usage-limit-policy', 'utilization-detector'];

/** Finds references that do not resolve, and parts of profiles that the picker refuses. */
export function findReferenceFaults(settings: PickerSettings): PickerFinding[] {
  const types = new Map(settings.plugins.map((plugin) => [instanceName(plugin), plugin.type]));
  return [
    ...referencesOf(settings).flatMap(({ place, name, roles, isAdded }) => {
      const type = types.get(name) ?? (ADDED.includes(name) || isAdded ? name : undefined);
      const fault = { actual: name, expected: [...types.keys()].join(', ') || 'no plugin' };
      if (type === undefined) return [refusal('reference', { message: `${place} of the endpoint picker refers to a plugin that the configuration does not have`, ...fault, fix: 'add the plugin, or correct the name' })];
      const known = pluginType(type);
      if (!roles || !known || known.roles.some((role) => roles.includes(role))) return [];
      return [refusal('reference', { message: `${place} of the endpoint picker refers to a plugin of another kind`, actual: `${name} (${type})`, expected: `a plugin that is ${roles.join(' or ')}`, fix: 'refer to such a plugin' })];
    }),
    ...findProfileFaults(settings, types),
  ];
}

function referencesOf(settings: PickerSettings): Reference[] {
  const { plugins, schedulingProfiles, dataLayer, flowControl, requestHandler, saturationDetector, parser } = settings;
  const bands = [flowControl?.defaultPriorityBand, flowControl?.defaultNegativePriorityBand, ...flowControl?.priorityBands ?? []];
  const named = (place: string, name: string | undefined, roles?: readonly PluginRole[]): Reference[] => (name ? [{ place, name, roles }] : []);
  return [
    ...plugins.flatMap((plugin) => (pluginType(plugin.type)?.references ?? []).flatMap(({ path, otherwise }) => {
      const value = path.split('.').reduce<unknown>((at, key) => recordOf(at)?.[key], plugin.parameters);
      return named(`the parameter ${path} of plugin ${instanceName(plugin)}`, typeof value === 'string' ? value : otherwise, ['decider']);
    })),
    ...schedulingProfiles.flatMap(({ name, plugins: parts }) => parts.flatMap(({ pluginRef }) => named(`profile ${name}`, pluginRef))),
    ...(dataLayer?.sources ?? []).flatMap(({ pluginRef, extractors = [] }) => [
      ...named('`dataLayer`', pluginRef, ['source']), ...extractors.flatMap((one) => named('`dataLayer`', one.pluginRef)),
    ]),
    ...named('`dataLayer`', dataLayer?.discovery?.pluginRef, ['discovery']),
    ...bands.flatMap((band) => bandReferences(band)),
    ...named('`flowControl`', flowControl?.usageLimitPolicyPluginRef, ['usage-limit']),
    ...[flowControl?.saturationDetector, saturationDetector].flatMap((one) => named('`saturationDetector`', one?.pluginRef, ['detector'])),
    ...[...requestHandler?.parsers ?? [], ...parser ? [parser] : []].map(({ pluginRef }): Reference => ({
      place: '`parsers`', name: pluginRef, roles: ['parser'], isAdded: pluginType(pluginRef)?.roles.includes('parser'),
    })),
  ];
}

function bandReferences({ fairnessPolicyRef, orderingPolicyRef }: BandSpec = {}): Reference[] {
  return [
    ...fairnessPolicyRef ? [{ place: 'a priority band', name: fairnessPolicyRef, roles: ['fairness'] as const }] : [],
    ...orderingPolicyRef ? [{ place: 'a priority band', name: orderingPolicyRef, roles: ['ordering'] as const }] : [],
  ];
}

function findProfileFaults({ plugins, schedulingProfiles, flowControl }: PickerSettings, types: ReadonlyMap<string, string>): PickerFinding[] {
  const is = (name: string, role: PluginRole) => pluginType(types.get(name) ?? '')?.roles.includes(role) ?? false;
  const pickers = schedulingProfiles.flatMap((profile) => {
    const own = profile.plugins.map(({ pluginRef }) => pluginRef).filter((name) => is(name, 'picker'));
    return own.length < 2 ? [] : [refusal('pickers', { message: `profile ${profile.name} of the endpoint picker has several pickers`, actual: own, expected: 'at most one picker', fix: 'remove the others from the profile' })];
  });
  const handlers = plugins.map(instanceName).filter((name) => is(name, 'handler'));
  const single = handlers.every((name) => types.get(name) === 'single-profile-handler');
  const many = schedulingProfiles.length > 1;
  const unhandled = handlers.length > 1 || (many && single) ? [refusal('handlers', {
    message: handlers.length > 1 ? 'the endpoint picker has several profile handlers' : 'the endpoint picker has several profiles, and no plugin that chooses among them',
    actual: handlers, expected: 'one profile handler, and for several profiles one that chooses among them', fix: many ? 'add a handler such as disagg-profile-handler, or keep one profile' : 'keep one profile handler',
  })] : [];
  const priorities = (flowControl?.priorityBands ?? []).map(({ priority = 0 }) => priority);
  const twice = [...new Set(priorities.filter((one, i) => priorities.indexOf(one) !== i))].map((one) => refusal('name', {
    message: 'two priority bands of the endpoint picker have the same priority', actual: one, expected: 'different priorities', fix: 'remove one of the bands, or change its priority',
  }));
  return [...pickers, ...unhandled, ...twice];
}
