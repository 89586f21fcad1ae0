import { CLASSES, ENTRIES, ENUMS, INTERFACES, STRUCTS } from '../../src/input/schema';

/** A declared type, read from the table that the guard reads too. */
export type Type =
  | { readonly kind: 'string' | 'number' | 'boolean' | 'data' }
  | { readonly kind: 'enum' | 'struct' | 'class' | 'interface' | 'construct'; readonly name: string }
  | { readonly kind: 'array' | 'map'; readonly of: Type };

export interface Field {
  readonly name: string;
  readonly optional: boolean;
  readonly variadic: boolean;
  readonly type: Type;
}

export const entries = Object.keys(ENTRIES);

export function parametersOf(entry: string): Field[] {
  return fieldsOf((ENTRIES as Record<string, string>)[entry]);
}

export function propsOf(struct: string): Field[] {
  return fieldsOf((STRUCTS as Record<string, string>)[struct]);
}

function fieldsOf(text: string): Field[] {
  return text.split(' ').map((one) => {
    const [, dots, name, mark, type] = /^(\.\.\.)?(\w+)(\?)?:(.+)$/.exec(one)!;
    return { name, optional: mark !== undefined, variadic: dots !== undefined, type: typeOf(type) };
  });
}

function typeOf(text: string): Type {
  if (text.endsWith('[]')) return { kind: 'array', of: typeOf(text.slice(0, -2)) };
  if (text.endsWith('{}')) return { kind: 'map', of: typeOf(text.slice(0, -2)) };
  if (text === 'string' || text === 'number' || text === 'boolean') return { kind: text };
  if (text === 'any') return { kind: 'data' };
  if (text in ENUMS) return { kind: 'enum', name: text };
  if (text in STRUCTS) return { kind: 'struct', name: text };
  if (text in CLASSES) return { kind: 'class', name: text };
  if (text in INTERFACES) return { kind: 'interface', name: text };
  return { kind: 'construct', name: text };
}
