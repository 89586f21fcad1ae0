import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';
import { RouteNode, targetsOf } from '../../model/route';

/** A Service that was there when the route was made, and went when a pool took the pods over. */
export function withdrawnTargets({ routes, meshRoutes }: MeshModel): CheckResult[] {
  return [
    ...routes.flatMap((route) => withdrawn(route, {
      expected: 'the pool, or a workload with a Service', fix: 'route to the pool, or ask for the Service too (`service: true` of the agent)',
    })),
    ...meshRoutes.flatMap((route) => withdrawn(route, {
      expected: 'a version with a Service', fix: 'ask for the Service too (`service: true` of the agent), or drop the canary inside the mesh',
    })),
  ];
}

/** What a gateway may lead to instead, a canary inside the mesh may not. */
function withdrawn(route: Pick<RouteNode, 'origin' | 'name' | 'rules'>, advice: Pick<CheckResult, 'expected' | 'fix'>): CheckResult[] {
  return targetsOf(route).flatMap((target): CheckResult[] => (target.kind === 'pool' || target.workload.service ? [] : [{
    path: route.origin.path,
    message: `the route ${route.name} leads to ${target.workload.title}, which has no Service since a pool serves it`,
    actual: target.workload.title,
    ...advice,
  }]));
}
