import { KnownPods } from './known-pods';
import { ingressPolicies, IngressPolicy } from './policy-views';
import { ForeignObjects } from './tree-object';
import { append } from '../../model/lookup';
import { MeshModel } from '../../model/mesh';
import { CarryingPort } from '../../model/mesh-limitations';
import { CheckResult } from '../../model/problem';
import { calledPorts, WorkloadNode } from '../../model/workload';

/** Reports pods that user-managed NetworkPolicies isolate and to which none of them admits the mesh. Policies are additive, so all count. */
export function closedIngress(
  model: MeshModel, foreign: ForeignObjects, carryingPortIn: (namespace: string) => CarryingPort | undefined,
): CheckResult[] {
  const policies = foreign.ofKind('networking.k8s.io', 'NetworkPolicy')
    .filter(({ namespace }) => model.namespaces.has(namespace) && carryingPortIn(namespace)).flatMap(ingressPolicies);
  if (policies.length === 0) return [];
  const pods = KnownPods.of(model.index, foreign);
  const selecting = new Map<WorkloadNode, IngressPolicy[]>();
  for (const policy of policies) {
    for (const workload of pods.candidates(policy.object.namespace, policy.labels)) {
      // A label that is not known counts as not selected, because other pods may be meant.
      const isSelected = pods.labelsOf(workload).some(({ labels }) => policy.maySelectPods(workload.namespace, { labels, isAll: true }));
      if (isSelected) append(selecting, workload, policy);
    }
  }
  const closed = new Map<IngressPolicy, WorkloadNode[]>();
  for (const [workload, own] of selecting) {
    const { port } = carryingPortIn(workload.namespace)!;
    // A gateway calls the pods of a pool directly, without a Service.
    const isCalled = calledPorts(workload).length > 0 || model.poolsOf(workload).length > 0;
    if (isCalled && !own.some(({ opens }) => opens(port))) append(closed, own[0], workload);
  }
  return [...closed].map(([{ object, ports }, workloads]) => {
    const { port, by } = carryingPortIn(object.namespace)!;
    return {
      path: object.path,
      message: `${object.title} blocks the traffic of the mesh to ${workloads.map(({ title }) => title).join(', ')}: ${by}`,
      actual: ports.length === 0 ? 'no ingress' : ports,
      expected: `ingress at port ${port}`,
      fix: `allow ingress at port ${port} from every pod; the mesh decides who may call`,
    };
  });
}
