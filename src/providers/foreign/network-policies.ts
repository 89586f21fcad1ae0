import { ForeignObjects, TreeObject } from './tree-object';
import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';
import { WorkloadNode } from '../../model/workload';

interface NetworkPolicy {
  readonly podSelector?: { readonly matchLabels?: Readonly<Record<string, string>>; readonly matchExpressions?: readonly unknown[] };
  readonly policyTypes?: readonly string[];
  readonly egress?: readonly unknown[];
}

/** NetworkPolicies add up: what another one lets out of pods, the `egress` of their workload does not keep in. */
export function openedEgress({ workloads }: MeshModel, foreign: ForeignObjects, isOwn: (namespace: string) => boolean): CheckResult[] {
  const restricted = workloads.filter(({ egress, namespace }) => egress !== undefined && isOwn(namespace));
  return restricted.length === 0 ? [] : foreign.ofKind('networking.k8s.io', 'NetworkPolicy').flatMap((object) => opened(object, restricted));
}

function opened(object: TreeObject, restricted: readonly WorkloadNode[]): CheckResult[] {
  const { podSelector = {}, egress = [] } = (object.manifest.spec ?? {}) as NetworkPolicy;
  if (egress.length === 0) return [];
  const found = restricted.filter((workload) => workload.namespace === object.namespace && maySelect(podSelector, workload));
  return found.length === 0 ? [] : [{
    path: object.path,
    what: `${object.title} lets pods out of the cluster whose \`egress\` says otherwise: NetworkPolicies add up`,
    got: found.map(({ title }) => title),
    allowed: 'the `egress` of each workload; tool servers have one by default',
    next: 'state what they call as `egress`, or keep the policy from selecting their pods',
  }];
}

/** By what is known of the labels; what an expression selects is taken for theirs. */
function maySelect({ matchLabels = {}, matchExpressions = [] }: NonNullable<NetworkPolicy['podSelector']>, { labels, deployment }: WorkloadNode): boolean {
  const known: Readonly<Record<string, string>> = { ...deployment?.podLabels, ...labels };
  return matchExpressions.length > 0 || Object.entries(matchLabels).every(([key, value]) => known[key] === value);
}
