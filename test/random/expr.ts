import { inspect } from 'util';

/** What the statements of one build have defined, by name. */
export type Variables = Map<string, unknown>;

/** A part of a program: how it reads as source, what of the public API it uses, and what it makes in a build. */
export interface Expr<T> {
  readonly text: string;
  /** As in surface.ts: "new Agent", "Agent#grantCall", "Workload.deploy", "AgentProps.workload", "McpPrefix.ALWAYS". */
  readonly uses: readonly string[];
  readonly make: (variables: Variables) => T;
}

/** A class of the public API, also one that only factories make. */
interface Class<T = unknown> { readonly name: string; readonly prototype: T }

/** Names of methods. */
type MethodOf<T> = { [K in keyof T]: T[K] extends (...args: never[]) => unknown ? K : never }[keyof T] & string;
type ArgsOf<F> = F extends (...args: infer A) => unknown ? { [I in keyof A]: Expr<A[I]> } : never;
type ResultOf<F> = F extends (...args: never[]) => infer R ? R : never;

const usesOf = (parts: readonly Expr<unknown>[]): string[] => parts.flatMap(({ uses }) => uses);
const textsOf = (parts: readonly Expr<unknown>[]): string => parts.map(({ text }) => text).join(', ');

/** A text, a number, a boolean, or plain data of them. */
export function lit<T>(value: T): Expr<T> {
  const text = inspect(value, { depth: Infinity, breakLength: Infinity, maxStringLength: Infinity, maxArrayLength: Infinity });
  return { text, uses: [], make: () => (typeof value === 'object' && value !== null ? structuredClone(value) : value) };
}

/** What an earlier statement has defined. */
export function variable<T>(name: string): Expr<T> {
  return {
    text: name, uses: [],
    make: (variables) => {
      if (!variables.has(name)) throw new Error(`the program uses ${name} before it defines it`);
      return variables.get(name) as T;
    },
  };
}

export function list<T>(items: readonly Expr<T>[]): Expr<T[]> {
  return { text: `[${textsOf(items)}]`, uses: usesOf(items), make: (variables) => items.map((item) => item.make(variables)) };
}

const keyText = (key: string): string => (/^[A-Za-z_$][\w$]*$/.test(key) && key !== '__proto__' ? key : `[${inspect(key)}]`);

/** An object whose keys are data. */
export function record<T>(entries: readonly (readonly [string, Expr<T>])[]): Expr<{ [key: string]: T }> {
  return {
    text: entries.length === 0 ? '{}' : `{ ${entries.map(([key, { text }]) => `${keyText(key)}: ${text}`).join(', ')} }`,
    uses: usesOf(entries.map(([, item]) => item)),
    make: (variables) => Object.fromEntries(entries.map(([key, item]) => [key, item.make(variables)])),
  };
}

/** An object whose keys are props of an interface of the public API. */
export function struct<T>(name: string, entries: readonly (readonly [string, Expr<unknown>])[]): Expr<T> {
  const { text, uses, make } = record(entries);
  return { text, uses: [...entries.map(([key]) => `${name}.${key}`), ...uses], make: (variables) => make(variables) as T };
}

/** `new Agent(...)` */
export function made<A extends unknown[], T>(
  of: (new (...args: A) => T) & { readonly name: string }, ...args: { [I in keyof A]: Expr<A[I]> }
): Expr<T> {
  return {
    text: `new ${of.name}(${textsOf(args)})`, uses: [`new ${of.name}`, ...usesOf(args)],
    make: (variables) => new of(...args.map((arg) => arg.make(variables)) as A),
  };
}

/** `Workload.deploy(...)` */
export function factory<C extends Class, M extends MethodOf<C>>(of: C, method: M, ...args: ArgsOf<C[M]>): Expr<ResultOf<C[M]>> {
  const parts = args as readonly Expr<unknown>[];
  return {
    text: `${of.name}.${method}(${textsOf(parts)})`, uses: [`${of.name}.${method}`, ...usesOf(parts)],
    make: (variables) => (of[method] as (...all: unknown[]) => ResultOf<C[M]>).apply(of, parts.map((part) => part.make(variables))),
  };
}

/** `agent.grantCall(...)` */
export function called<T extends object, M extends MethodOf<T>>(of: Class<T>, on: Expr<T>, method: M, ...args: ArgsOf<T[M]>): Expr<ResultOf<T[M]>> {
  const parts = args as readonly Expr<unknown>[];
  return {
    text: `${on.text}.${method}(${textsOf(parts)})`, uses: [`${of.name}#${method}`, ...on.uses, ...usesOf(parts)],
    make: (variables) => {
      const object = on.make(variables);
      return (object[method] as (...all: unknown[]) => ResultOf<T[M]>).apply(object, parts.map((part) => part.make(variables)));
    },
  };
}

/** `agent.title` */
export function read<T extends object, K extends keyof T & string>(of: Class<T>, on: Expr<T>, key: K): Expr<T[K]> {
  return { text: `${on.text}.${key}`, uses: [`${of.name}#${key}`, ...on.uses], make: (variables) => on.make(variables)[key] };
}

/** `McpPrefix.ALWAYS` */
export function member<E extends object, K extends keyof E & string>(name: string, of: E, key: K): Expr<E[K]> {
  return { text: `${name}.${key}`, uses: [`${name}.${key}`], make: () => of[key] };
}

/** Code that uses cdk8s or the team's own things, and nothing of the library. */
export function foreign<T>(text: string, make: (variables: Variables) => T, parts: readonly Expr<unknown>[] = []): Expr<T> {
  return { text, uses: usesOf(parts), make };
}
