import { MeshModel } from '../../model/mesh';
import { Problem } from '../../model/problem';
import { targetsOf } from '../../model/route';

/** A Service that was there when the route was made, and went when a pool took the pods over. */
export function withdrawnTargets(model: MeshModel): Problem[] {
  return model.routes.flatMap((route) => targetsOf(route).flatMap((target): Problem[] => {
    if (target.kind === 'pool' || target.workload.service) return [];
    return [{
      path: route.origin.path,
      what: `the route ${route.name} leads to ${target.workload.title}, which has no Service since a pool serves it`,
      got: target.workload.title,
      allowed: 'the pool, or a workload with a Service',
      next: 'route to the pool, or ask for the Service too (`service: true` of the agent)',
    }];
  }));
}
