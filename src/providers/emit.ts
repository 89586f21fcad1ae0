import { ApiObject, ApiObjectMetadata, GroupVersionKind, JsonPatch, Lazy } from 'cdk8s';
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

const emitted = new Trait<boolean>('an object');

/** Whether the library made this object. */
export function isEmitted(object: ApiObject): boolean {
  return emitted.find(object) === true;
}

/**
 * The one place where objects are made. The object is a plain ApiObject whose fields pass through the generated class:
 * what is written is typed, and a JSON patch may add fields that the generated class does not know.
 */
export function emit<P>(scope: Construct, id: string, kind: Kind<P>, meta: Meta, fields: Fields<P>): ApiObject {
  const body: Record<string, unknown> = {};
  for (const field of Object.keys(fields)) {
    const produce = (fields as Record<string, () => unknown>)[field];
    body[field] = Lazy.any({ produce: () => kind.manifest({ [field]: produce() } as P)[field] });
  }
  const object = new ApiObject(scope, id, {
    ...kind.GVK,
    metadata: meta.labels ? { ...meta, labels: lazyLabels(meta.labels) } : meta as ApiObjectMetadata,
    ...body,
  });
  if (meta.namespace === undefined && object.metadata.namespace !== undefined) {
    object.addJsonPatch(JsonPatch.remove('/metadata/namespace')); // a Chart puts its namespace into everything
  }
  emitted.give(object, true);
  return object;
}

/** Labels that depend on what is said later are read when the object is written; an undefined one is left out. */
function lazyLabels(labels: NonNullable<Meta['labels']>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).map(([key, value]) =>
    [key, typeof value === 'string' ? value : Lazy.any({ produce: value }) as string]));
}
