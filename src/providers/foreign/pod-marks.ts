import { ApiObject, JsonPatch } from 'cdk8s';
import { AppPods } from './app-pods';
import { PodTemplate, pointerTo } from './pod-template';
import { entriesOf } from './tree-object';
import { InputProblem } from '../../model/problem';
import { Trait } from '../../model/trait';

/** Labels and annotations that enrol pods in the mesh. */
export interface Marks {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Whether pods without an API token get no proxy. */
  readonly needToken?: boolean;
}

type Kind = 'labels' | 'annotations';
const KINDS = ['labels', 'annotations'] as const;

/** Labels and annotations that the library added to the pods of an object of the app. */
interface Added extends Pick<Marks, Kind> {
  /** Keys that the pods did not have before. */
  readonly own: readonly string[];
  /** Mounts of a construct of cdk8s-plus when the token was hidden. */
  readonly mounted?: string;
}

const added = new Trait<Added>('an object with marked pods');

/** Returns a pod template without the labels and annotations that the library added, because checks of user-managed pods do not apply to these. */
export function asStated(object: ApiObject, template: PodTemplate): PodTemplate {
  const { own, ...marks } = added.find(object) ?? { own: [] };
  if (own.length === 0) return template;
  const isOwn = (kind: Kind, key: string, value: unknown) => own.includes(key) && marks[kind]?.[key] === value;
  const without = (kind: Kind) =>
    Object.fromEntries(Object.entries(template.metadata[kind] ?? {}).filter(([key, value]) => !isOwn(kind, key, value)));
  return { ...template, metadata: { ...template.metadata, labels: without('labels'), annotations: without('annotations') } };
}

/** Path at which Kubernetes mounts the API token. It skips the mount if the path is already mounted (Kubernetes 1.36, ServiceAccount admission). */
const TOKEN_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';
const NO_TOKEN = 'no-token';

/**
 * Adds labels and annotations to the pods of an object of the app. Returns problems for those that the object already has with another
 * value. The object keeps this value.
 */
export function markPods(pods: AppPods, marks: Marks): InputProblem[] {
  const merged = { labels: mergedMarks(pods, 'labels', marks.labels), annotations: mergedMarks(pods, 'annotations', marks.annotations) };
  const problems = KINDS.flatMap((kind) => Object.entries(merged[kind]).flatMap(([key, value]): InputProblem[] => {
    const is = pods.template.metadata[kind]?.[key];
    return is === undefined || is === value || isExtended(is, value) ? [] : [{
      message: `the pod template of ${pods.title} has another value for a label, annotation or field that the mesh needs`, actual: { [key]: is }, expected: value, fix: 'remove the field from the pod template, or set the allowed value',
    }];
  }));
  if (problems.length > 0) return problems;
  const isHidden = marks.needToken === true && pods.template.spec.automountServiceAccountToken === false;
  added.give(pods.object, {
    ...merged, own: KINDS.flatMap((kind) => Object.keys(merged[kind]).filter((key) => pods.template.metadata[kind]?.[key] === undefined)),
    ...isHidden && { mounted: mountedBy(pods) },
  });
  for (const kind of KINDS) addMarks(pods, kind, merged[kind]);
  if (isHidden) addHiddenToken(pods);
  return [];
}

/** A label or annotation that the library added: its present value, and the value that the library set. */
export interface LostMark {
  readonly field: string;
  readonly is: unknown;
  readonly was: unknown;
}

/** Returns the labels and annotations of the library that the pods no longer have. */
export function lostMarks(pods: AppPods): LostMark[] {
  const { object, template: now } = pods;
  const { mounted, ...marks } = added.find(object) ?? { own: [] };
  const lost = KINDS.flatMap((kind) => Object.entries(marks[kind] ?? {}).filter(([key, value]) => now.metadata[kind]?.[key] !== value)
    .map(([key, value]) => ({ field: key, is: now.metadata[kind]?.[key] ?? null, was: value })));
  if (mounted === undefined) return lost;
  const open = openContainers(pods);
  return [
    ...lost,
    ...mountedBy(pods) === mounted ? [] : [{ field: 'volumes and mounts', is: mountedBy(pods), was: mounted }],
    ...open.length === 0 ? [] : [{ field: 'containers that mount the token of the Kubernetes API', is: open, was: [] }],
    ...now.spec.automountServiceAccountToken === true ? [] : [{ field: 'automountServiceAccountToken', is: now.spec.automountServiceAccountToken ?? null, was: true }],
  ];
}

/**
 * Returns the labels or annotations to set. If the pods already have an annotation in JSON, both values are merged, unless they contradict
 * each other.
 */
function mergedMarks({ template }: AppPods, kind: Kind, marks: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(marks).map(([key, value]) => {
    const [is, wanted] = [fieldsIn(template.metadata[kind]?.[key]), fieldsIn(value)];
    const isFree = is && wanted && Object.entries(wanted).every(([field, one]) => !(field in is) || is[field] === one);
    return [key, isFree ? JSON.stringify({ ...is, ...wanted }) : value];
  }));
}

function isExtended(is: unknown, value: string): boolean {
  const [before, after] = [fieldsIn(is), fieldsIn(value)];
  if (!before || !after) return false;
  return Object.entries(before).every(([field, one]) => JSON.stringify(after[field]) === JSON.stringify(one));
}

function fieldsIn(text: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof text !== 'string' || !text.trimStart().startsWith('{')) return undefined;
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch {
    return undefined;
  }
}

/** Pod metadata of a cdk8s-plus workload, with the methods that every version of cdk8s-plus has. */
interface Metadata {
  addLabel(key: string, value: string): void;
  addAnnotation(key: string, value: string): void;
}

function addMarks(pods: AppPods, kind: Kind, marks: Readonly<Record<string, string>>): void {
  const metadata = metadataOf(pods);
  if (metadata) {
    for (const [key, value] of Object.entries(marks)) {
      if (kind === 'labels') metadata.addLabel(key, value);
      else metadata.addAnnotation(key, value);
    }
    return;
  }
  // Only patches change the manifest of a plain ApiObject, so the present values are still there when the patches are applied.
  const { template, object } = pods;
  const at = `${template.pointer}/metadata`;
  const has = template.metadata[kind] !== undefined;
  if (Object.keys(marks).length === 0) return;
  if (Object.keys(template.metadata).length === 0) object.addJsonPatch(JsonPatch.add(at, { [kind]: { ...marks } }));
  else if (!has) object.addJsonPatch(JsonPatch.add(`${at}/${kind}`, { ...marks }));
  else object.addJsonPatch(...Object.entries(marks).map(([key, value]) => JsonPatch.add(pointerTo(`${at}/${kind}`, key), value)));
}

/** Returns the metadata of the pods: the metadata of a Pod, or `podMetadata` of a cdk8s-plus workload. Returns nothing for other objects. */
function metadataOf({ construct, object, template }: AppPods): Metadata | undefined {
  if (template.pointer === '') return object.metadata;
  const around = [construct, object.node.scope].find((one) => one && one !== object && one.node.defaultChild === object);
  const { podMetadata } = (around ?? {}) as { readonly podMetadata?: unknown };
  return isMetadata(podMetadata) ? podMetadata : undefined;
}

function isMetadata(value: unknown): value is Metadata {
  const { addLabel, addAnnotation } = (value ?? {}) as Partial<Metadata>;
  return typeof addLabel === 'function' && typeof addAnnotation === 'function';
}

interface Container { readonly name?: unknown; readonly volumeMounts?: unknown }

/**
 * Returns a text with the mounts of a cdk8s-plus workload. Its manifest may get more mounts later, and a patch that creates the list would
 * replace them.
 */
function mountedBy({ construct, object }: AppPods): string {
  const around = (construct === object ? object.node.scope : construct) as Mounting;
  const containers = [around.containers, around.initContainers].flatMap((list) => entriesOf<{ readonly mounts?: unknown }>(list));
  const mounts = containers.map((one) => entriesOf(one.mounts).length);
  return `${entriesOf(around.volumes).length} volumes, mounts: ${mounts.join(', ') || 'none'}`;
}

interface Mounting { readonly volumes?: unknown; readonly containers?: unknown; readonly initContainers?: unknown }

function openContainers({ template: { spec } }: AppPods): string[] {
  return CONTAINERS.flatMap((list) => entriesOf<Container>(spec[list])).filter((one) => !hidesToken(one)).map(({ name }) => String(name));
}

function hidesToken({ volumeMounts }: Container): boolean {
  return entriesOf<{ readonly mountPath?: unknown }>(volumeMounts).some(({ mountPath }) => mountPath === TOKEN_PATH);
}

const CONTAINERS = ['containers', 'initContainers'] as const;

/** Mounts the API token into the pod but hides it from the containers, because the program states that the pods have no token. */
function addHiddenToken({ object, template: { pointer, spec } }: AppPods): void {
  const mounts = CONTAINERS.flatMap((list) => entriesOf<Container>(spec[list]).flatMap((one, index) => {
    if (hidesToken(one)) return [];
    return [appended(`${pointer}/spec/${list}/${index}/volumeMounts`, one.volumeMounts, { name: NO_TOKEN, mountPath: TOKEN_PATH, readOnly: true })];
  }));
  const volume = appended(`${pointer}/spec/volumes`, spec.volumes, { name: NO_TOKEN, emptyDir: {} });
  object.addJsonPatch(JsonPatch.add(`${pointer}/spec/automountServiceAccountToken`, true), volume, ...mounts);
}

function appended(pointer: string, list: unknown, item: object): JsonPatch {
  return Array.isArray(list) && list.length > 0 ? JsonPatch.add(`${pointer}/-`, item) : JsonPatch.add(pointer, [item]);
}
