import { ForeignObjects, TreeObject } from './tree-object';
import { MeshModel } from '../../model/mesh';
import { MeshIndex } from '../../model/mesh-index';
import { CheckResult } from '../../model/problem';
import { podLabelsOf, WorkloadNode } from '../../model/workload';

interface NetworkPolicy {
  readonly podSelector?: { readonly matchLabels?: Readonly<Record<string, string>>; readonly matchExpressions?: readonly unknown[] };
  readonly policyTypes?: readonly string[];
  readonly egress?: readonly unknown[];
}

/** NetworkPolicies add up: what another one lets out of pods, the `egress` of their workload does not keep in. */
export function openedEgress({ index }: MeshModel, foreign: ForeignObjects, isOwn: (namespace: string) => boolean): CheckResult[] {
  const policies = foreign.ofKind('networking.k8s.io', 'NetworkPolicy').filter(({ namespace }) => isOwn(namespace));
  return policies.flatMap((object) => opened(object, index));
}

function opened(object: TreeObject, index: MeshIndex): CheckResult[] {
  const { podSelector = {}, egress = [] } = (object.manifest.spec ?? {}) as NetworkPolicy;
  if (egress.length === 0) return [];
  const { matchLabels = {}, matchExpressions = [] } = podSelector;
  const candidates = index.workloadsWith(object.namespace, matchExpressions.length > 0 ? {} : matchLabels);
  const found = candidates.filter((workload) => workload.egress !== undefined && maySelect(podSelector, workload));
  return found.length === 0 ? [] : [{
    path: object.path,
    what: `${object.title} lets pods out of the cluster whose \`egress\` says otherwise: NetworkPolicies add up`,
    got: found.map(({ title }) => title),
    allowed: 'the `egress` of each workload; tool servers have one by default',
    next: 'state what they call as `egress`, or keep the policy from selecting their pods',
  }];
}

/** By what is known of the labels; what an expression selects is taken for theirs. */
function maySelect({ matchLabels = {}, matchExpressions = [] }: NonNullable<NetworkPolicy['podSelector']>, workload: WorkloadNode): boolean {
  const known = podLabelsOf(workload);
  return matchExpressions.length > 0 || Object.entries(matchLabels).every(([key, value]) => known[key] === value);
}
