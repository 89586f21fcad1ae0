import { TreeMetadata, TreeObject } from './tree-object';

/** The template of the pods that an object of the app creates. */
export interface PodTemplate {
  /** JSON pointer to the template in the object, such as "/spec/template". Empty for a Pod. */
  readonly pointer: string;
  readonly metadata: TreeMetadata;
  readonly spec: Readonly<Record<string, unknown>>;
}

/**
 * Returns the ServiceAccount of pods, with the default of the API server. If `serviceAccountName` is not set, the deprecated field
 * `serviceAccount` applies.
 */
export function accountOf({ spec: { serviceAccountName, serviceAccount } }: PodTemplate): string {
  const [account] = [serviceAccountName, serviceAccount].filter((name) => typeof name === 'string' && name !== '');
  return account === undefined ? 'default' : String(account);
}

/** Kinds of the core group that are or create pods. */
const OF_CORE = ['Pod', 'PodTemplate', 'ReplicationController'];

/** API groups without kinds that create pods from a template. Their objects need not be rendered. */
const WITHOUT_PODS = /(^|\.)(k8s\.io|istio\.io|linkerd\.io|agentgateway\.dev|monitoring\.coreos\.com|cert-manager\.io)$/;

/**
 * Returns all pod templates of an object. A Pod counts as a template. Some kinds have several templates at different places. The result is
 * cached for each object.
 */
export function podTemplatesOf(object: TreeObject): readonly PodTemplate[] {
  const known = found.get(object);
  if (known) return known;
  const templates = search(object);
  found.set(object, templates);
  return templates;
}

const found = new WeakMap<TreeObject, readonly PodTemplate[]>();

function search(object: TreeObject): PodTemplate[] {
  if (object.group === 'core' ? !OF_CORE.includes(object.kind) : WITHOUT_PODS.test(object.group)) return [];
  if (object.kind === 'Pod') return templatesIn(object.manifest, '');
  const field = object.kind === 'PodTemplate' ? 'template' : 'spec';
  return templatesIn(object.manifest[field], `/${field}`);
}

/** Returns the pod templates in a value, depth first. It does not search inside a pod template. */
function templatesIn(value: unknown, pointer: string): PodTemplate[] {
  if (typeof value !== 'object' || value === null) return [];
  return isTemplate(value) ? [templateOf(value, pointer)] : Object.entries(value).flatMap(([key, one]) => templatesIn(one, pointerTo(pointer, key)));
}

/** Returns the JSON pointer of a key below another pointer (RFC 6901). */
export function pointerTo(pointer: string, key: string): string {
  return `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

interface Template {
  readonly metadata?: TreeMetadata | null;
  readonly spec: PodTemplate['spec'];
}

function isTemplate(value: object): value is Template {
  const { spec } = value as { readonly spec?: unknown };
  return typeof spec === 'object' && spec !== null && Array.isArray((spec as { readonly containers?: unknown }).containers);
}

function templateOf({ metadata, spec }: Template, pointer: string): PodTemplate {
  return { pointer, metadata: metadata ?? {}, spec };
}
