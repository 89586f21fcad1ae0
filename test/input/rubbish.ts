import { Lazy } from 'cdk8s';
import { deploy } from '../story';
import { propsOf, Type } from './types';
import * as library from '../../src';
import { INTERFACES } from '../../src/input/schema';

const { Cluster, Identity, MediaPort } = library;

/** One way to replace a value. */
export interface Kind {
  readonly name: string;
  readonly make: (valid: unknown, type: Type) => unknown;
  /** Types that it is rubbish for; all if it is not set. */
  readonly fits?: Test;
  /** Types for which it is refused at once as not of the declared type. For others the library may accept it, or report its meaning. */
  readonly refused: Test;
  /** Types for which it is the same value in another shape, and must be accepted. */
  readonly same?: boolean;
}

type Test = (type: Type, optional: boolean, isProp: boolean) => boolean;
const always: Test = () => true;
const never: Test = () => false;
/** All types but these, and but plain data of any shape. */
const not = (...kinds: readonly Type['kind'][]): Test => ({ kind }) => kind !== 'data' && !kinds.includes(kind);
const only = (...kinds: readonly Type['kind'][]): Test => ({ kind }) => kinds.includes(kind);
const isInstance = only('class', 'interface', 'construct');
const isPlain = only('struct', 'map', 'array');
const isEmptyStruct = (type: Type) => type.kind === 'struct' && propsOf(type.name).every(({ optional }) => optional);

/** Whether an interface is fulfilled by whatever has a reference that only the library makes. */
const isByReference = (name: string): boolean => name in INTERFACES && !/\(\)|IConstruct/.test(INTERFACES[name as keyof typeof INTERFACES]);

const always1 = (name: string, make: Kind['make']): Kind => ({ name, make, refused: always });
const text = (name: string, value: string): Kind => ({ name, make: () => value, refused: not('string') });
const number = (name: string, value: number): Kind => ({ name, make: () => value, refused: not('number') });
/** The same value in another shape. */
const same = (name: string, make: Kind['make'], fits: Test): Kind => ({ name, make, fits, refused: never, same: true });

const hostile = (): object => new Proxy({}, new Proxy({}, { get: () => () => { throw new Error('trapped'); } }));
const revoked = (target: object): object => {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
};
const cyclic = (made: object): object => Object.assign(made, { self: made });
/** The same plain object, whose props are functions that run when they are read. */
const reading = (valid: unknown, read: (key: string, value: unknown) => unknown): object =>
  Object.defineProperties({}, Object.fromEntries(Object.entries(valid as object).map(([key, value]) => [key, { enumerable: true, get: () => read(key, value) }])));
const withKey = (valid: unknown, key: string): object => Object.defineProperty({ ...valid as object }, key, { value: 'x', enumerable: true });
const once = (valid: unknown): object => {
  const seen = new Set<string>();
  return reading(valid, (key, value) => {
    if (seen.has(key)) return Symbol('read twice');
    seen.add(key);
    return value;
  });
};

/** A second copy of the library, as two installations in one program. */
let copy: typeof library | undefined;
function otherCopy(): typeof library {
  jest.isolateModules(() => { copy ??= jest.requireActual<typeof library>('../../src'); });
  return copy!;
}

/** Stands for a value that is left out. */
export const LEFT_OUT = Symbol('left out');

export const KINDS: readonly Kind[] = [
  { name: 'nothing', make: () => LEFT_OUT, fits: (_type, _optional, isProp) => isProp, refused: (_, optional) => !optional },
  { name: 'undefined', make: () => undefined, refused: (_, optional) => !optional },
  always1('null', () => null),
  always1('NaN', () => NaN), always1('Infinity', () => Infinity), always1('-Infinity', () => -Infinity), always1('a bigint', () => 80n),
  { name: 'true', make: () => true, refused: not('boolean') },
  number('0', 0), number('-1', -1), number('0.5', 0.5), number('1e21', 1e21), number('2**53', 2 ** 53),
  text('a string', 'rubbish'), text('an empty string', ''), text('"__proto__"', '__proto__'), text('"constructor"', 'constructor'), text('a control character', 'a\u0000\u202e\nb'),
  text('half a surrogate pair', '\ud800'), text('a path', '../../a//b'),
  always1('a huge string', () => 'x'.repeat(2 ** 20 + 1)),
  always1('a token of a string', () => '${Token[TOKEN.12]}'),
  always1('a symbol', () => Symbol('rubbish')), always1('a function', () => () => 'x'), always1('a class', () => Identity),
  always1('a boxed string', () => new String('x')), always1('a boxed number', () => new Number(80)), always1('a boxed boolean', () => new Boolean(true)),
  always1('a Date', () => new Date(0)), always1('a Map', () => new Map([['a', 'b']])), always1('a Set', () => new Set(['a'])), always1('a RegExp', () => /a/), always1('a Promise', () => Promise.resolve('a')),
  always1('a Buffer', () => Buffer.from('a')), always1('an Error', () => new Error('a')),
  always1('Lazy', (valid) => Lazy.any({ produce: () => valid })), always1('a resolvable', (valid) => ({ resolve: () => valid, creationStack: [] })),
  { name: 'an empty object', make: () => ({}), refused: (type) => !isEmptyStruct(type) && type.kind !== 'map' && type.kind !== 'data' },
  { name: 'an object of something else', make: () => ({ what: 'ever' }), refused: (type) => type.kind !== 'data' && (type.kind !== 'map' || !['string', 'data'].includes(type.of.kind)) },
  { name: 'an empty array', make: () => [], refused: not('array') },
  { name: 'an array of it', make: (valid) => [valid], refused: not() },
  { name: 'an array of null', make: () => [null], refused: always },
  { name: 'its only entry', make: (valid) => (valid as unknown[])[0], fits: only('array'), refused: always },
  { name: 'a sparse array', make: () => [, 'a'], refused: always }, // eslint-disable-line no-sparse-arrays
  always1('a huge array', () => new Array(2 ** 32 - 1)),
  { name: 'an array of too many', make: (valid) => new Array(10_001).fill((valid as unknown[])[0]), fits: only('array'), refused: always },
  { name: 'a map of too many', make: (valid) => Object.fromEntries(Array.from({ length: 10_001 }, (_, i) => [`k${i}`, Object.values(valid as object)[0]])), fits: only('map'), refused: always },
  always1('a cyclic object', () => cyclic({})), always1('a cyclic array', () => { const made: unknown[] = []; made.push(made); return made; }),
  always1('a proxy that throws', hostile), always1('a revoked proxy', () => revoked({})), always1('a revoked proxy of an array', () => revoked([])),
  { name: 'props that throw when read', make: (valid) => reading(valid, () => { throw new TypeError('read'); }), fits: only('struct', 'map'), refused: always },
  { name: 'a prop that no one knows', make: (valid) => withKey(valid, 'hostnme'), fits: only('struct'), refused: always },
  { name: 'a prop "__proto__"', make: (valid) => withKey(valid, '__proto__'), fits: only('struct'), refused: always },
  { name: 'a prop "constructor"', make: (valid) => withKey(valid, 'constructor'), fits: only('struct'), refused: always },
  { name: 'a key "__proto__"', make: (valid) => Object.defineProperty({}, '__proto__', { value: Object.values(valid as object)[0], enumerable: true }), fits: only('map'), refused: never },
  { name: 'an instance of another class', make: (_, type) => ('name' in type && type.name === 'MediaPort' ? Cluster.of() : MediaPort.udp(1)), refused: always },
  { name: 'a Workload', make: () => deploy(), refused: ({ kind, ...type }) => !('name' in type && ['Workload', 'ICallee', 'ICaller', 'IRouteTarget'].includes(type.name)) },
  { name: 'a Workload of another copy of the library', make: () => otherCopy().Workload.deploy({ image: 'registry.example.com/any:1.0.0', ports: [] }), refused: always },
  { name: 'a spread instance', make: (valid) => ({ ...valid as object }), fits: isInstance, refused: (type) => !('name' in type && (type.name === 'IMeshProgram' || isByReference(type.name))) },
  { name: 'an object with only its prototype', make: (valid) => Object.create(Object.getPrototypeOf(valid) as object), fits: isInstance, refused: always },
  { name: 'a class of its own', make: (valid) => Object.assign(new (class Own {})(), valid), fits: only('struct', 'map'), refused: always },
  same('it frozen', (valid) => Object.freeze(valid), (type) => isInstance(type, false, false) || isPlain(type, false, false)),
  same('it sealed', (valid) => Object.seal(valid), (type) => isInstance(type, false, false) || isPlain(type, false, false)),
  same('a proxy of it', (valid) => new Proxy(valid as object, {}), (type) => isInstance(type, false, false) || isPlain(type, false, false)),
  same('it without a prototype', (valid) => Object.assign(Object.create(null) as object, valid), only('struct', 'map')),
  same('it, read once', once, only('struct', 'map')),
];
