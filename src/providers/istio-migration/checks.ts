import { MigrationPlan, STAGES } from './plan';
import { MeshModel } from '../../model/mesh';
import { CheckResult, identified, listed, Problem } from '../../model/problem';
import { WorkloadNode } from '../../model/workload';

/** What only a mesh of two data planes gets wrong. */
export function checkStages(model: MeshModel, plan: MigrationPlan): Problem[] {
  return [
    ...identified('AM331', [...unknownNamespaces(model, plan), ...unknownStages(model, plan)]),
    ...identified('AM332', model.workloads.flatMap((workload) => lateCallers(model, plan, workload))),
  ];
}

function unknownNamespaces({ facts, namespaces }: MeshModel, plan: MigrationPlan): CheckResult[] {
  return plan.namespaces.filter((name) => !namespaces.has(name)).map((name) => ({
    path: facts.origin.path, message: 'a namespace that is migrated is not one of the mesh', actual: name, expected: listed(namespaces.keys()), fix: 'correct `migration` of MeshProvider.istioAmbient',
  }));
}

function unknownStages({ facts }: MeshModel, plan: MigrationPlan): CheckResult[] {
  return plan.namespaces.filter((name) => !STAGES.includes(plan.stageOf(name)!)).map((name) => ({
    path: facts.origin.path, message: `the stage of namespace ${name} is none`, actual: plan.stageOf(name), expected: 'MigrationStage.SIDECAR, PERMISSIVE or ENROLLED', fix: 'correct `migration` of MeshProvider.istioAmbient',
  }));
}

/**
 * A sidecar passes waypoints by and comes to the pods as who it is. In ambient only the waypoint may come there, so that
 * whoever calls what a waypoint reads has to be in ambient first.
 */
function lateCallers(model: MeshModel, plan: MigrationPlan, workload: WorkloadNode): CheckResult[] {
  const { origin, title, namespace, service, callers } = workload;
  if (!service?.waypoint || plan.hasSidecars(namespace)) return [];
  const late = callers.all.filter(({ principal }) => principal.trustDomain === model.facts.trustDomain
    && principal.namespace !== namespace && plan.hasSidecars(principal.namespace));
  return late.length === 0 ? [] : [{
    path: origin.path,
    message: `${title} is in ambient behind a waypoint, which callers with sidecars pass by: they would be refused`,
    actual: late.map((caller) => `${caller.title} in ${caller.principal.namespace}`),
    expected: 'callers whose namespaces were migrated before',
    fix: 'migrate the namespaces of callers before those of what they call',
  }];
}
