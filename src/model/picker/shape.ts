import { recordOf } from './config';

/** The known fields of an object. A "value" may be anything; a list of one shape describes the entries of an array. */
export type Shape = 'value' | readonly [Shape] | { readonly [field: string]: Shape };

/** Returns a shape of fields that may have any value, from their names. */
export function fields(names: string, nested: { readonly [field: string]: Shape } = {}): { readonly [field: string]: Shape } {
  return { ...Object.fromEntries(names.split(' ').filter(Boolean).map((name) => [name, 'value'] as const)), ...nested };
}

/** Returns the fields of a value that its shape does not have, such as "flowControl.maxByte". */
export function unknownFields(value: unknown, shape: Shape, place = ''): string[] {
  if (shape === 'value') return [];
  if (isList(shape)) return Array.isArray(value) ? value.flatMap((entry, i) => unknownFields(entry, shape[0], `${place}[${i}]`)) : [];
  return Object.entries(recordOf(value) ?? {}).flatMap(([key, entry]) => {
    const path = place ? `${place}.${key}` : key;
    return Object.hasOwn(shape, key) ? unknownFields(entry, shape[key], path) : [path];
  });
}

function isList(shape: Shape): shape is readonly [Shape] {
  return Array.isArray(shape);
}
