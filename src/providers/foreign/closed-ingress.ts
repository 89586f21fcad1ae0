import { KnownPods } from './known-pods';
import { ingressPolicies, IngressPolicy } from './policy-views';
import { ForeignObjects } from './tree-object';
import { append } from '../../model/lookup';
import { MeshModel } from '../../model/mesh';
import { CarryingPort } from '../../model/mesh-limitations';
import { CheckResult } from '../../model/problem';
import { calledPorts, WorkloadNode } from '../../model/workload';

/** Pods that NetworkPolicies of the team isolate, and that none of them lets the mesh come to: policies add up, so all count. */
export function closedIngress(
  model: MeshModel, foreign: ForeignObjects, carryingPortIn: (namespace: string) => CarryingPort | undefined,
): CheckResult[] {
  const policies = foreign.ofKind('networking.k8s.io', 'NetworkPolicy')
    .filter(({ namespace }) => model.namespaces.has(namespace) && carryingPortIn(namespace)).flatMap(ingressPolicies);
  if (policies.length === 0) return [];
  const pods = new KnownPods(model.index, foreign);
  const selecting = new Map<WorkloadNode, IngressPolicy[]>();
  for (const policy of policies) {
    for (const workload of pods.candidates(policy.object.namespace, policy.labels)) {
      // What is not known of labels counts as not selected: nothing is said of pods that may be others'.
      const isSelected = pods.labelsOf(workload).some(({ labels }) => policy.maySelectPods(workload.namespace, { labels, isAll: true }));
      if (isSelected) append(selecting, workload, policy);
    }
  }
  const closed = new Map<IngressPolicy, WorkloadNode[]>();
  for (const [workload, own] of selecting) {
    const { port } = carryingPortIn(workload.namespace)!;
    if (calledPorts(workload).length > 0 && !own.some(({ opens }) => opens(port))) append(closed, own[0], workload);
  }
  return [...closed].map(([{ object, ports }, workloads]) => {
    const { port, by } = carryingPortIn(object.namespace)!;
    return {
      path: object.path,
      message: `${object.title} keeps from ${workloads.map(({ title }) => title).join(', ')} what the mesh brings: ${by}`,
      actual: ports.length === 0 ? 'no ingress' : ports,
      expected: `ingress at port ${port}`,
      fix: `let port ${port} in from every pod; who may call, the mesh decides`,
    };
  });
}
