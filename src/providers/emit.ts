import { ApiObject, ApiObjectMetadata, ApiObjectMetadataDefinition, ApiObjectProps, App, GroupVersionKind, JsonPatch, Lazy } from 'cdk8s';
import { Construct } from 'constructs';

/** A generated class of a Kubernetes kind: its GroupVersionKind and its typed manifest. */
export interface Kind<P> {
  readonly GVK: GroupVersionKind;
  manifest(props: P): any;
}

export interface Meta {
  readonly name: string;
  /** Absent for cluster-scoped kinds. */
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string | (() => string | undefined)>>;
  readonly annotations?: Readonly<Record<string, string | (() => string | undefined)>>;
}

/** The fields of an object except its metadata. Each is computed when the object is written. */
export type Fields<P> = { readonly [K in Exclude<keyof P, 'metadata'>]?: () => P[K] };

/** Number of resolvers that every App has. They find no tokens in emitted objects, because the fields of these are plain data. */
const BUILT_IN_RESOLVERS = 3;

type AnyFields = Readonly<Record<string, () => unknown>>;

/** Marks objects that the library emits. `instanceof ApiObject` also holds for user-managed objects. */
const EMITTED = Symbol('an object of the library');

/** An ApiObject that skips the token search of cdk8s, unless the App has custom resolvers. */
class EmittedObject extends ApiObject {
  public readonly [EMITTED] = true;
  private ops?: JsonPatch[];
  /** Number of JSON patches that the library itself added. */
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

  /** Whether the program patched the object, or added a label or annotation that a mesh interprets. */
  public get isChanged(): boolean {
    const { labels, annotations } = this.metadata as unknown as MetadataFields;
    const { metadata = {} } = this.written;
    return (this.ops?.length ?? 0) > this.ownOps || speaksOtherwise(labels, metadata.labels) || speaksOtherwise(annotations, metadata.annotations);
  }

  /** Marks the present patches as patches of the library. */
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

  /** Returns the object as the library emits it, without changes of the program. */
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

/** Returns the value with sorted keys and without empty entries, as cdk8s writes it. */
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

/** Metadata fields of an object without custom fields. */
const METADATA_FIELDS: readonly string[] = ['name', 'namespace', 'labels', 'annotations'];

/**
 * Returns metadata as cdk8s writes it. cdk8s searches every value for tokens. Names, labels and annotations that are plain text have
 * none, so the search is skipped.
 */
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

/** Metadata fields, most of which are private in cdk8s. If they are not found, cdk8s renders the metadata. */
interface MetadataFields extends Partial<Record<'name' | 'namespace' | 'annotations' | 'labels', unknown>> {
  readonly finalizers?: readonly unknown[];
  readonly ownerReferences?: readonly unknown[];
  readonly _additionalAttributes?: object;
}

/** Returns whether a value that meshes interpret differs from the emitted value. */
function speaksOtherwise(values: unknown, made: Readonly<Record<string, unknown>> = {}): boolean {
  for (const [key, value] of Object.entries(values ?? {})) {
    if (value !== made[key] && /istio|linkerd/.test(key)) return true;
  }
  return false;
}

/** Returns the emitted values. Some of them are known only when the object is written. */
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

/** Returns whether the library emitted this object. */
export function isEmitted(object: ApiObject): object is EmittedObject {
  return EMITTED in object;
}

/** Returns whether the library emitted this object and no JSON patch has changed it. */
export function isAsMade(object: ApiObject): boolean {
  return isEmitted(object) && !object.isPatched;
}

/**
 * Emits an object. This is the only place that creates ApiObjects. The fields pass through the generated class, so the output is typed,
 * and JSON patches may still add fields that the class does not know.
 */
export function emit<P>(scope: Construct, id: string, kind: Kind<P>, meta: Meta, fields: Fields<P>): ApiObject {
  const { apiVersion, kind: name } = kind.GVK;
  const { labels, annotations } = meta;
  const lazy = { ...labels && { labels: lazyValues(labels) }, ...annotations && { annotations: lazyValues(annotations) } };
  const metadata = { ...meta, ...lazy } as ApiObjectMetadata;
  const object = new EmittedObject(scope, id, { apiVersion, kind: name, metadata }, kind as Kind<unknown>, fields as AnyFields);
  if (meta.namespace === undefined && object.metadata.namespace !== undefined) {
    object.addJsonPatch(JsonPatch.remove('/metadata/namespace')); // a Chart sets its namespace on every object
    object.seal();
  }
  return object;
}

/** Computes labels and annotations when the object is written, because they may depend on later constructs. Undefined values are omitted. */
function lazyValues(values: NonNullable<Meta['labels']>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) =>
    [key, typeof value === 'string' ? value : Lazy.any({ produce: value }) as string]));
}
