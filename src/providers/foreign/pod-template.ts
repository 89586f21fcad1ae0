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

/** The pod template of a Pod, of a workload of Kubernetes, or of any other kind that has one in the usual place. */
export function podTemplateOf(object: TreeObject): PodTemplate | undefined {
  if (object.group === 'core' ? !OF_CORE.includes(object.kind) : WITHOUT_PODS.test(object.group)) return undefined;
  const { manifest } = object;
  if (object.kind === 'Pod') return template(manifest);
  return template(at(manifest.spec, 'template')) ?? template(at(at(at(manifest.spec, 'jobTemplate'), 'spec'), 'template'));
}

function template(value: unknown): PodTemplate | undefined {
  const spec = at(value, 'spec');
  return Array.isArray(at(spec, 'containers')) ? { metadata: at(value, 'metadata') as TreeMetadata ?? {}, spec: spec as PodTemplate['spec'] } : undefined;
}

function at(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
}
