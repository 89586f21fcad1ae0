import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';
import { RouteNode, targetsOf } from '../../model/route';

/** Reports routes to a Service that was removed after the route was declared, because a pool serves the pods. */
export function withdrawnTargets({ routes, meshRoutes }: MeshModel): CheckResult[] {
  return [
    ...routes.flatMap((route) => withdrawn(route, {
      expected: 'the pool, or a workload with a Service', fix: 'pass the pool to the route, or set `service` to true on the agent to keep the Service',
    })),
    ...meshRoutes.flatMap((route) => withdrawn(route, {
      expected: 'a version with a Service', fix: 'set `service` to true on the agent to keep the Service, or remove `canary` and `mirror` of the agent',
    })),
  ];
}

/** Reports the targets of a route that have no Service. The advice differs: a gateway route may target a pool, a mesh canary may not. */
function withdrawn(route: Pick<RouteNode, 'origin' | 'name' | 'rules' | 'mirror'>, advice: Pick<CheckResult, 'expected' | 'fix'>): CheckResult[] {
  return targetsOf(route).flatMap((target): CheckResult[] => (target.kind === 'pool' || target.workload.service ? [] : [{
    path: route.origin.path,
    message: `route ${route.name} targets ${target.workload.title}, which has no Service, because its pods are in an InferencePool`,
    actual: target.workload.title,
    ...advice,
  }]));
}
