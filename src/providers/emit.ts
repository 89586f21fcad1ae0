import { ApiObject, ApiObjectMetadata, ApiObjectMetadataDefinition, ApiObjectProps, App, GroupVersionKind, JsonPatch, Lazy } from 'cdk8s';
import { Construct } from 'constructs';

/** A generated class of a kind: what it is called, and its typed manifest. */
export interface Kind<P> {
  readonly GVK: GroupVersionKind;
  manifest(props: P): any;
}

export interface Meta {
  readonly name: string;
  /** None for kinds of the cluster. */
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string | (() => string | undefined)>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** The fields of an object beside its metadata, each made when the object is written. */
export type Fields<P> = { readonly [K in Exclude<keyof P, 'metadata'>]?: () => P[K] };

/** Resolvers that every App has; they find nothing in what the library makes, which is plain data once it is made. */
const BUILT_IN_RESOLVERS = 3;

type AnyFields = Readonly<Record<string, () => unknown>>;

/** Tells what the library made; to `instanceof` every ApiObject would be one. */
const EMITTED = Symbol('an object of the library');

/** An ApiObject that does not search plain data for tokens, unless the App has resolvers of the user's own. */
class EmittedObject extends ApiObject {
  public readonly [EMITTED] = true;
  private ops?: JsonPatch[];
  /** How many of them the library made. */
  private ownOps = 0;

  public constructor(
    scope: Construct, id: string, private readonly written: ApiObjectProps & Record<string, unknown>,
    private readonly generated: Kind<unknown>, private readonly fields: AnyFields,
  ) {
    super(scope, id, written);
  }

  public get isPatched(): boolean {
    return this.ops !== undefined;
  }

  /** Whether the team patched it, or gave it a label or annotation that a mesh reads. */
  public get isChanged(): boolean {
    const { labels, annotations } = this.metadata as unknown as MetadataFields;
    const { metadata = {} } = this.written;
    return (this.ops?.length ?? 0) > this.ownOps || speaksOtherwise(labels, metadata.labels) || speaksOtherwise(annotations, metadata.annotations);
  }

  /** What was patched so far is the library's own. */
  public seal(): void {
    this.ownOps = this.ops?.length ?? 0;
  }

  public override addJsonPatch(...ops: JsonPatch[]): void {
    super.addJsonPatch(...ops);
    if (ops.length > 0) this.ops = [...this.ops ?? [], ...ops];
  }

  public override toJson(): any {
    const fields = Object.keys(this.fields);
    if (App.of(this).resolvers.length !== BUILT_IN_RESOLVERS || process.env.CDK8S_DISABLE_SORT) {
      for (const field of fields) this.written[field] = Lazy.any({ produce: () => this.produce(field) });
      return super.toJson();
    }
    const json = this.plainJson(metadataOf(this.metadata));
    return this.ops ? JsonPatch.apply(json, ...this.ops) : json;
  }

  /** As it would be written without what the team did to it. */
  public asMade(): any {
    const made = metadataOf(this.metadata) as object;
    const { metadata = {} } = this.written;
    const json = this.plainJson({ ...made, labels: produced(metadata.labels), annotations: produced(metadata.annotations) });
    return JsonPatch.apply(json, ...(this.ops ?? []).slice(0, this.ownOps));
  }

  private plainJson(metadata: unknown): Record<string, unknown> {
    const json: Record<string, unknown> = { apiVersion: this.apiVersion, kind: this.kind, metadata };
    for (const field of Object.keys(this.fields).sort()) {
      const value = sorted(this.produce(field));
      if (value !== undefined) json[field] = value;
    }
    return json;
  }

  private produce(field: string): unknown {
    return this.generated.manifest({ [field]: this.fields[field]() })[field];
  }
}

/** Keys in one order, and none without a value, as cdk8s writes them. */
function sorted(value: unknown): unknown {
  if (value === null) return undefined;
  if (typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(sorted);
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(value).sort()) {
    const entry = sorted((value as Record<string, unknown>)[key]);
    if (entry !== undefined) result[key] = entry;
  }
  return result;
}

/** What metadata has where nobody added other fields. */
const METADATA_FIELDS: readonly string[] = ['name', 'namespace', 'labels', 'annotations'];

/** Metadata as cdk8s writes it, which searches every value for tokens: of names, labels and annotations that are text there are none. */
function metadataOf(metadata: ApiObjectMetadataDefinition): unknown {
  const { annotations, labels, name, namespace, finalizers, ownerReferences, _additionalAttributes: all } = metadata as unknown as MetadataFields;
  const isPlain = all && Object.keys(all).every((field) => METADATA_FIELDS.includes(field))
    && finalizers?.length === 0 && ownerReferences?.length === 0 && typeof name === 'string' && (namespace === undefined || typeof namespace === 'string');
  if (!isPlain || !isText(annotations) || !isText(labels)) return metadata.toJson();
  const json: Record<string, unknown> = {};
  if (hasKeys(annotations)) json.annotations = sorted(annotations);
  if (hasKeys(labels)) json.labels = sorted(labels);
  json.name = name;
  if (namespace !== undefined) json.namespace = namespace;
  return json;
}

/** cdk8s keeps most of them to itself; where they are not found, it writes them. */
interface MetadataFields extends Partial<Record<'name' | 'namespace' | 'annotations' | 'labels', unknown>> {
  readonly finalizers?: readonly unknown[];
  readonly ownerReferences?: readonly unknown[];
  readonly _additionalAttributes?: object;
}

/** Whether some value that meshes read is not the one that was made. */
function speaksOtherwise(values: unknown, made: Readonly<Record<string, unknown>> = {}): boolean {
  for (const [key, value] of Object.entries(values ?? {})) {
    if (value !== made[key] && /istio|linkerd/.test(key)) return true;
  }
  return false;
}

/** The values that were made, some of which are only known when they are written. */
function produced(made: Readonly<Record<string, unknown>> = {}): unknown {
  return sorted(Object.fromEntries(Object.entries(made).map(([key, value]) => [key, value instanceof Lazy ? value.produce() : value])));
}

function isText(values: unknown): values is Readonly<Record<string, string>> {
  return typeof values === 'object' && values !== null && Object.values(values).every((value) => typeof value === 'string');
}

function hasKeys(values: object): boolean {
  for (const _ in values) return true;
  return false;
}

/** Whether the library made this object. */
export function isEmitted(object: ApiObject): object is EmittedObject {
  return EMITTED in object;
}

/** Whether the fields of an object beside its metadata are the library's own. */
export function isAsMade(object: ApiObject): boolean {
  return isEmitted(object) && !object.isPatched;
}

/**
 * The one place where objects are made. The object is an ApiObject whose fields pass through the generated class:
 * what is written is typed, and a JSON patch may add fields that the generated class does not know.
 */
export function emit<P>(scope: Construct, id: string, kind: Kind<P>, meta: Meta, fields: Fields<P>): ApiObject {
  const { apiVersion, kind: name } = kind.GVK;
  const metadata = meta.labels ? { ...meta, labels: lazyLabels(meta.labels) } : meta as ApiObjectMetadata;
  const object = new EmittedObject(scope, id, { apiVersion, kind: name, metadata }, kind as Kind<unknown>, fields as AnyFields);
  if (meta.namespace === undefined && object.metadata.namespace !== undefined) {
    object.addJsonPatch(JsonPatch.remove('/metadata/namespace')); // a Chart puts its namespace into everything
    object.seal();
  }
  return object;
}

/** Labels that depend on what is said later are read when the object is written; an undefined one is left out. */
function lazyLabels(labels: NonNullable<Meta['labels']>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).map(([key, value]) =>
    [key, typeof value === 'string' ? value : Lazy.any({ produce: value }) as string]));
}
