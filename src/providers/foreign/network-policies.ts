import { KnownPods } from './known-pods';
import { openingPolicies, opensEgress, PolicyView } from './policy-views';
import { ForeignObjects } from './tree-object';
import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';
import { WorkloadNode } from '../../model/workload';

/**
 * Reports user-managed network policies of every kind that allow more egress than the `egress` of a workload. Network policies are
 * additive, so the `egress` of the workload cannot restrict what another policy allows.
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
      message: `${policy.object.title} allows egress of pods whose egress the mesh restricts (egress is allowed if any one NetworkPolicy allows it)`,
      actual: found.map(({ title }) => title),
      expected: 'egress only as `egress` of each workload states (tool servers have an `egress` by default)',
      fix: 'state the destinations in `egress` of the workload, or change the policy so that it does not select these pods',
    }];
  });
}

/** Returns whether a policy may select the pods of a workload, according to their known labels. */
function selects({ maySelectPods }: PolicyView, workload: WorkloadNode, pods: KnownPods): boolean {
  return pods.labelsOf(workload).some((known) => maySelectPods(workload.namespace, known));
}
