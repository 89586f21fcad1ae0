import { KnownPods } from './known-pods';
import { openingPolicies, opensEgress, PolicyView } from './policy-views';
import { ForeignObjects } from './tree-object';
import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';
import { WorkloadNode } from '../../model/workload';

/**
 * Reports user-managed network policies of every kind that open the egress of a workload. Network policies are additive, so the `egress`
 * of the workload cannot restrict what another policy allows.
 */
export function openedEgress(model: MeshModel, foreign: ForeignObjects, isOwn: (namespace: string) => boolean): CheckResult[] {
  const policies = openingPolicies(foreign, opensEgress).filter(({ namespace }) => namespace === undefined || isOwn(namespace));
  if (policies.length === 0) return [];
  const pods = KnownPods.of(model.index, foreign);
  const restricted = model.workloads.filter(({ egress, namespace }) => egress !== undefined && isOwn(namespace));
  return policies.flatMap((policy): CheckResult[] => {
    const candidates = policy.namespace === undefined ? restricted : pods.candidates(policy.namespace, policy.labels);
    const found = candidates.filter((workload) => workload.egress !== undefined && selects(policy, workload, pods));
    return found.length === 0 ? [] : [{
      path: policy.object.path,
      message: `${policy.object.title} allows egress for pods that the mesh restricts with \`egress\`: network policies are additive`,
      actual: found.map(({ title }) => title),
      expected: 'only the `egress` of each workload; tool servers have one by default',
      fix: 'declare the destinations in `egress`, or change the policy so that it does not select their pods',
    }];
  });
}

/** Returns whether a policy may select the pods of a workload, by what is known of their labels. */
function selects({ maySelectPods }: PolicyView, workload: WorkloadNode, pods: KnownPods): boolean {
  return pods.labelsOf(workload).some((known) => maySelectPods(workload.namespace, known));
}
