import { readdirSync, readFileSync } from 'fs';
import { dirname, join, relative } from 'path';

const SRC = join(__dirname, '../src');
const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));

/** Which folders, files and packages a folder may import; the first rule whose place a file is in holds. */
const RULES: readonly { readonly place: RegExp; readonly may: readonly RegExp[] }[] = [
  { place: /^model\/networks\.ts$/, may: [/^ipaddr\.js$/] },
  { place: /^model\/short-hash\.ts$/, may: [/^crypto$/] },
  { place: /^model\//, may: [/^model\//] },
  { place: /^input\/call-site\.ts$/, may: [/^path$/] },
  { place: /^input\//, may: [/^input\//, /^model\//] },
  { place: /^values\/workload\.ts$/, may: [/^values\//, /^model\//, /^input\/guard$/, /^providers\/foreign\/app-pods$/, /^constructs$/] },
  { place: /^values\//, may: [/^values\//, /^model\//, /^input\/guard$/] },
  { place: /^analysis\//, may: [/^analysis\//, /^model\//] },
  { place: /^providers\/((mesh|gateway|mcp)-provider|access-policy)\.ts$/, may: [/^providers\//, /^model\//, /^values\//, /^input\/guard$/, /^constructs$/] },
  { place: /^providers\/emit\.ts$/, may: [/^cdk8s$/, /^constructs$/, /^model\/trait$/] },
  { place: /^providers\/without-mcp-proxy\.ts$/, may: [/^model\//] },
  { place: /^providers\/backend(-egress|-ports)?\.ts$/, may: [/^model\//, /^constructs$/, /^providers\/(backend-egress|backend-ports|foreign\/tree-object)$/] },
  { place: /^providers\/refusals\.ts$/, may: [/^model\//, /^providers\/(backend|without-mcp-proxy)$/] },
  { place: /^providers\/foreign\//, may: [/^providers\/(foreign\/|emit$)/, /^model\//, /^cdk8s$/, /^constructs$/] },
  { place: /^providers\/workload\//, may: [/^providers\/(workload\/|emit|backend)/, /^model\//, /^cdk8s/, /^constructs$/] },
  { place: /^providers\/(gateway-api|inference-extension)\//, may: [/^providers\/($1\/|workload\/|emit|backend)/, /^model\//, /^\.\.\/imports\//, /^cdk8s/, /^constructs$/, /^crypto$/] },
  { place: /^providers\/istio-shared\//, may: [/^providers\/(istio-shared\/|gateway-api\/|foreign\/|emit|backend)/, /^model\//, /^\.\.\/imports\//, /^cdk8s/, /^constructs$/] },
  { place: /^providers\/([^/]+)\//, may: [/^providers\/(foreign\/|istio-shared\/|gateway-api\/|inference-extension\/|workload\/|emit|backend|refusals|without-mcp-proxy|$1(\/|$))/, /^model\//, /^\.\.\/imports\//, /^cdk8s/, /^constructs$/, /^crypto$/] },
  { place: /^constructs\/mesh\/ambient-migration\.ts$/, may: [/^values\//, /^input\/guard$/, /^providers\/mesh-provider$/, /^cdk8s$/, /^fs$/, /^path$/] },
  { place: /^constructs\/mesh\/access-file\.ts$/, may: [/^model\//, /^constructs\/membership\/problem-error$/, /^cdk8s$/, /^constructs$/, /^fs$/, /^path$/] },
  { place: /^constructs\/input\/key-checks\.ts$/, may: [/^crypto$/] },
  { place: /^constructs\//, may: [/^constructs\//, /^constructs$/, /^input\/(guard|call-site)$/, /^values\//, /^model\//, /^analysis\//, /^providers\/((mesh|gateway|mcp)-provider|access-policy|backend|refusals|emit|foreign\/(app-pods|changed-objects|closed-ingress|data-planes|tree-object|pod-template|gateway-listeners|identities|known-pods|label-selector|lists|pod-marks|service-ports|ungranted-callers)|workload\/deployment|inference-extension\/(autoscaling|objective|picker-headers|roles))$/, /^cdk8s$/, /^path$/] },
  { place: /^index\.ts$/, may: [/^input\/instances$/, /^constructs\//, /^values\//, /^providers\/(mesh|gateway|mcp)-provider$/] },
];

/** What a file imports: a path under src, a path beside it, or a package. Types that are imported as such make no circle when the program runs. */
function importsOf(file: string, types: 'with types' | 'without types' = 'with types'): string[] {
  const source = readFileSync(join(SRC, file), 'utf8');
  const text = types === 'with types' ? source : source.replace(/^import type .*$/gm, '');
  return [...text.matchAll(/(?:from|require\()\s*'([^']+)'/g)].map(([, name]) => (name.startsWith('.') ? relative(SRC, join(SRC, dirname(file), name)) : name));
}

test.each(files)('%s imports only allowed modules', (file) => {
  const rule = RULES.find(({ place }) => place.test(file));
  expect(rule).toBeDefined();
  const [, own = ''] = rule!.place.exec(file)!;
  const may = rule!.may.map((pattern) => new RegExp(pattern.source.replace('$1', own)));
  expect(importsOf(file).filter((name) => !may.some((pattern) => pattern.test(name)))).toEqual([]);
});

test('no imports are circular', () => {
  const graph = new Map(files.map((file) => [file.replace(/\.ts$/, ''), importsOf(file, 'without types').map((name) => (graph0(name)))]));
  function graph0(name: string): string { return files.includes(`${name}/index.ts`) ? `${name}/index` : name; }
  const circles: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' -> '));
    if (done.has(file) || path.includes(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  expect(circles).toEqual([]);
});

test('only emit.ts creates ApiObjects and uses "any"', () => {
  const making = files.filter((file) => /new ApiObject\(|extends ApiObject/.test(readFileSync(join(SRC, file), 'utf8')));
  const anything = files.filter((file) => /\bany\b(?=[;,)>\]]|\[\])/.test(readFileSync(join(SRC, file), 'utf8').replace(/\/\*[^]*?\*\/|\/\/.*|'[^']*'|`[^`]*`/g, '').replace(/Lazy\.any/g, '')));
  expect([making, anything]).toEqual([['providers/emit.ts'], ['providers/emit.ts']]);
});

test('only authorization-policy.ts emits an AuthorizationPolicy of Istio, so that none is enforced in an audit-only namespace', () => {
  const emitting = files.filter((file) => {
    const source = readFileSync(join(SRC, file), 'utf8');
    return /\bAuthorizationPolicy\b[^;]*from '[./]*imports\/security\.istio\.io'/.test(source);
  });
  expect(emitting).toEqual(['providers/istio-shared/authorization-policy.ts']);
});

test('no file has more than 260 lines', () => {
  const written = files.filter((file) => file !== 'input/schema.ts'); // generated: a line for each entry of the API
  const long = written.filter((file) => readFileSync(join(SRC, file), 'utf8').split('\n').length > 260);
  expect(long).toEqual([]);
});

/** Texts of checks name the provider whose check it is. */
const NAMES_VENDORS = ['model/check-id.ts'];

test('the model and its analysis name no vendor', () => {
  const vendor = /\b(istiod?|linkerd|envoy|agentgateway|ztunnel|llm-d)\b/i;
  const code = (file: string) => readFileSync(join(SRC, file), 'utf8').replace(/\/\*[^]*?\*\/|\/\/.*/g, ''); // a comment names its source
  const naming = files.filter((file) => /^(model|analysis)\//.test(file) && !NAMES_VENDORS.includes(file) && vendor.test(code(file)));
  expect(naming).toEqual([]);
});
