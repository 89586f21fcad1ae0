import { Drawing } from '../drawing';
import { Expr, lit, member } from '../expr';

/** Names that nobody should give, and names that are good and look otherwise. */
const ODD_NAMES = [
  '', 'default', 'none', 'constructor', 'a', 'x'.repeat(63), 'x'.repeat(64), 'Upper', 'a.b', 'a_b', '-a', 'a-', '1a', '0o7', '1e3', 'null', 'yes', 'naïve', 'a\nb', '\u202eab', '__proto__', 'toString',
  'kube-system', 'istio-system', 'agent-1', 'tools-1',
];

/** A name that nothing else has; `constructor` once in a while, which is a good one. */
export function name(on: Drawing, stem: string): string {
  return on.odd(ODD_NAMES, () => (on.tape.oneIn(40) ? 'constructor' : on.plan.fresh(stem)));
}

/** Ids that the constructs library cannot hold, or has already. */
const ODD_IDS = ['', 'constructor', 'toString', '__proto__', 'agent-1', 'gateway-1', 'Namespaces', 'ExternalHosts', 'Resource', 'gateway', 'a/b', 'Default', 'waypoint-voice', 'Ü'];

/** The id of a construct, which becomes its name. */
export function id(on: Drawing, stem: string): string {
  return on.odd(ODD_IDS, () => on.plan.fresh(stem));
}

const ODD_TEXTS = [
  '', ' ', 'a b', '"', '\'', '\\', '*', '${x}', '{{.}}', '#', '- a', 'a: b', '0o7', '0x1F', '1_000', '1e3', '.5', '~', 'null', 'true', 'off', '=', '<<', '\ta', 'a\tb', 'a\nb\n', '\u0000', '\u2028', '\ud800', 'ä', '😀', '2001-01-01',
  '!!str a', '&a', '|', '>', '%', '@', '`', ',', '[', '{',
];

/** A text that is only passed on. */
export function text(on: Drawing, plain: string): Expr<string> {
  return lit(on.odd(ODD_TEXTS, () => plain));
}

/** The name of an object that the program says the cluster has. */
export function statedName(on: Drawing, kind: string, plain: string): Expr<string> {
  const stated = on.odd(ODD_TEXTS, () => plain);
  on.plan.stated.add(`${kind} ${stated}`);
  return lit(stated);
}

const ODD_NUMBERS = [-1, 0, 0.5, 1, 1023, 65_536, 2 ** 31, 1e21, -0];

/** A number of a few plain ones. */
export function number(on: Drawing, ...plain: number[]): Expr<number> {
  return lit(on.odd(ODD_NUMBERS, () => on.tape.pick(plain)));
}

const ODD_HOSTS = ['', 'localhost', 'a', '*', '*.example.com', 'EXAMPLE.com', '10.0.0.1', 'a.svc', 'a.voice.svc.cluster.local', 'https://a.example.com', 'a..b', 'a.example.com:443', 'a_b.example.com', `${'x'.repeat(64)}.example.com`, '0.1', '1e3.5'];

/** Hosts outside the cluster. */
export function external(on: Drawing, plain: readonly string[] = ['api.example.com', 'models.example.org', 'constructor.example.net', 'a-b.example.com', 'a.b-example.com']): string {
  return on.odd(ODD_HOSTS, () => on.tape.pick(plain));
}

const ODD_PATHS = ['', '/', 'v1', '/v1/', '//', '/a//b', '/../a', '/a?b', '/a%2fb', '/%41', '/a b', '/*', '/{a}', '/ä', `/${'x'.repeat(1100)}`, '/sse', '/.well-known/x'];

export function path(on: Drawing, ...plain: string[]): Expr<string> {
  return lit(on.odd(ODD_PATHS, () => on.tape.pick(plain)));
}

const ODD_NETWORKS = ['', '10.0.0.0', '10.0.0.1/24', '0.0.0.0/0', '::/0', '10.0.0.0/33', '::ffff:10.0.0.0/104', '010.0.0.0/8', 'a/8', 'fd00::/64'];

export function network(on: Drawing, ...plain: string[]): Expr<string> {
  return lit(on.odd(ODD_NETWORKS, () => on.tape.pick(plain)));
}

const ODD_MAPS: readonly Readonly<Record<string, string>>[] = [
  {}, { '': 'x' }, { 'app.kubernetes.io/name': 'agent-1' }, { 'istio.io/dataplane-mode': 'none' }, { 'a b': 'c' }, { constructor: 'x' }, { a: '' }, { a: 'x'.repeat(64) }, Object.fromEntries([['__proto__', 'x']]),
  { '<<': 'x' }, { 'gateway.networking.k8s.io/x': 'y' },
];

/** Labels, where those that are given are needed. */
export function labels(on: Drawing, plain: Readonly<Record<string, string>>): Expr<{ [key: string]: string }> {
  return lit<{ [key: string]: string }>({ ...on.odd(ODD_MAPS, () => plain) });
}

/** One of an enumeration. */
export function oneOf<E extends object>(
  on: Drawing, named: string, of: E, keys = Object.keys(of) as (keyof E & string)[],
): Expr<E[keyof E & string]> {
  return member(named, of, on.choice(Object.fromEntries(keys.map((key) => [`${named}.${key}`, key] as const))));
}
