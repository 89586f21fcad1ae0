import { KnownPods } from './known-pods';
import { ingressPolicies, IngressPolicy } from './policy-views';
import { ForeignObjects } from './tree-object';
import { append } from '../../model/lookup';
import { MeshModel } from '../../model/mesh';
import { CarryingPort } from '../../model/mesh-limitations';
import { CheckResult } from '../../model/problem';
import { calledPorts, WorkloadNode } from '../../model/workload';

/**
 * Reports pods that user-managed NetworkPolicies isolate for ingress, if none of these policies allows the traffic of the mesh.
 * NetworkPolicies are additive, so one that allows it is sufficient.
 */
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
    const isCalled = calledPorts(workload).length > 0 || model.poolsOf(workload).length > 0 || model.index.poolsPrefilledBy(workload).length > 0;
    if (isCalled && !own.some(({ opens }) => opens(port))) append(closed, own[0], workload);
  }
  const carried = [...closed].map(([{ object, ports }, workloads]): CheckResult => {
    const { port, by } = carryingPortIn(object.namespace)!;
    return {
      path: object.path,
      message: `${object.title} blocks all traffic of the mesh to ${workloads.map(({ title }) => title).join(', ')}, because ${by}`,
      actual: ports.length === 0 ? 'no ingress' : ports,
      expected: `ingress at port ${port}`,
      fix: `allow ingress at port ${port} from all pods (the policies of the mesh still decide who may call)`,
    };
  });
  return [...carried, ...[...selecting].flatMap(([workload, own]) => closedToStrangers(workload, own))];
}

/** Callers without an identity are not carried by the mesh: they connect to their port itself. */
function closedToStrangers({ title, unauthenticatedPorts = [] }: WorkloadNode, policies: readonly IngressPolicy[]): CheckResult[] {
  const [{ object, ports }] = policies;
  return unauthenticatedPorts.filter(({ port }) => !policies.some(({ opens }) => opens(port))).map(({ port, networks }) => ({
    path: object.path,
    message: `${object.title} blocks callers without an identity at port ${port} of ${title}, which \`unauthenticatedPorts\` opens to them`,
    actual: ports.length === 0 ? 'no ingress' : ports,
    expected: `ingress at port ${port}`,
    fix: `allow ingress at port ${port}${networks ? ` from ${networks.join(', ')}` : ''}, or remove the port from \`unauthenticatedPorts\``,
  }));
}
