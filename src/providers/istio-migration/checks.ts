import { MigrationPlan } from './plan';
import { MeshModel } from '../../model/mesh';
import { CheckResult, identified, listed, Problem } from '../../model/problem';
import { WorkloadNode } from '../../model/workload';

/** Reports problems of a mesh that migrates between two data planes. */
export function checkStages(model: MeshModel, plan: MigrationPlan): Problem[] {
  return [
    ...identified('AM331', unknownNamespaces(model, plan)),
    ...identified('AM332', model.workloads.flatMap((workload) => lateCallers(model, plan, workload))),
  ];
}

function unknownNamespaces({ facts, namespaces }: MeshModel, plan: MigrationPlan): CheckResult[] {
  return plan.namespaces.filter((name) => !namespaces.has(name)).map((name) => ({
    path: facts.origin.path, message: 'a namespace in `migration` does not belong to the mesh', actual: name, expected: listed(namespaces.keys()), fix: 'correct `migration` of MeshProvider.istioAmbient',
  }));
}

/**
 * Reports callees behind a waypoint in ambient whose callers still have sidecars. Sidecars bypass waypoints and connect to the pods with
 * the identity of the caller. In ambient the pods accept only the waypoint, so the callers must migrate first.
 */
function lateCallers(model: MeshModel, plan: MigrationPlan, workload: WorkloadNode): CheckResult[] {
  const { origin, title, namespace, service, callers } = workload;
  if (!service?.waypoint || plan.hasSidecars(namespace)) return [];
  const late = callers.all.filter(({ principal }) => principal.trustDomain === model.facts.trustDomain
    && principal.namespace !== namespace && plan.hasSidecars(principal.namespace));
  return late.length === 0 ? [] : [{
    path: origin.path,
    message: `${title} is in ambient behind a waypoint, which callers with sidecars bypass: the pods would deny them`,
    actual: late.map((caller) => `${caller.title} in ${caller.principal.namespace}`),
    expected: 'callers whose namespaces are already in ambient',
    fix: 'migrate the namespaces of callers before the namespaces of their callees',
  }];
}
