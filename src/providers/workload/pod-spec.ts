import { k8s } from 'cdk8s-plus-30';
import { compileAffinity } from './affinity';
import { DeploymentFacts, mostReplicas } from '../../model/deployment-facts';
import { PodFacts, TolerationFacts, VolumeFacts } from '../../model/pod-facts';
import { shortHash } from '../../model/short-hash';
import { WorkloadNode } from '../../model/workload';

/** Topologies over which several replicas are spread by default. If that is not possible, the scheduler still places the pods. */
const DEFAULT_SPREAD: NonNullable<PodFacts['spread']> = ['kubernetes.io/hostname', 'topology.kubernetes.io/zone']
  .map((topologyKey) => ({ topologyKey, maxSkew: 1, whenUnsatisfiable: 'ScheduleAnyway' }));

/** The fields of a written pod spec to which settings are added. */
export interface WrittenPodSpec {
  containers: { volumeMounts?: object[]; resources: { limits: object; requests: object } }[];
  volumes?: object[];
  [field: string]: unknown;
}

/** Adds the settings that cdk8s-plus has no props for, or that it would render otherwise. */
export function addPodFacts(spec: WrittenPodSpec, { labels }: WorkloadNode, facts: Pick<DeploymentFacts, 'replicas' | 'pod'>): void {
  const { pod } = facts;
  const spread = pod.spread ?? (mostReplicas(facts) > 1 ? DEFAULT_SPREAD : []);
  if (spread.length > 0) spec.topologySpreadConstraints = spread.map((one) => ({ ...one, labelSelector: { matchLabels: { ...labels } } }));
  if (pod.priorityClassName !== undefined) spec.priorityClassName = pod.priorityClassName;
  if (Object.keys(pod.nodeSelector).length > 0) spec.nodeSelector = { ...pod.nodeSelector };
  if (pod.tolerations.length > 0) spec.tolerations = pod.tolerations.map(toleration);
  if (pod.affinity.length > 0) spec.affinity = compileAffinity(pod.affinity);
  if (pod.imagePullSecrets.length > 0) spec.imagePullSecrets = pod.imagePullSecrets.map((name) => ({ name }));
  addVolumes(spec, pod);
  const [{ resources }] = spec.containers;
  resources.limits = { ...resources.limits, ...pod.extendedResources };
  resources.requests = { ...resources.requests, ...pod.extendedResources };
}

/** Returns a toleration. Without a value it tolerates every value, and without a key every taint (Kubernetes 1.36, Toleration). */
function toleration({ value, ...taint }: TolerationFacts): object {
  return value === undefined ? { ...taint, operator: 'Exists' } : { ...taint, value, operator: 'Equal' };
}

function addVolumes(spec: WrittenPodSpec, { volumes }: PodFacts): void {
  const mounted = Object.entries(volumes).map(([path, facts]) => ({ path, facts, name: `volume-${shortHash(path)}` }));
  if (mounted.length === 0) return;
  const [container] = spec.containers;
  spec.volumes = [...spec.volumes ?? [], ...mounted.map(({ name, facts }) => ({ name, ...sourceOf(facts) }))];
  container.volumeMounts = [
    ...container.volumeMounts ?? [],
    ...mounted.map(({ path, name, facts: { subPath, readOnly } }) =>
      ({ mountPath: path, name, ...subPath !== undefined && { subPath }, ...readOnly && { readOnly } })),
  ];
}

function sourceOf({ source, readOnly }: VolumeFacts): object {
  switch (source.kind) {
    case 'configMap': return { configMap: { name: source.name } };
    case 'secret': return { secret: { secretName: source.name } };
    case 'persistentVolumeClaim': return { persistentVolumeClaim: { claimName: source.name, ...readOnly && { readOnly } } };
    case 'emptyDir': return { emptyDir: { ...source.inMemory && { medium: 'Memory' }, ...sizeOf(source.sizeMebibytes) } };
  }
}

function sizeOf(mebibytes: number | undefined): object {
  return mebibytes === undefined ? {} : { sizeLimit: `${mebibytes}Mi` };
}

/** Returns the PodDisruptionBudget of a workload. Pods that are not ready may always be evicted, because they would otherwise block a drain. */
export function compileBudget({ labels }: WorkloadNode, { minAvailable, maxUnavailable }: NonNullable<PodFacts['disruptionBudget']>): k8s.PodDisruptionBudgetSpec {
  const count = (value: number | undefined) => (value === undefined ? undefined : k8s.IntOrString.fromNumber(value));
  return { selector: { matchLabels: { ...labels } }, minAvailable: count(minAvailable), maxUnavailable: count(maxUnavailable), unhealthyPodEvictionPolicy: 'AlwaysAllow' };
}

/** Returns the HorizontalPodAutoscaler of a workload. Its target is the CPU usage of the container, without that of a sidecar. */
export function compileAutoscaler(
  { name }: WorkloadNode, { minReplicas, maxReplicas, cpuUtilization }: NonNullable<PodFacts['autoscaler']>, container: string,
): k8s.HorizontalPodAutoscalerSpecV2 {
  return {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name }, minReplicas, maxReplicas,
    metrics: [{ type: 'ContainerResource', containerResource: { container, name: 'cpu', target: { type: 'Utilization', averageUtilization: cpuUtilization } } }],
  };
}
