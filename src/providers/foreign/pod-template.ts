import { TreeMetadata, TreeObject } from './tree-object';

/** The pod template of an object of the app. */
export interface PodTemplate {
  readonly metadata: TreeMetadata;
  readonly spec: Readonly<Record<string, unknown>>;
}

/** Core kinds that are pods or create pods. */
const OF_CORE = ['Pod', 'PodTemplate', 'ReplicationController'];

/** API groups whose kinds have no pod template. Objects of these groups are not rendered to search for one. */
const WITHOUT_PODS = /(^|\.)(k8s\.io|istio\.io|linkerd\.io|agentgateway\.dev|monitoring\.coreos\.com|cert-manager\.io)$/;

/** Returns the pod template of a Pod, of a Kubernetes workload, or of any other kind that has one at the usual path. */
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
