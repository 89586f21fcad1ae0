import { ApiObject } from 'cdk8s';
import { append } from '../../model/lookup';
import { isAsMade, isEmitted } from '../emit';

/** Metadata of an object or of a pod template. */
export interface TreeMetadata {
  readonly name?: unknown;
  readonly namespace?: unknown;
  readonly labels?: Readonly<Record<string, unknown>>;
  readonly annotations?: Readonly<Record<string, unknown>>;
}

/** The manifest fields that checks read. */
export interface TreeManifest {
  readonly metadata?: TreeMetadata;
  readonly spec?: Readonly<Record<string, unknown>>;
  /** Template of a PodTemplate, which has no spec. */
  readonly template?: unknown;
}

/** Cluster-scoped kinds that checks use. */
const CLUSTER_SCOPED: readonly string[] = [
  'core/Namespace', 'gateway.networking.k8s.io/GatewayClass', 'policy.networking.k8s.io/AdminNetworkPolicy', 'policy.networking.k8s.io/ClusterNetworkPolicy',
  'cilium.io/CiliumClusterwideNetworkPolicy', 'projectcalico.org/GlobalNetworkPolicy', 'crd.projectcalico.org/GlobalNetworkPolicy',
];

/** An object of the app as it will be written. The library emits it, or the app adds it through a construct, an Include or a Helm chart. */
export class TreeObject {
  public constructor(public readonly object: ApiObject, private rendered?: TreeManifest) {}

  /** The emitted object without the changes of the program. Undefined if there are no changes, and for user-managed objects. */
  public get beforeChanges(): TreeObject | undefined {
    if (!isEmitted(this.object) || !this.object.isChanged) return undefined;
    try {
      return new TreeObject(this.object, this.object.asMade() as TreeManifest);
    } catch {
      return undefined; // another problem of the report has the reason why it cannot be rendered
    }
  }

  /** Returns whether the library emitted the object. */
  public get isOurs(): boolean {
    return isEmitted(this.object);
  }

  /** Whether the library emitted the object and no JSON patch has changed it. */
  public get isAsMade(): boolean {
    return isAsMade(this.object);
  }

  public get path(): string {
    return this.object.node.path;
  }

  public get kind(): string {
    return this.object.kind;
  }

  /** API group of the kind, "core" for kinds without a group. */
  public get group(): string {
    return this.object.apiGroup;
  }

  public get name(): string {
    return this.isPatched ? text(this.manifest.metadata?.name) : this.object.name;
  }

  /** Namespace of the object on the cluster. kubectl creates an object without a namespace in its current namespace, by default "default". */
  public get namespace(): string {
    const isPlaced = this.statedNamespace !== '' || this.isOurs || CLUSTER_SCOPED.includes(`${this.group}/${this.kind}`);
    return isPlaced ? this.statedNamespace : 'default';
  }

  public get isNamespace(): boolean {
    return this.kind === 'Namespace' && this.group === 'core';
  }

  /** Namespace that the object sets. Empty if it sets none. */
  protected get statedNamespace(): string {
    return this.isPatched ? text(this.manifest.metadata?.namespace) : text(this.object.metadata.namespace);
  }

  /** Kind, namespace and name, such as "Deployment voice/assistant". */
  public get title(): string {
    return `${this.kind} ${[this.statedNamespace, this.name].filter((part) => part !== '').join('/')}`;
  }

  /** The manifest, rendered on first access. */
  public get manifest(): TreeManifest {
    return this.rendered ??= this.render();
  }

  /** Renders the object. An emitted object with invalid input may fail to render: the report then says why, and nothing is written. */
  private render(): TreeManifest {
    try {
      return this.object.toJson() as TreeManifest;
    } catch (error) {
      if (!this.isOurs) throw error;
      return { metadata: { name: this.object.name, namespace: this.object.metadata.namespace } };
    }
  }

  /**
   * Returns whether a JSON patch may have renamed the object. cdk8s keeps patches private, so an object whose patches cannot be read counts
   * as patched.
   */
  private get isPatched(): boolean {
    if (this.isOurs) return !this.isAsMade;
    const { patches } = this.object as unknown as { readonly patches?: readonly unknown[] };
    return patches?.length !== 0;
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Returns a list, or an empty one in place of any other value. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Returns the entries of a list that are objects. User-managed manifests may contain any value, also one that the API server would reject. */
export function entriesOf<T extends object>(list: unknown): readonly T[] {
  return listOf(list).filter((entry): entry is T => typeof entry === 'object' && entry !== null);
}

/** User-managed objects of the app, indexed by namespace and by kind. */
export class ForeignObjects {
  private readonly byNamespace = new Map<string, TreeObject[]>();
  private readonly byKind = new Map<string, TreeObject[]>();

  private readonly byName = new Map<string, TreeObject>();

  public constructor(objects: readonly TreeObject[]) {
    for (const object of objects) {
      // A Namespace is listed under its own name, with the objects in it.
      append(this.byNamespace, object.isNamespace ? object.name : object.namespace, object);
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
