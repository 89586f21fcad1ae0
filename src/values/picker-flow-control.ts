import { PickerFairness, PresetFlowControl, PresetPriorityBand } from './picker-flow-control-options';
import { BandSpec, PickerSettings } from '../model/picker/config';
import { FLOW_CONTROL } from '../model/picker/per-replica';

/** Returns settings of a preset with flow control, if it is stated. A saturation detector of the preset stays. */
export function withFlowControl(settings: PickerSettings, stated: PresetFlowControl | undefined): PickerSettings {
  if (!stated) return settings;
  const { maxMebibytes = 1024, maxRequests, maxWaitSeconds = 60, fairness, priorityBands = [] } = stated;
  const policies = new Set([fairness, ...priorityBands.map((band) => band.fairness)]);
  const others = fairnessOf(fairness);
  return {
    ...settings,
    featureGates: [...settings.featureGates ?? [], FLOW_CONTROL],
    plugins: [...settings.plugins, ...policies.has(PickerFairness.ROUND_ROBIN) ? [{ type: PickerFairness.ROUND_ROBIN }] : []],
    flowControl: {
      ...settings.flowControl,
      maxBytes: `${maxMebibytes}Mi`,
      ...maxRequests !== undefined && { maxRequests: `${maxRequests}` },
      defaultRequestTTL: `${maxWaitSeconds}s`,
      ...others && { defaultPriorityBand: others, defaultNegativePriorityBand: { ...others } }, // a copy, or YAML would have an anchor
      ...priorityBands.length > 0 && { priorityBands: priorityBands.map((band) => bandOf(band, fairness)) },
    },
  };
}

/** Returns the fairness of a band. The picker adds its default, GLOBAL_STRICT, itself. */
function fairnessOf(fairness: PickerFairness | undefined): BandSpec | undefined {
  return fairness === undefined || fairness === PickerFairness.GLOBAL_STRICT ? undefined : { fairnessPolicyRef: fairness };
}

function bandOf({ priority, maxMebibytes, maxRequests, fairness }: PresetPriorityBand, common: PickerFairness | undefined): BandSpec {
  return {
    priority,
    ...maxMebibytes !== undefined && { maxBytes: `${maxMebibytes}Mi` },
    ...maxRequests !== undefined && { maxRequests: `${maxRequests}` },
    ...fairnessOf(fairness ?? common),
  };
}
