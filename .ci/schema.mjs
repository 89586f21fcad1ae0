// Writes src/input/schema.ts, the types of everything that a program can pass, from the jsii assembly: `npm run schema`.
// The library is compiled before, whatever the table holds: no type depends on the table. If the table changes, it is compiled again.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { types } = JSON.parse(readFileSync(join(root, '.jsii'), 'utf8'));
const library = createRequire(import.meta.url)(join(root, 'lib/src/index.js'));

const PRIMITIVES = { string: 'string', number: 'number', boolean: 'boolean', any: 'any' };
/** A construct is told by a mark of its own, not by its members. */
const CONSTRUCTS = ['constructs.IConstruct'];
const name = (fqn) => fqn.slice(fqn.lastIndexOf('.') + 1);
const sorted = (record) => Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));

/** Types that are reached from a parameter; others are only returned. */
const reached = new Set();
const structs = {}, interfaces = {}, enums = {}, classes = {}, entries = {};

/** A type as text: "string", "number[]", "Workload{}". */
function text(type) {
  const { primitive, fqn, collection } = type;
  if (collection) return `${text(collection.elementtype)}${collection.kind === 'array' ? '[]' : '{}'}`;
  if (fqn) {
    reach(fqn);
    return name(fqn);
  }
  if (PRIMITIVES[primitive]) return PRIMITIVES[primitive];
  throw new Error(`the guard has no reader for a type of the public API: ${JSON.stringify(type)}; teach it in src/input/readers.ts`);
}

function reach(fqn) {
  const type = types[fqn];
  if (!type || reached.has(fqn)) return; // another library's: a construct
  reached.add(fqn);
  if (type.kind === 'enum') enums[type.name] = type.members.map((member) => library[type.name][member.name]);
  else if (type.datatype) structs[type.name] = propsOf(fqn).map(field).join(' ');
  else if (type.kind === 'interface') interfaces[type.name] = [...inherited(fqn).filter((one) => CONSTRUCTS.includes(one)).map(name), ...propsOf(fqn).map(field), ...methodsOf(fqn).map((method) => `${method.name}()`)].join(' ');
}

const field = (one) => `${one.variadic ? '...' : ''}${one.name}${one.optional ? '?' : ''}:${text(one.type)}`;
const inherited = (fqn) => [fqn, ...(types[fqn]?.interfaces ?? []).flatMap(inherited)];
const once = (members) => [...new Map(members.map((member) => [member.name, member])).values()].sort((a, b) => (a.name < b.name ? -1 : 1));
const propsOf = (fqn) => once(inherited(fqn).flatMap((one) => types[one]?.properties ?? []));
const methodsOf = (fqn) => once(inherited(fqn).flatMap((one) => types[one]?.methods ?? []));

for (const [fqn, type] of Object.entries(types)) {
  if (type.kind !== 'class') continue;
  classes[type.name] = [...new Set(inherited(fqn).slice(1).map(name))].sort().join(' ');
  const add = (entry, parameters) => {
    if (parameters?.length) entries[entry] = parameters.map(field).join(' ');
  };
  add(`new ${type.name}`, type.initializer?.parameters);
  for (const method of type.methods ?? []) add(`${type.name}${method.static ? '.' : '#'}${method.name}`, method.parameters);
}

const quoted = (value) => `'${value.replace(/'/g, '\\\'')}'`;
const key = (one) => (/^\w+$/.test(one) ? one : quoted(one));
const table = (about, constant, record, write = quoted) => [
  `/** ${about} */`, `export const ${constant} = {`, ...Object.entries(sorted(record)).map(([one, value]) => `  ${key(one)}: ${write(value)},`), '} as const;', '',
];
const written = [
  '// Written by `npm run schema` from the jsii assembly. Never edited.', '',
  ...table('Parameters of constructors (`new A`), static methods (`A.b`) and methods (`A#b`) of the public classes.', 'ENTRIES', entries),
  ...table('Props of structs. A "?" marks an optional prop, "[]" an array and "{}" a map.', 'STRUCTS', structs),
  ...table('Members of interfaces that classes implement.', 'INTERFACES', interfaces),
  ...table('Classes, each with the interfaces that it implements.', 'CLASSES', classes),
  ...table('Values of enums.', 'ENUMS', enums, (values) => `[${values.map(quoted).join(', ')}]`),
].join('\n').trimEnd() + '\n';

const file = join(root, 'src/input/schema.ts');
if (readFileSync(file, 'utf8') !== written) {
  writeFileSync(file, written);
  console.error('src/input/schema.ts has changed: compiling it too');
  execFileSync('npx', ['projen', 'compile'], { cwd: root, stdio: 'inherit' });
}
