import { CustomPickerConfigOptions, PickerDataLayer, PickerFlowControl, PickerPriorityBand } from './picker-custom-options';
import { BandSpec, DataLayerSpec, FlowControlSpec, PickerSettings, PluginReference } from '../model/picker/config';

/** Returns the settings of a custom configuration, in the words of the picker. */
export function customSettings(options: CustomPickerConfigOptions): PickerSettings {
  const { plugins, schedulingProfiles, dataLayer, flowControl, parsers, featureGates } = options;
  return {
    ...featureGates && { featureGates },
    plugins,
    schedulingProfiles: schedulingProfiles.map(({ name, plugins: parts }) => ({
      name, plugins: parts.map(({ plugin, ...weight }) => ({ pluginRef: plugin, ...weight })),
    })),
    ...dataLayer && { dataLayer: dataLayerOf(dataLayer) },
    ...flowControl && { flowControl: flowControlOf(flowControl) },
    ...parsers && { requestHandler: { parsers: parsers.map(reference) } },
  };
}

const reference = (pluginRef: string): PluginReference => ({ pluginRef });

function dataLayerOf({ sources, ...rest }: PickerDataLayer): DataLayerSpec {
  const specs = sources?.map(({ plugin, extractors = [] }) => ({ pluginRef: plugin, extractors: extractors.map(reference) }));
  return { ...rest, ...specs && { sources: specs } };
}

function flowControlOf(options: PickerFlowControl): FlowControlSpec {
  const { maxMebibytes, maxRequests, maxWaitSeconds, usageLimitPolicy, saturationDetector } = options;
  const { defaultPriorityBand, defaultNegativePriorityBand, priorityBands } = options;
  return {
    ...maxMebibytes !== undefined && { maxBytes: `${maxMebibytes}Mi` },
    ...maxRequests !== undefined && { maxRequests: `${maxRequests}` },
    ...maxWaitSeconds !== undefined && { defaultRequestTTL: `${maxWaitSeconds}s` },
    ...defaultPriorityBand && { defaultPriorityBand: band(defaultPriorityBand) },
    ...defaultNegativePriorityBand && { defaultNegativePriorityBand: band(defaultNegativePriorityBand) },
    ...priorityBands && { priorityBands: priorityBands.map((one) => ({ priority: one.priority ?? 0, ...band(one) })) },
    ...usageLimitPolicy && { usageLimitPolicyPluginRef: usageLimitPolicy },
    ...saturationDetector && { saturationDetector: reference(saturationDetector) },
  };
}

function band({ priority, maxMebibytes, maxRequests, fairnessPolicy, orderingPolicy }: PickerPriorityBand): BandSpec {
  return {
    ...priority !== undefined && { priority },
    ...maxMebibytes !== undefined && { maxBytes: `${maxMebibytes}Mi` },
    ...maxRequests !== undefined && { maxRequests: `${maxRequests}` },
    ...fairnessPolicy && { fairnessPolicyRef: fairnessPolicy },
    ...orderingPolicy && { orderingPolicyRef: orderingPolicy },
  };
}
