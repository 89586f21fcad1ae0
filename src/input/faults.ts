/** A fault of one value in the arguments of a call. */
export interface Fault {
  /** Keys from the argument down to the value. */
  readonly keys: (string | number)[];
  /** What is wrong. The message continues after the name of the value. */
  readonly message: string;
  readonly expected: string;
  readonly fix: string;
}

/** Maximum number of faults of one call that are listed. */
const MOST_FAULTS = 20;

/** The faults of one call. */
export class Faults {
  public readonly found: Fault[] = [];
  /** Number of further faults that are not listed. */
  public more = 0;

  public add(message: string, expected: string, fix: string): undefined {
    if (this.found.length < MOST_FAULTS) this.found.push({ keys: [], message, expected, fix });
    else this.more++;
    return undefined;
  }

  /** Adds the fault of a value that does not have the expected type. */
  public wrong(value: unknown, expected: string, fix = expected.includes(' or ') ? 'pass one of these' : `pass ${expected}`): undefined {
    if (value === undefined) return this.add('is missing', expected, fix);
    try {
      if (isDeferred(value)) return this.deferred();
      return this.add(`has the wrong type; got ${described(value)}`, expected, isBoxed(value) ? 'remove `new`' : fix);
    } catch (error) {
      return this.unreadable(error);
    }
  }

  /** Adds the fault of a value that is not known before synth. */
  public deferred(): undefined {
    return this.add('is a Token or Lazy value, which is only known at synth, but the library checks the value when the program runs', 'the value itself, not a Token or Lazy', 'pass the literal value');
  }

  public unreadable(error: unknown): undefined {
    return this.add(`cannot be read: ${errorText(error)}`, 'plain data without getters that throw', 'pass a plain value');
  }

  /** Adds a key to the place of all faults from the index `since` on. */
  public within(key: string | number, since: number): void {
    for (let i = since; i < this.found.length; i++) this.found[i].keys.unshift(key);
  }
}

const PLAIN_KEY = /^[\w-]{1,64}$/;
const MOST_KEY = 64;

/** Returns keys as in a program: `env.LOG`, `args[0]`, `labels["a b"]`. */
export function placeText(keys: readonly (string | number)[]): string {
  return keys.map((key, index) => {
    if (typeof key === 'number') return `[${key}]`;
    if (PLAIN_KEY.test(key)) return index === 0 ? key : `.${key}`;
    return `[${JSON.stringify(key.length > MOST_KEY ? `${key.slice(0, MOST_KEY)}...` : key)}]`;
  }).join('');
}

/** Maximum length of a name from an object of the program in a message. */
const MOST_NAME = 60;

/** Returns the type of a value as text. Strings are not printed, because they may be secret or very long. */
export function described(value: unknown): string {
  switch (typeof value) {
    case 'undefined': return 'nothing';
    case 'string': return 'a string';
    case 'number': case 'boolean': return String(value);
    case 'bigint': return 'a bigint';
    case 'symbol': return 'a symbol';
    case 'function': return 'a function or class';
    default: return value === null ? 'null' : objectText(value as object);
  }
}

function objectText(value: object): string {
  try {
    if (Array.isArray(value)) return 'an array';
    const name = classNameOf(value);
    return name === undefined || name === 'Object' ? 'an object' : `an object of class ${name}`;
  } catch {
    return 'an object that cannot be read';
  }
}

/** Returns the name of the class of an object, for messages. */
export function classNameOf(value: object): string | undefined {
  const prototype = Object.getPrototypeOf(value) as { readonly constructor?: { readonly name?: unknown } } | null;
  const name = prototype?.constructor?.name;
  return typeof name === 'string' && name !== '' ? name.slice(0, MOST_NAME) : undefined;
}

function errorText(error: unknown): string {
  try {
    return error instanceof Error ? String(error.message).slice(0, MOST_NAME) : described(error);
  } catch {
    return 'an error that cannot be read';
  }
}

function isBoxed(value: unknown): boolean {
  return value instanceof String || value instanceof Number || value instanceof Boolean;
}

/** Returns whether a value is computed at synth: a Lazy of cdk8s, or a token of another CDK. */
function isDeferred(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { produce, resolve, creationStack } = value as Readonly<Record<string, unknown>>;
  return typeof produce === 'function' || (typeof resolve === 'function' && creationStack !== undefined);
}
