import { callSite } from './call-site';
import { Faults, placeText } from './faults';
import { ConstructLike, isConstruct } from './instances';
import { Field, readField } from './reader';
import { fieldsOf } from './readers';
import { ENTRIES } from './schema';
import { failureReport, InputProblem, Problem, ProblemLog, problemText } from '../model/problem';
import { Trait } from '../model/trait';

/** What an error of the guard needs to know of a mesh. */
export interface RecordedMesh {
  readonly path: string;
  readonly problems: ProblemLog;
}

/** The mesh of a mesh or of one of its members. */
export const recordedMesh = new Trait<RecordedMesh>('a mesh');

const signatures = new Map<string, readonly Field[]>();

/**
 * Returns the arguments of a call if each has its declared type. Structs, arrays and maps are returned as frozen copies, so that later
 * changes have no effect and getters are read only once. Every constructor, static method and method of the public API calls it first.
 *
 * @param entry the call, as in the schema: "new Agent", "Workload.deploy", "Agent#grantCall"
 * @param receiver the object whose method is called
 * @throws with one problem for each fault of the call
 */
export function accepted<A extends readonly unknown[]>(entry: string, args: readonly [...A], receiver?: object): A {
  const fields = signatureOf(entry);
  const faults = new Faults();
  const read: unknown[] = [];
  for (let index = 0; index < args.length; index++) {
    const field = fields[Math.min(index, fields.length - 1)];
    read.push(readArgument(field, index - (fields.length - 1), args[index], faults));
  }
  if (faults.found.length > 0) throw refusal(entry, fields, faults, read, receiver);
  return read as unknown as A;
}

function signatureOf(entry: string): readonly Field[] {
  const known = signatures.get(entry);
  if (known) return known;
  const text = (ENTRIES as Readonly<Record<string, string>>)[entry];
  if (text === undefined) throw new Error(`src/input/schema.ts does not know ${entry}; write it anew with the npm script "schema"`);
  const made = fieldsOf(text);
  signatures.set(entry, made);
  return made;
}

/** Reads one argument. For faults in a struct, the place contains only the names of its props. */
function readArgument(field: Field, nth: number, value: unknown, faults: Faults): unknown {
  const since = faults.found.length;
  const read = value === undefined && field.optional ? undefined : readField(field, value, faults);
  for (let i = since; i < faults.found.length; i++) {
    const { keys } = faults.found[i];
    if (field.variadic) keys.unshift(field.name, nth);
    else if (keys.length === 0 || typeof keys[0] === 'number' || field.type.endsWith('}')) keys.unshift(field.name);
  }
  return read;
}

function refusal(entry: string, fields: readonly Field[], faults: Faults, args: readonly unknown[], receiver: object | undefined): Error {
  const id = args[fields.findIndex(({ name }) => name === 'id')];
  const [scope] = args;
  const path = receiver ? pathOf(receiver) : [pathOf(scope), pathOf(scope) !== undefined && typeof id === 'string' ? id : undefined].filter(Boolean).join('/');
  const named = args.map((arg) => (arg as { readonly mesh?: unknown } | undefined)?.mesh).find((mesh) => mesh !== undefined);
  const problems = faults.found.map(({ keys, message, expected, fix }) => ({ message: `\`${placeText(keys)}\` ${message}`, expected, fix }));
  const more = faults.more === 0 ? [] : [{ message: `${faults.more} more values of this call are wrong`, fix: 'correct the values above first' }];
  return refusalAt(path || entry, meshOf(named) ?? meshOf(receiver ?? scope), [...problems, ...more]);
}

/** Returns the error of a call that cannot continue. It contains the problems of the call, then the problems that its mesh recorded before. */
export function refusalAt(path: string, mesh: RecordedMesh | undefined, problems: readonly InputProblem[]): Error {
  const at = callSite();
  const of = mesh ? `[${mesh.path}] ` : '';
  const now = problems.map((problem): Problem => ({ id: 'AM003', path, at, ...problem }));
  const lines = [...now, ...mesh?.problems.all ?? []].map((problem) => `${of}${problemText(problem)}`);
  return new Error(failureReport(lines));
}

function pathOf(value: unknown): string | undefined {
  try {
    return isConstruct(value) ? value.node.path || undefined : undefined;
  } catch {
    return undefined;
  }
}

/** Returns the mesh of the `mesh` prop of a construct, or the mesh above it in the construct tree. */
export function meshOf(value: unknown): RecordedMesh | undefined {
  try {
    for (let scope: ConstructLike | undefined = isConstruct(value) ? value : undefined; scope; scope = scope.node.scope) {
      const found = recordedMesh.find(scope);
      if (found) return found;
    }
  } catch {
    // a scope that cannot be read has no mesh
  }
  return undefined;
}

