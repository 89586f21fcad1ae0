import { TreeMetadata, TreeObject } from './tree-object';

/** The pods that an object of the app makes. */
export interface PodTemplate {
  readonly metadata: TreeMetadata;
  readonly spec: Readonly<Record<string, unknown>>;
}

/** Kinds of the core group that are pods, or make some. */
const OF_CORE = ['Pod', 'PodTemplate', 'ReplicationController'];

/** Groups whose kinds make no pods from a template, so that they need not be rendered to see it. */
const WITHOUT_PODS = /(^|\.)(k8s\.io|istio\.io|linkerd\.io|agentgateway\.dev|monitoring\.coreos\.com|cert-manager\.io)$/;

/** A Pod, and every pod template of any other kind: some kinds have more than one, each at a place of its own. Found once for each object. */
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
  if (object.kind === 'Pod') return templatesIn(object.manifest);
  return templatesIn(object.kind === 'PodTemplate' ? object.manifest.template : object.manifest.spec);
}

/** Depth first; what stands inside a pod template is of its pods. */
function templatesIn(value: unknown): PodTemplate[] {
  if (typeof value !== 'object' || value === null) return [];
  return isTemplate(value) ? [templateOf(value)] : Object.values(value).flatMap(templatesIn);
}

interface Template {
  readonly metadata?: TreeMetadata | null;
  readonly spec: PodTemplate['spec'];
}

function isTemplate(value: object): value is Template {
  const { spec } = value as { readonly spec?: unknown };
  return typeof spec === 'object' && spec !== null && Array.isArray((spec as { readonly containers?: unknown }).containers);
}

function templateOf({ metadata, spec }: Template): PodTemplate {
  return { metadata: metadata ?? {}, spec };
}
