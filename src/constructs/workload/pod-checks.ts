import { DeploymentFacts } from '../../model/deployment-facts';
import { isQualifiedName, isSubdomain, selectorProblem } from '../../model/names';
import { AffinityFacts, PodFacts, TolerationFacts } from '../../model/pod-facts';
import { rangeProblem } from '../input/number-checks';
import { Membership } from '../membership/membership';

/** Reports invalid settings of deployed pods. */
export function checkPod(member: Membership, facts: Pick<DeploymentFacts, 'replicas' | 'pod'>): void {
  const { pod } = facts;
  checkNodes(member, pod);
  for (const rule of pod.affinity) checkAffinity(member, rule);
  checkNames(member, pod);
  checkVolumes(member, pod);
  checkSpread(member, pod);
  for (const [name, count] of Object.entries(pod.extendedResources)) checkResource(member, name, count);
  checkBudget(member, facts);
  checkAutoscaler(member, pod);
}

function checkNodes(member: Membership, { nodeSelector, tolerations }: PodFacts): void {
  if (Object.keys(nodeSelector).length > 0) member.report(selectorProblem(nodeSelector));
  for (const toleration of tolerations) checkToleration(member, toleration);
}

function checkAffinity(member: Membership, rule: AffinityFacts): void {
  const { kind, labels } = rule;
  const wrong = (message: string, actual: unknown, expected: string) => member.report({ message, actual, expected, fix: 'correct `affinity`' });
  if (Object.keys(labels).length === 0) {
    wrong('a rule of `affinity` has no labels', labels, 'at least one label');
    return;
  }
  if (kind !== 'nodes') {
    member.report(selectorProblem(rule.labels));
    if (!isQualifiedName(rule.topologyKey)) wrong('`topologyKey` of a rule of `affinity` is not a valid label key', rule.topologyKey, 'a label key such as "topology.kubernetes.io/zone"');
    return;
  }
  for (const [key, values] of Object.entries(rule.labels)) {
    if (values.length === 0) wrong('a label of Affinity.nodes has no values, so no node has one of them', key, 'at least one value');
    for (const value of values) member.report(selectorProblem({ [key]: value }));
  }
}

function checkToleration(member: Membership, toleration: TolerationFacts): void {
  const { key, value, effect, tolerationSeconds } = toleration;
  const wrong = (message: string, expected: string) => member.report({ message, actual: toleration, expected, fix: 'correct `tolerations`' });
  if (key === undefined && value !== undefined) wrong('a toleration has a value without a key', '`key` with `value`');
  if (key !== undefined && (!isQualifiedName(key) || selectorProblem({ [key]: value ?? '' }) !== undefined)) wrong('`key` or `value` of a toleration is not valid in Kubernetes', 'keys such as "gpu" or "example.com/gpu"; values of at most 63 letters, digits, "-", "_" and "."');
  if (tolerationSeconds === undefined) return;
  member.report(rangeProblem('tolerationSeconds', tolerationSeconds, 0, 2 ** 31 - 1));
  if (effect !== 'NoExecute') wrong('`tolerationSeconds` has no effect, because only taints with the effect NoExecute evict pods', '`effect` TaintEffect.NO_EXECUTE');
}

function checkNames(member: Membership, { priorityClassName, imagePullSecrets }: PodFacts): void {
  if (priorityClassName !== undefined && !isSubdomain(priorityClassName)) {
    member.report({ message: '`priorityClassName` is not a valid Kubernetes name', actual: priorityClassName, expected: NAMES, fix: 'correct the name' });
  }
  if (!imagePullSecrets.every(isSubdomain) || new Set(imagePullSecrets).size !== imagePullSecrets.length) {
    member.report({ message: '`imagePullSecrets` has an invalid or repeated name', actual: imagePullSecrets, expected: `each name once; ${NAMES}`, fix: 'correct `imagePullSecrets`' });
  }
}

const NAMES = 'lower case letters, digits, "-" and "."';

function checkVolumes(member: Membership, { volumes }: PodFacts): void {
  for (const [path, { source, subPath }] of Object.entries(volumes)) {
    if (source.kind === 'emptyDir') {
      if (source.sizeMebibytes !== undefined) member.report(rangeProblem('sizeMebibytes', source.sizeMebibytes, 1, 16_777_216));
    } else if (!isSubdomain(source.name)) {
      member.report({ message: `the name of the volume at ${path} is not a valid Kubernetes name`, actual: source.name, expected: NAMES, fix: 'correct the name' });
    }
    if (subPath !== undefined && (subPath === '' || subPath.startsWith('/') || subPath.split('/').includes('..'))) {
      member.report({ message: `\`subPath\` of the volume at ${path} leads out of the volume`, actual: subPath, expected: 'a relative path without ".."', fix: 'correct `subPath`' });
    }
  }
}

function checkSpread(member: Membership, { spread = [] }: PodFacts): void {
  for (const { topologyKey, maxSkew } of spread) {
    if (!isQualifiedName(topologyKey)) member.report({ message: '`topologyKey` is not a valid label key', actual: topologyKey, expected: 'a label key such as "topology.kubernetes.io/zone"', fix: 'correct `topologyKey`' });
    member.report(rangeProblem('maxSkew', maxSkew, 1, 10_000));
  }
  const keys = spread.map(({ topologyKey, whenUnsatisfiable }) => `${topologyKey} ${whenUnsatisfiable}`);
  if (new Set(keys).size !== keys.length) {
    member.report({ message: 'two entries of `topologySpreadConstraints` have the same `topologyKey` and `whenUnsatisfiable`', actual: keys, expected: 'each pair of `topologyKey` and `whenUnsatisfiable` once', fix: 'remove one of the two entries' });
  }
}

/** Reports an invalid extended resource. Its name needs a domain other than kubernetes.io (Kubernetes 1.36, extended resources). */
function checkResource(member: Membership, name: string, count: number): void {
  if (!name.includes('/') || !isQualifiedName(name) || /(^|\.)kubernetes\.io\//.test(name) || name.startsWith('requests.')) {
    member.report({ message: 'the name of an extended resource is not valid in Kubernetes', actual: name, expected: 'names with a domain, such as "nvidia.com/gpu"', fix: 'correct the name; for CPU and memory use `cpuMillis` and `memoryMebibytes`' });
  }
  member.report(rangeProblem(`extendedResources["${name}"]`, count, 1, 10_000));
}

function checkBudget(member: Membership, { replicas, pod: { disruptionBudget } }: Pick<DeploymentFacts, 'replicas' | 'pod'>): void {
  if (!disruptionBudget) return;
  const { minAvailable, maxUnavailable } = disruptionBudget;
  const wrong = (message: string, expected: string, fix: string) => member.report({ message, actual: disruptionBudget, expected, fix });
  if ((minAvailable === undefined) === (maxUnavailable === undefined)) {
    wrong('`podDisruptionBudget` states neither or both of `minAvailable` and `maxUnavailable`', 'either `minAvailable` or `maxUnavailable`', 'set exactly one of `minAvailable` and `maxUnavailable`');
    return;
  }
  member.report(rangeProblem(minAvailable === undefined ? 'maxUnavailable' : 'minAvailable', minAvailable ?? maxUnavailable!, 1, 10_000));
  if (minAvailable !== undefined && minAvailable >= replicas) {
    wrong('`podDisruptionBudget` never lets a pod be evicted, so nodes with these pods cannot be drained', `\`minAvailable\` below the ${replicas} replicas`, 'lower `minAvailable`, or run more replicas');
  }
}

function checkAutoscaler(member: Membership, { autoscaler }: PodFacts): void {
  if (!autoscaler) return;
  const { minReplicas, maxReplicas, cpuUtilization, replicas } = autoscaler;
  member.report(rangeProblem('minReplicas', minReplicas, 1, 10_000));
  member.report(rangeProblem('maxReplicas', maxReplicas, 1, 10_000));
  member.report(rangeProblem('cpuUtilization', cpuUtilization, 1, 1000));
  if (maxReplicas < minReplicas) member.report({ message: '`maxReplicas` is below `minReplicas` (which is 2 if the program does not set it)', actual: { minReplicas, maxReplicas }, expected: '`maxReplicas` not below `minReplicas`', fix: 'correct `horizontalPodAutoscaler`' });
  if (replicas !== undefined) member.report({ message: '`replicas` has no effect, because the HorizontalPodAutoscaler sets the number of replicas', actual: replicas, expected: '`minReplicas` and `maxReplicas` of `horizontalPodAutoscaler`', fix: 'remove `replicas`' });
}
