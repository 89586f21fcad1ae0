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

/**
 * Reports user-managed NetworkPolicies that open the egress of a workload. NetworkPolicies are additive, so the `egress` of the workload
 * cannot restrict what another policy allows.
 */
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
    message: `${object.title} allows egress for pods that the mesh restricts with \`egress\`: NetworkPolicies are additive`,
    actual: found.map(({ title }) => title),
    expected: 'only the `egress` of each workload; tool servers have one by default',
    fix: 'declare the destinations in `egress`, or change the policy so that it does not select their pods',
  }];
}

/**
 * Returns whether a policy may select the pods of a workload, based on their known labels. A selector with expressions counts as a match.
 */
function maySelect({ matchLabels = {}, matchExpressions = [] }: NonNullable<NetworkPolicy['podSelector']>, workload: WorkloadNode): boolean {
  const known = podLabelsOf(workload);
  return matchExpressions.length > 0 || Object.entries(matchLabels).every(([key, value]) => known[key] === value);
}
