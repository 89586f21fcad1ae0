import { ApiObject } from 'cdk8s';
import { isAsMade, isEmitted } from '../emit';

/** Labels and annotations, of an object or of a pod template. */
export interface TreeMetadata {
  readonly name?: unknown;
  readonly namespace?: unknown;
  readonly labels?: Readonly<Record<string, unknown>>;
  readonly annotations?: Readonly<Record<string, unknown>>;
}

/** The fields that checks read; nothing is known of the rest. */
export interface TreeManifest {
  readonly metadata?: TreeMetadata;
  readonly spec?: Readonly<Record<string, unknown>>;
}

/** An object of the app as it will be written: the library's, or one that the team adds by a construct, an Include or a Helm chart. */
export class TreeObject {
  public constructor(public readonly object: ApiObject, private rendered?: TreeManifest) {}

  /** An object of the library's before the team changed it; nothing where nobody did, or it is the team's own. */
  public get beforeChanges(): TreeObject | undefined {
    if (!isEmitted(this.object) || !this.object.isChanged) return undefined;
    try {
      return new TreeObject(this.object, this.object.asMade() as TreeManifest);
    } catch {
      return undefined; // what is wrong with it, the report says
    }
  }

  /** Whether the library made it. */
  public get isOurs(): boolean {
    return isEmitted(this.object);
  }

  /** Whether the library made it, and no JSON patch has changed it since. */
  public get isAsMade(): boolean {
    return isAsMade(this.object);
  }

  public get path(): string {
    return this.object.node.path;
  }

  public get kind(): string {
    return this.object.kind;
  }

  /** "core" for kinds without a group. */
  public get group(): string {
    return this.object.apiGroup;
  }

  public get name(): string {
    return this.isPatched ? text(this.manifest.metadata?.name) : this.object.name;
  }

  /** Empty where it has none. */
  public get namespace(): string {
    return this.isPatched ? text(this.manifest.metadata?.namespace) : text(this.object.metadata.namespace);
  }

  /** "Deployment voice/assistant" */
  public get title(): string {
    return `${this.kind} ${[this.namespace, this.name].filter((part) => part !== '').join('/')}`;
  }

  /** Rendered when it is first read. */
  public get manifest(): TreeManifest {
    return this.rendered ??= this.render();
  }

  /** Of what is wrong no object may come out: the report says why, and nothing is written. */
  private render(): TreeManifest {
    try {
      return this.object.toJson() as TreeManifest;
    } catch (error) {
      if (!this.isOurs) throw error;
      return { metadata: { name: this.object.name, namespace: this.object.metadata.namespace } };
    }
  }

  /** A patch may rename it. cdk8s keeps the patches of an object to itself; where they are not found, it counts as patched. */
  private get isPatched(): boolean {
    if (this.isOurs) return !this.isAsMade;
    const { patches } = this.object as unknown as { readonly patches?: readonly unknown[] };
    return patches?.length !== 0;
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** The team's own objects, found by where they are and by what they are. */
export class ForeignObjects {
  private readonly byNamespace = new Map<string, TreeObject[]>();
  private readonly byKind = new Map<string, TreeObject[]>();

  private readonly byName = new Map<string, TreeObject>();

  public constructor(objects: readonly TreeObject[]) {
    for (const object of objects) {
      // A Namespace is found with what is in it.
      append(this.byNamespace, object.kind === 'Namespace' && object.group === 'core' ? object.name : object.namespace, object);
      append(this.byKind, `${object.group}/${object.kind}`, object);
      this.byName.set(`${object.group}/${object.kind} ${object.namespace}/${object.name}`, object);
    }
  }

  public in(namespace: string): readonly TreeObject[] {
    return this.byNamespace.get(namespace) ?? [];
  }

  public ofKind(group: string, kind: string): readonly TreeObject[] {
    return this.byKind.get(`${group}/${kind}`) ?? [];
  }

  public named(group: string, kind: string, namespace: string, name: string): TreeObject | undefined {
    return this.byName.get(`${group}/${kind} ${namespace}/${name}`);
  }
}

function append(map: Map<string, TreeObject[]>, key: string, object: TreeObject): void {
  const list = map.get(key);
  if (list) list.push(object);
  else map.set(key, [object]);
}
