import { CLASSES } from './schema';

type Class = abstract new (...args: never[]) => object;

let classes: (() => Readonly<Record<string, unknown>>) | undefined;

/** Sets the function that returns the public classes. It is called when a value is checked, because the classes use the guard themselves. */
export function provideClasses(exported: () => Readonly<Record<string, unknown>>): void {
  classes = exported;
}

/** Returns whether a value was created by a class of this copy of the library. An object that only has the prototype of the class does not count. */
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

/** Symbol that every construct has, for any copy of the constructs library. */
const CONSTRUCT = Symbol.for('constructs.Construct');

/** The members of a construct that the guard uses. */
export interface ConstructLike {
  readonly node: { readonly path: string; readonly scope?: ConstructLike };
}

export function isConstruct(value: unknown): value is ConstructLike {
  if (typeof value !== 'object' || value === null || !(CONSTRUCT in value)) return false;
  const { node } = value as { readonly node?: unknown };
  return typeof node === 'object' && node !== null;
}
