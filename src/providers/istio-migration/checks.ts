import { MigrationPlan } from './plan';
import { inferenceEntries, InferenceEntry } from '../../model/inference-entry';
import { MeshModel } from '../../model/mesh';
import { CheckResult, identified, listed, Problem } from '../../model/problem';
import { enforcingWaypoint } from '../../model/service';
import { WorkloadNode } from '../../model/workload';

/** Reports problems of a mesh that migrates between two data planes. */
export function checkStages(model: MeshModel, plan: MigrationPlan): Problem[] {
  return [
    ...identified('AM331', unknownNamespaces(model, plan)),
    ...identified('AM332', model.workloads.flatMap((workload) => lateCallers(model, plan, workload))),
    ...identified('AM332', inferenceEntries(model).flatMap((entry) => separatedCallers(model, plan, entry))),
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
  if (!enforcingWaypoint(service) || plan.hasSidecars(namespace)) return [];
  const late = callers.all.filter(({ principal }) => principal.trustDomain === model.facts.trustDomain
    && principal.namespace !== namespace && plan.hasSidecars(principal.namespace));
  return late.length === 0 ? [] : [{
    path: origin.path,
    message: `${title} is already in ambient and behind a waypoint; these callers still have sidecars, which bypass waypoints, so the pods would deny them`,
    actual: late.map((caller) => `${caller.title} in ${caller.principal.namespace}`),
    expected: 'only callers whose namespaces are already in ambient',
    fix: 'migrate the namespaces of callers before the namespaces of their callees',
  }];
}

/**
 * Reports granted callers of a pool or a tenant on the other data plane. The inner gateway of a namespace with sidecars requires a certificate in the
 * connection itself, which ztunnel does not present, and that of a namespace in ambient requires HBONE.
 */
function separatedCallers(model: MeshModel, plan: MigrationPlan, { origin, title, namespace, callers }: InferenceEntry): CheckResult[] {
  const hasSidecars = plan.hasSidecars(namespace);
  const isApart = (caller: string) => model.namespaces.has(caller) && plan.hasSidecars(caller) !== hasSidecars;
  const separated = callers.all.filter(({ principal }) => isApart(principal.namespace));
  return separated.length === 0 ? [] : [{
    path: origin.path,
    message: `${title} is in a namespace ${hasSidecars ? 'with sidecars' : 'in ambient'}, and these granted callers are ${hasSidecars ? 'in ambient' : 'in namespaces with sidecars'}, so they cannot connect to its inner gateway`,
    actual: separated.map((caller) => `${caller.title} in ${caller.principal.namespace}`),
    expected: 'a pool and its callers on the same data plane',
    fix: 'migrate the namespace of the pool together with those of its callers, or grant the callers after the migration',
  }];
}
