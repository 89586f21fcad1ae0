import { instanceName, PickerSettings, PluginSpec } from './config';
import { DataKind, DataNeed, DEFAULT_PRODUCERS, MEANT_PRODUCERS, pluginType } from './plugin-types';

/** Data that a plugin needs and that nobody produces. */
export interface MissingData {
  readonly consumer: string;
  readonly data: DataKind;
  /** The name of the producer that the consumer expects. */
  readonly producer: string | undefined;
}

/** The producers of data that plugins need. */
export interface Producers {
  readonly configured: readonly PluginSpec[];
  /** Types that the picker adds, because configured plugins need their data. */
  readonly created: readonly string[];
  readonly missing: readonly MissingData[];
}

/** Returns the data that a plugin needs, each with the name of the producer that it expects. */
export function neededBy({ type, parameters = {} }: PluginSpec): (DataNeed & { readonly producer: string | undefined })[] {
  return (pluginType(type)?.needs ?? []).filter(({ when }) => when?.(parameters) ?? true).map((need) => {
    const named = need.by === undefined ? undefined : parameters[need.by];
    return { ...need, producer: typeof named === 'string' && named !== '' ? named : MEANT_PRODUCERS[need.data] };
  });
}

/** Finds the producers of all data that plugins need, as the picker does at start (pkg/epp/datalayer/data_graph.go). */
export function producersOf({ plugins }: PickerSettings): Producers {
  const created: string[] = [];
  const missing: MissingData[] = [];
  const produces = (name: string | undefined, data: DataKind, all: readonly PluginSpec[]) =>
    all.some((plugin) => (name === undefined || instanceName(plugin) === name) && pluginType(plugin.type)?.produces?.includes(data));
  const visit = (plugin: PluginSpec): void => {
    for (const { data, producer } of neededBy(plugin)) {
      if (produces(producer, data, [...plugins, ...created.map((type) => ({ type }))])) continue;
      const added = DEFAULT_PRODUCERS[data];
      if (added === undefined || added !== producer || plugins.some((one) => instanceName(one) === added)) {
        missing.push({ consumer: instanceName(plugin), data, producer });
      } else {
        created.push(added);
        visit({ type: added });
      }
    }
  };
  plugins.forEach(visit);
  return { configured: plugins, created, missing };
}
