import { CLASSES } from './schema';

type Class = abstract new (...args: never[]) => object;

let classes: (() => Readonly<Record<string, unknown>>) | undefined;

/** Says where the public classes are. They are looked up when a value is checked, because they use the guard themselves. */
export function provideClasses(exported: () => Readonly<Record<string, unknown>>): void {
  classes = exported;
}

/** Whether a value was created by a class of this copy of the library. An object that only has the prototype of the class was not. */
export function isInstance(value: unknown, name: string): value is object {
  if (typeof value !== 'object' || value === null) return false;
  return value instanceof classOf(name) && (Object.hasOwn(value, 'node') || Reflect.ownKeys(value).length > 0); // constructs have many keys, and a node
}

const found = new Map<string, Class>();

function classOf(name: string): Class {
  const known = found.get(name);
  if (known) return known;
  const made = classes!()[name] as Class;
  found.set(name, made);
  return made;
}

/** Returns the names of the classes that implement an interface. */
export function implementersOf(name: string): string[] {
  return Object.entries(CLASSES).filter(([, interfaces]) => interfaces.split(' ').includes(name)).map(([one]) => one);
}

/** The mark of every construct, of whatever copy of the constructs library. */
const CONSTRUCT = Symbol.for('constructs.Construct');

/** A construct, as far as the guard reads it. */
export interface ConstructLike {
  readonly node: { readonly path: string; readonly scope?: ConstructLike };
}

export function isConstruct(value: unknown): value is ConstructLike {
  if (typeof value !== 'object' || value === null || !(CONSTRUCT in value)) return false;
  const { node } = value as { readonly node?: unknown };
  return typeof node === 'object' && node !== null;
}
