// Makes the typed L1 classes of this folder from the pinned CRDs: `npx projen import`.
//
//   node imports/regenerate.mjs [--crds DIR] [--out DIR]
//
// DIR holds the CRDs that sources.json pins, either collected as `<name>.yaml` or, under `<name>/`, at their
// upstream paths. Bytes that differ from the pinned sha256 are refused.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';

const here = dirname(fileURLToPath(import.meta.url));
const { values } = parseArgs({ options: { crds: { type: 'string' }, out: { type: 'string' } } });
const crds = resolve(values.crds ?? process.env.CRDS ?? join(here, '../../shared/crds'));
const out = resolve(values.out ?? here);

const sources = JSON.parse(readFileSync(join(here, 'sources.json'), 'utf8'));
const groups = new Map();
for (const source of sources) {
  for (const crd of crdsOf(source)) {
    const { group } = crd.spec;
    const { kind } = crd.spec.names;
    groups.set(group, [...(groups.get(group) ?? []), trimmed(crd, source.kinds[kind], source.keep?.[kind])]);
  }
}

const work = mkdtempSync(join(tmpdir(), 'imports-'));
try {
  mkdirSync(out, { recursive: true });
  // Two files of one group would overwrite each other's module, so a group is given as one.
  const imports = [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([group, list]) => {
    process.stderr.write(`import ${group} (${list.map((crd) => crd.spec.names.kind).join(', ')})\n`);
    writeFileSync(join(work, `${group}.yaml`), list.map((crd) => JSON.stringify(crd)).join('\n---\n'));
    return `${group}.yaml`;
  });
  // The importer takes longer to start than to import a group, and takes several groups from its config alone.
  writeFileSync(join(work, 'cdk8s.yaml'), JSON.stringify({ language: 'typescript', imports }));
  execFileSync(process.execPath, [join(here, '../node_modules/cdk8s-cli/bin/cdk8s'), 'import', '--no-save', '--output', join(work, 'out'), '--no-check-upgrade'],
    { stdio: ['ignore', 'ignore', 'inherit'], cwd: work, env: { ...process.env, CDK8S_CHECK_UPGRADE: 'false', JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '1', JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION: '1' } });
  for (const name of readdirSync(join(work, 'out'))) {
    const text = readFileSync(join(work, 'out', name), 'utf8');
    writeFileSync(join(out, name), text);
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}

/** The CRDs of one source that sources.json names, after the bytes were found to be the pinned ones. */
function crdsOf(source) {
  const collected = join(crds, `${source.name}.yaml`);
  const texts = existsSync(collected)
    ? [pinned(collected, source.collected)]
    : Object.entries(source.files).map(([path, sha256]) => pinned(join(crds, source.name, path), sha256));
  // To parse a document takes long, so only those are parsed that name a kind.
  const named = new RegExp(`^ +kind: (${Object.keys(source.kinds).join('|')})$`, 'm');
  const documents = texts.flatMap((text) => text.split(/^---$/m)).filter((text) => named.test(text));
  const found = documents.map((text) => parse(text))
    .filter((object) => object?.kind === 'CustomResourceDefinition' && object.spec.names.kind in source.kinds);
  for (const kind of Object.keys(source.kinds)) {
    if (!found.some((crd) => crd.spec.names.kind === kind)) throw new Error(`${source.name}: no CRD of kind ${kind}`);
  }
  return found;
}

function pinned(file, sha256) {
  const bytes = readFileSync(file);
  const got = createHash('sha256').update(bytes).digest('hex');
  if (got !== sha256) throw new Error(`${file}: sha256 is ${got}, sources.json pins ${sha256}`);
  return bytes.toString('utf8');
}

/** Only the version that we emit, without status, descriptions and rules: the importer reads types alone. */
function trimmed(crd, versionName, keep) {
  const version = crd.spec.versions.find(({ name }) => name === versionName);
  if (!version) throw new Error(`${crd.metadata.name} has no version ${versionName}`);
  const schema = structuredClone(version.schema.openAPIV3Schema);
  delete schema.properties.status;
  if (keep) schema.properties.spec = kept(schema.properties.spec, keep.map((path) => path.split('.')));
  return {
    apiVersion: crd.apiVersion,
    kind: crd.kind,
    metadata: { name: crd.metadata.name },
    spec: {
      group: crd.spec.group, names: crd.spec.names, scope: crd.spec.scope,
      versions: [{ name: version.name, served: true, storage: true, schema: { openAPIV3Schema: undescribed(schema) } }],
    },
  };
}

/** Only the named fields of a large kind, through lists and objects alike: what nothing here writes would be loaded for nothing. */
function kept(schema, paths) {
  if (paths.some((path) => path.length === 0)) return schema;
  if (schema.items) return { ...schema, items: kept(schema.items, paths) };
  const heads = [...new Set(paths.map(([head]) => head))];
  for (const head of heads) if (!schema.properties?.[head]) throw new Error(`no field ${head} among ${Object.keys(schema.properties ?? {})}`);
  const properties = Object.fromEntries(heads.map((head) =>
    [head, kept(schema.properties[head], paths.filter((path) => path[0] === head).map((path) => path.slice(1)))]));
  return { ...schema, properties, ...(schema.required && { required: schema.required.filter((name) => heads.includes(name)) }) };
}

function undescribed(node) {
  if (Array.isArray(node)) return node.map(undescribed);
  if (node === null || typeof node !== 'object') return node;
  // A description is text; a schema's property of that name is an object, and stays.
  return Object.fromEntries(Object.entries(node)
    .filter(([key, value]) => !(key === 'description' && typeof value === 'string') && key !== 'x-kubernetes-validations')
    .map(([key, value]) => [key, undescribed(value)]));
}
