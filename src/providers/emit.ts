import { ApiObject, ApiObjectMetadata, ApiObjectProps, App, GroupVersionKind, JsonPatch, Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { Trait } from '../model/trait';

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

/** An ApiObject that does not search plain data for tokens, unless the App has resolvers of the user's own. */
class EmittedObject extends ApiObject {
  private readonly ops: JsonPatch[] = [];

  public constructor(scope: Construct, id: string, private readonly written: ApiObjectProps) {
    super(scope, id, written);
  }

  public get isPatched(): boolean {
    return this.ops.length > 0;
  }

  public override addJsonPatch(...ops: JsonPatch[]): void {
    super.addJsonPatch(...ops);
    this.ops.push(...ops);
  }

  public override toJson(): any {
    if (App.of(this).resolvers.length !== BUILT_IN_RESOLVERS || process.env.CDK8S_DISABLE_SORT) return super.toJson();
    const { apiVersion, kind, metadata: _, ...fields } = this.written;
    const json: Record<string, unknown> = { apiVersion, kind, metadata: this.metadata.toJson() };
    for (const field of Object.keys(fields).sort()) {
      const value = sorted((fields[field] as Lazy).produce());
      if (value !== undefined) json[field] = value;
    }
    return this.ops.length === 0 ? json : JsonPatch.apply(json, ...this.ops);
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

const emitted = new Trait<EmittedObject>('an object');

/** Whether the library made this object. */
export function isEmitted(object: ApiObject): boolean {
  return emitted.find(object) !== undefined;
}

/** Whether the fields of an object beside its metadata are the library's own. */
export function isAsMade(object: ApiObject): boolean {
  return emitted.find(object)?.isPatched === false;
}

/**
 * The one place where objects are made. The object is an ApiObject whose fields pass through the generated class:
 * what is written is typed, and a JSON patch may add fields that the generated class does not know.
 */
export function emit<P>(scope: Construct, id: string, kind: Kind<P>, meta: Meta, fields: Fields<P>): ApiObject {
  const body: Record<string, unknown> = {};
  for (const field of Object.keys(fields)) {
    const produce = (fields as Record<string, () => unknown>)[field];
    body[field] = Lazy.any({ produce: () => kind.manifest({ [field]: produce() } as P)[field] });
  }
  const object = new EmittedObject(scope, id, {
    ...kind.GVK,
    metadata: meta.labels ? { ...meta, labels: lazyLabels(meta.labels) } : meta as ApiObjectMetadata,
    ...body,
  });
  if (meta.namespace === undefined && object.metadata.namespace !== undefined) {
    object.addJsonPatch(JsonPatch.remove('/metadata/namespace')); // a Chart puts its namespace into everything
  }
  emitted.give(object, object);
  return object;
}

/** Labels that depend on what is said later are read when the object is written; an undefined one is left out. */
function lazyLabels(labels: NonNullable<Meta['labels']>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).map(([key, value]) =>
    [key, typeof value === 'string' ? value : Lazy.any({ produce: value }) as string]));
}
