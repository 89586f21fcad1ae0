import { KnownPods } from './known-pods';
import { openingPolicies, opensEgress, PolicyView } from './policy-views';
import { ForeignObjects } from './tree-object';
import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';
import { WorkloadNode } from '../../model/workload';

/** Policies of the network add up: what another one lets out of pods, the `egress` of their workload does not keep in. */
export function openedEgress(model: MeshModel, foreign: ForeignObjects, isOwn: (namespace: string) => boolean): CheckResult[] {
  const policies = openingPolicies(foreign, opensEgress).filter(({ namespace }) => namespace === undefined || isOwn(namespace));
  if (policies.length === 0) return [];
  const pods = new KnownPods(model.index, foreign);
  const restricted = model.workloads.filter(({ egress, namespace }) => egress !== undefined && isOwn(namespace));
  return policies.flatMap((policy): CheckResult[] => {
    const candidates = policy.namespace === undefined ? restricted : pods.candidates(policy.namespace, policy.labels);
    const found = candidates.filter((workload) => workload.egress !== undefined && selects(policy, workload, pods));
    return found.length === 0 ? [] : [{
      path: policy.object.path,
      message: `${policy.object.title} lets pods out of the cluster whose \`egress\` says otherwise: policies of the network add up`,
      actual: found.map(({ title }) => title),
      expected: 'the `egress` of each workload; tool servers have one by default',
      fix: 'state what they call as `egress`, or keep the policy from selecting their pods',
    }];
  });
}

function selects({ maySelectPods }: PolicyView, workload: WorkloadNode, pods: KnownPods): boolean {
  return pods.labelsOf(workload).some((known) => maySelectPods(workload.namespace, known));
}
