import { Faults } from './faults';

/** Reads a value of a declared type. It returns the value, or for plain data a frozen copy, or adds a fault. */
export interface Reader {
  /** The type as text, such as "an array, each entry a string". */
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

/** Placeholder for a prop that could not be read. */
const UNREADABLE = Symbol('unreadable');

/** Reads the value of a key once, because a getter may return another value the next time. */
export function readKey(value: object, key: string | number, faults: Faults): unknown {
  try {
    return (value as Readonly<Record<string | number, unknown>>)[key];
  } catch (error) {
    faults.unreadable(error);
    return UNREADABLE;
  }
}

/** Reads a prop, parameter or member. For null, the fault says that it can be omitted. */
export function readField({ optional, reader }: Pick<Field, 'optional' | 'reader'>, value: unknown, faults: Faults): unknown {
  if (value === UNREADABLE) return undefined;
  return value === null ? faults.wrong(null, reader.says, optional ? 'omit the value' : undefined) : reader.read(value, faults);
}
