import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';
import { RouteNode, targetsOf } from '../../model/route';

/** Reports routes to a Service that was removed after the route was declared, because a pool serves the pods. */
export function withdrawnTargets({ routes, meshRoutes }: MeshModel): CheckResult[] {
  return [
    ...routes.flatMap((route) => withdrawn(route, {
      expected: 'the pool, or a workload with a Service', fix: 'route to the pool, or keep the Service (`service` true of the agent)',
    })),
    ...meshRoutes.flatMap((route) => withdrawn(route, {
      expected: 'a version with a Service', fix: 'keep the Service (`service` true of the agent), or remove the mesh canary',
    })),
  ];
}

/** Reports the targets of a route that have no Service. The advice differs: a gateway route may target a pool, a mesh canary may not. */
function withdrawn(route: Pick<RouteNode, 'origin' | 'name' | 'rules'>, advice: Pick<CheckResult, 'expected' | 'fix'>): CheckResult[] {
  return targetsOf(route).flatMap((target): CheckResult[] => (target.kind === 'pool' || target.workload.service ? [] : [{
    path: route.origin.path,
    message: `route ${route.name} targets ${target.workload.title}, which has no Service because a pool serves it`,
    actual: target.workload.title,
    ...advice,
  }]));
}
