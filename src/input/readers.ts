import { Faults } from './faults';
import { constructReader, instanceReader, interfaceReader } from './object-readers';
import { Field, readField, readKey, Reader } from './reader';
import { CLASSES, ENUMS, INTERFACES, STRUCTS } from './schema';
import { likelyMeant } from '../model/spelling';

const MOST_ENTRIES = 10_000;
const MOST_CHARACTERS = 2 ** 20;

/** A string token of a CDK, a placeholder of a value that is resolved later. */
const TOKEN = /\$\{(Tf)?Token\[[^\]]*\]\}|#\{Token\[[^\]]*\]\}/;

const TEXT: Reader = {
  says: 'a string',
  read: (value, faults) => {
    if (typeof value !== 'string') return faults.wrong(value, 'a string', typeof value === 'number' || typeof value === 'boolean' ? 'put it in quotes' : undefined);
    if (value.length > MOST_CHARACTERS) return faults.add(`is too long; got ${value.length} characters`, `at most ${MOST_CHARACTERS} characters`, 'shorten it');
    return value.includes('Token[') && TOKEN.test(value) ? faults.deferred() : value;
  },
};

const NUMBER: Reader = {
  says: 'a number',
  read: (value, faults) => {
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    if (typeof value === 'number') return faults.add(`is not a finite number; got ${value}`, 'a finite number', 'check how it is computed');
    return faults.wrong(value, 'a number', typeof value === 'string' ? 'write it without quotes' : undefined);
  },
};

const BOOLEAN: Reader = {
  says: 'true or false',
  read: (value, faults) => (typeof value === 'boolean' ? value : faults.wrong(value, 'true or false', typeof value === 'string' ? 'write it without quotes' : undefined)),
};

const MOST_LEVELS = 32;

/** Reads plain data of any shape, as JSON has it, except null. */
const data = (levels: number): Reader => ({
  says: 'plain data',
  read: (value, faults) => {
    if (typeof value === 'string') return TEXT.read(value, faults);
    if (typeof value === 'number') return NUMBER.read(value, faults);
    if (typeof value === 'boolean') return value;
    if (levels === 0) return faults.add('is nested too deeply', `at most ${MOST_LEVELS} levels`, 'shorten it');
    return (isList(value) ? arrayReader : mapReader)(data(levels - 1)).read(value, faults);
  },
});

const readers = new Map<string, Reader>([['string', TEXT], ['number', NUMBER], ['boolean', BOOLEAN], ['any', data(MOST_LEVELS)]]);

/** Returns the reader of a type of the schema, such as "string", "number[]", "Workload{}" or "AgentProps". */
export function readerOf(type: string): Reader {
  const known = readers.get(type);
  if (known) return known;
  const made = makeReader(type);
  readers.set(type, made);
  return made;
}

function makeReader(type: string): Reader {
  if (type.endsWith('[]')) return arrayReader(readerOf(type.slice(0, -2)));
  if (type.endsWith('{}')) return mapReader(readerOf(type.slice(0, -2)));
  if (type in STRUCTS) return structReader(type, fieldsOf(STRUCTS[type as keyof typeof STRUCTS]));
  if (type in ENUMS) return enumReader(type, ENUMS[type as keyof typeof ENUMS]);
  if (type in CLASSES) return instanceReader(type);
  return type in INTERFACES ? interfaceReader(type, readerOf) : constructReader();
}

/** Returns the fields of a line of the schema. */
export function fieldsOf(text: string): Field[] {
  return text.split(' ').map((one) => {
    const [declared, type] = one.split(':');
    const name = declared.replace(/^\.\.\.|\?$/g, '');
    return { name, type, optional: declared.endsWith('?'), variadic: declared.startsWith('...'), reader: readerOf(type) };
  });
}

function enumReader(name: string, values: readonly string[]): Reader {
  const known = new Set<unknown>(values);
  const listed = values.map((value) => JSON.stringify(value)).join(', ');
  return {
    says: `a value of ${name}`,
    read: (value, faults) => {
      if (known.has(value)) return value;
      if (typeof value !== 'string') return faults.wrong(value, `a value of ${name}: ${listed}`, `use a member of ${name}`);
      return faults.add(`is not a value of ${name}; got ${value.length > 40 ? 'another string' : JSON.stringify(value)}`, listed, `use a member of ${name}`);
    },
  };
}

function arrayReader(entry: Reader): Reader {
  const says = `an array, each entry ${entry.says}`;
  const field = { optional: false, reader: entry };
  return {
    says,
    read: (value, faults) => {
      const length = lengthOf(value, says, faults);
      if (length === undefined) return undefined;
      const copy: unknown[] = [];
      for (let index = 0; index < length; index++) {
        const since = faults.found.length;
        copy.push(readField(field, readKey(value as object, index, faults), faults));
        if (faults.found.length > since) faults.within(index, since);
      }
      return Object.freeze(copy);
    },
  };
}

/** Returns the length of an array, or adds the fault that the value is not an array. */
function lengthOf(value: unknown, says: string, faults: Faults): number | undefined {
  try {
    if (!Array.isArray(value)) return faults.wrong(value, says, typeof value === 'string' ? 'write a list: ["..."]' : undefined);
    return value.length > MOST_ENTRIES ? faults.add(`is too long; got ${value.length} entries`, `at most ${MOST_ENTRIES} entries`, 'shorten it') : value.length;
  } catch (error) {
    return faults.unreadable(error);
  }
}

/** Returns whether a value is an array. A proxy that was revoked is none. */
function isList(value: unknown): boolean {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}

/** Returns the keys of a plain object, or adds the fault that the value is not one. */
function keysOf(value: unknown, says: string, faults: Faults): string[] | undefined {
  try {
    if (isPlain(value)) return Object.keys(value);
    return faults.wrong(value, says, value instanceof Map ? 'pass Object.fromEntries(map)' : 'pass a plain object: {...}');
  } catch (error) {
    return faults.unreadable(error);
  }
}

/** Returns whether an object is plain data: an object without a class, from any realm. */
function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype = Object.getPrototypeOf(value) as object | null;
  return prototype === Object.prototype || prototype === null || (Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf'));
}

/** Reads a map and sorts it by key, because maps of other languages have no insertion order, so the order must have no meaning. */
function mapReader(entry: Reader): Reader {
  const says = `an object, each value ${entry.says}`;
  const field = { optional: false, reader: entry };
  return {
    says,
    read: (value, faults) => {
      const keys = keysOf(value, says, faults);
      if (!keys) return undefined;
      if (keys.length > MOST_ENTRIES) return faults.add(`is too large; got ${keys.length} keys`, `at most ${MOST_ENTRIES} keys`, 'shorten it');
      const entries = keys.sort().map((key) => {
        const since = faults.found.length;
        const read = readField(field, readKey(value as object, key, faults), faults);
        if (faults.found.length > since) faults.within(key, since);
        return [key, read] as const;
      });
      return Object.freeze(Object.fromEntries(entries)); // a key "__proto__" is data too
    },
  };
}

function structReader(name: string, fields: readonly Field[]): Reader {
  const says = `an object of ${name}`;
  const byName = new Map(fields.map((field) => [field.name, field]));
  const required = fields.filter(({ optional }) => !optional);
  return {
    says,
    read: (value, faults) => {
      const keys = keysOf(value, says, faults);
      if (!keys) return undefined;
      const copy: Record<string, unknown> = {};
      for (const key of keys) {
        const since = faults.found.length;
        const given = readKey(value as object, key, faults);
        const field = byName.get(key);
        if (field && given !== undefined) copy[key] = readField(field, given, faults);
        else if (!field && given !== undefined) unknownProp(key, name, byName, faults);
        if (faults.found.length > since) faults.within(key, since);
      }
      for (const field of required) {
        if (!Object.hasOwn(copy, field.name)) missing(field, faults);
      }
      return Object.freeze(copy);
    },
  };
}

function missing({ name, reader }: Field, faults: Faults): void {
  const since = faults.found.length;
  faults.wrong(undefined, reader.says, `set \`${name}\``);
  faults.within(name, since);
}

function unknownProp(key: string, struct: string, known: ReadonlyMap<string, Field>, faults: Faults): void {
  const props = [...known.keys()];
  const meant = likelyMeant(key, props);
  faults.add(`is not a prop of ${struct}`, props.join(', '), meant === undefined ? 'remove it' : `rename it to \`${meant}\`, if that is meant, or remove it`);
}
