import { ARGUMENTS, VALID, World } from './program';
import { Kind, KINDS } from './rubbish';
import { entries, parametersOf, propsOf, Type } from './types';

/** One place in the arguments of an entry: keys from the list of arguments down to the value. */
export interface Place {
  readonly entry: string;
  readonly keys: readonly (string | number)[];
  /** As messages name it: "versions.v1", "callers[0]". */
  readonly text: string;
  readonly type: Type;
  readonly optional: boolean;
  /** Whether it is a prop of a struct. */
  readonly isProp: boolean;
}

export interface Case {
  readonly place: Place;
  readonly kind: Kind;
  readonly name: string;
}

/** Arguments of an entry, each with every prop. */
export function argumentsOf(entry: string, world: World): unknown[] {
  return parametersOf(entry).map(({ name, type }) => {
    const make = type.kind === 'struct' ? VALID[type.name] : ARGUMENTS[`${entry} ${name}`] ?? ARGUMENTS[name];
    if (!make) throw new Error(`test/input/program.ts has no value for ${entry} ${name}`);
    return make(world);
  });
}

/** Every argument of every entry, with everything inside of it. */
export function places(): Place[] {
  const world = new World();
  return entries.flatMap((entry) => parametersOf(entry).flatMap((parameter, index) => {
    const { name, type, optional, variadic } = parameter;
    const value = argumentsOf(entry, world)[index];
    const place = { entry, keys: [index], text: variadic ? `${name}[0]` : name, type, optional: optional || variadic, isProp: false };
    return [place, ...within(place, type.kind === 'struct' ? '' : place.text, value)];
  }));
}

function within(place: Place, prefix: string, value: unknown): Place[] {
  const { type } = place;
  const deeper = (key: string | number, text: string, of: Type, optional: boolean, isProp = false): Place[] => {
    const one = { ...place, keys: [...place.keys, key], text, type: of, optional, isProp };
    return [one, ...within(one, text, (value as Record<string | number, unknown>)[key])];
  };
  if (type.kind === 'array') return deeper(0, `${prefix}[0]`, type.of, false);
  if (type.kind === 'map') {
    const [key] = Object.keys(value as object);
    return deeper(key, `${prefix}${/^[\w-]+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`}`, type.of, false);
  }
  if (type.kind !== 'struct') return [];
  return propsOf(type.name).flatMap(({ name, type: of, optional }) => deeper(name, prefix === '' ? name : `${prefix}.${name}`, of, optional, true));
}

export function cases(): Case[] {
  return places().flatMap((place) => KINDS.filter((kind) => kind.fits?.(place.type, place.optional, place.isProp) ?? true)
    .map((kind) => ({ place, kind, name: `${place.entry} ${place.text} ${kind.name}` })));
}
