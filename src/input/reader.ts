import { Faults } from './faults';

/** Reads a value of a declared type: returns it, plain data as a frozen copy, or adds what is wrong with it. */
export interface Reader {
  /** The type in words: "an array, each entry a string". */
  readonly says: string;
  readonly read: (value: unknown, faults: Faults) => unknown;
}

/** A parameter or prop. */
export interface Field {
  readonly name: string;
  readonly type: string;
  readonly optional: boolean;
  readonly variadic: boolean;
  readonly reader: Reader;
}

/** Stands for a prop that could not be read. */
const UNREADABLE = Symbol('unreadable');

/** Reads what a key of an object holds, once: a getter may return something else the next time. */
export function readKey(value: object, key: string | number, faults: Faults): unknown {
  try {
    return (value as Readonly<Record<string | number, unknown>>)[key];
  } catch (error) {
    faults.unreadable(error);
    return UNREADABLE;
  }
}

/** Reads a prop, parameter or member, and tells of null that it can be omitted. */
export function readField({ optional, reader }: Pick<Field, 'optional' | 'reader'>, value: unknown, faults: Faults): unknown {
  if (value === UNREADABLE) return undefined;
  return value === null ? faults.wrong(null, reader.says, optional ? 'omit it' : undefined) : reader.read(value, faults);
}
