import { ApiObject, App } from 'cdk8s';
import { SEPARATOR } from './golden-whole';

/** What a part is called, by the class of the construct that made it, existing ones too. */
const OWNERS: readonly (readonly [type: RegExp, kind: string])[] = [
  [/^Agent$/, 'agent'], [/^Backend$/, 'backend'], [/Pool$/, 'pool'], [/Gateway$/, 'gateway'], [/Route$/, 'route'], [/^McpToolBoundary$/, 'tool-server'], [/Waypoint$/, 'waypoint'], [/^AgentMesh$/, 'mesh'],
];

/** Consecutive objects of one construct, as a file that a person reviews. */
export interface Part {
  readonly file: string;
  readonly text: string;
}

/** Cuts what an app wrote where the next object is of another construct; `wholeOf` puts the parts together again. */
export function partsOf(app: App, written: string): Part[] {
  const objects = app.node.findAll().filter((one): one is ApiObject => ApiObject.isApiObject(one));
  const owners = new Map(objects.map((one) => [keyOf(one.kind, one.metadata.namespace, one.name), ownerOf(one)]));
  const parts: { readonly owner: string; readonly documents: string[] }[] = [];
  for (const document of written.split(/^---\n/m)) {
    const owner = owners.get(keyIn(document)) ?? 'app';
    if (parts.at(-1)?.owner !== owner) parts.push({ owner, documents: [] });
    parts.at(-1)!.documents.push(document);
  }
  return parts.map(({ owner, documents }, i) => ({
    file: `${String(i + 1).padStart(2, '0')}-${owner.replace(' ', '-')}.yaml`,
    text: `# ${owner}: ${documents.map((document) => keyIn(document).split(' ')[0]).join(', ')}\n${documents.join(SEPARATOR)}`,
  }));
}

function ownerOf(one: ApiObject): string {
  for (const scope of [...one.node.scopes].reverse()) {
    const kind = OWNERS.find(([type]) => type.test(scope.constructor.name))?.[1];
    if (kind === 'mesh') return kind;
    if (kind !== undefined) return scope.node.id.startsWith(kind) ? scope.node.id : `${kind} ${scope.node.id}`;
  }
  return 'app';
}

const keyOf = (kind: string, namespace: string | undefined, name: string) => [kind, kind === 'Namespace' ? '' : namespace ?? '', name].join(' ');

function keyIn(document: string): string {
  const field = (pattern: RegExp) => pattern.exec(document)?.[1];
  const metadata = /^metadata:\n((?: .*\n)*)/m.exec(document)?.[1] ?? '';
  const within = (name: string) => new RegExp(`^  ${name}: (.*)$`, 'm').exec(metadata)?.[1];
  return keyOf(field(/^kind: (.*)$/m) ?? '', within('namespace'), within('name') ?? '');
}
