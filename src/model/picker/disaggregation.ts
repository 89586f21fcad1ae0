import { instanceName, PickerSettings, PluginSpec, recordOf } from './config';
import { InputProblem } from '../problem';

/** The profile handler that chooses a decode pod, and a prefill pod if its decider says so. */
const HANDLER = 'disagg-profile-handler';

/** Types that tell prefill pods and decode pods apart, for pools that have both. */
export const ROLE_TYPES: readonly string[] = [HANDLER, 'prefill-filter', 'decode-filter'];

/** The decider that never decides for prefill pods unless `nonCachedTokens` is set. */
const PREFIX_DECIDER = 'prefix-based-pd-decider';

const FIX = 'use EndpointPickerConfig.prefillDecode, or add the missing part to the configuration';

/** Returns why a picker would not use prefill servers, or would send requests to them (llm-d-router v0.10, profilehandler/disagg). */
export function disaggregationProblem(settings: PickerSettings): InputProblem | undefined {
  const handler = settings.plugins.find(({ type }) => type === HANDLER);
  if (!handler) return { message: 'does not tell prefill servers and decode servers apart, so it would send requests to prefill servers, which deny them', actual: handlersOf(settings), expected: `the profile handler ${HANDLER}`, fix: FIX };
  const decider = textOf(handler, 'deciders', 'prefill') ?? textOf(handler, 'prefillDeciderPluginName') ?? textOf(handler, 'deciderPluginName');
  if (decider === undefined) return { message: 'never chooses a prefill server, because no plugin decides when', actual: 'no decider', expected: `\`deciders.prefill\` in the parameters of ${HANDLER}`, fix: FIX };
  const never = settings.plugins.find((one) => instanceName(one) === decider && one.type === PREFIX_DECIDER && !one.parameters?.nonCachedTokens);
  if (never) return { message: 'never chooses a prefill server, because its decider is off', actual: never.parameters?.nonCachedTokens ?? 'no nonCachedTokens', expected: 'nonCachedTokens above 0', fix: `set \`nonCachedTokens\` of ${decider}` };
  return profileProblem(settings, textOf(handler, 'profiles', 'decode') ?? textOf(handler, 'decodeProfile') ?? 'decode', 'decode-filter')
    ?? profileProblem(settings, textOf(handler, 'profiles', 'prefill') ?? textOf(handler, 'prefillProfile') ?? 'prefill', 'prefill-filter');
}

function profileProblem({ plugins, schedulingProfiles }: PickerSettings, name: string, filter: string): InputProblem | undefined {
  const profile = schedulingProfiles.find((one) => one.name === name);
  const types = new Map(plugins.map((plugin) => [instanceName(plugin), plugin.type]));
  if (profile?.plugins.some(({ pluginRef }) => types.get(pluginRef) === filter)) return undefined;
  return { message: `would choose pods of any role in its profile ${name}`, actual: profile ? profile.plugins.map(({ pluginRef }) => pluginRef) : 'no such profile', expected: `${filter} in profile ${name}`, fix: FIX };
}

function handlersOf({ plugins }: PickerSettings): string[] {
  return plugins.map(({ type }) => type).filter((type) => type.endsWith('-profile-handler'));
}

/** Returns a parameter of a plugin, or a parameter in an object, as text. */
function textOf({ parameters }: PluginSpec, key: string, nested?: string): string | undefined {
  const value = nested === undefined ? parameters?.[key] : recordOf(parameters?.[key])?.[nested];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
