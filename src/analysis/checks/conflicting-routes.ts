import { MeshModel } from '../../model/mesh';
import { Problem } from '../../model/problem';
import { RouteNode, targetsOf } from '../../model/route';

/** Of two routes for the same requests a gateway serves one and forgets the other, without any bad status. */
export function conflictingRoutes(model: MeshModel): Problem[] {
  const problems: Problem[] = [];
  for (const gateway of model.gateways) {
    const first = new Map<string, RouteNode>();
    for (const route of model.routesOf(gateway)) {
      for (const { pathPrefix, header } of route.rules) {
        const requests = JSON.stringify([pathPrefix ?? '/', header?.name.toLowerCase(), header?.value]);
        const other = first.get(requests) ?? route;
        first.set(requests, other);
        if (other === route) continue;
        problems.push({
          path: route.origin.path,
          what: `the routes ${other.name} and ${route.name} of gateway ${gateway.name} take the same requests`,
          got: { pathPrefix: pathPrefix ?? '/', ...(header && { header: `${header.name}: ${header.value}` }) },
          allowed: 'one route for each path prefix and header',
          next: 'give one of them another `pathPrefix`, or a gateway of its own',
        });
        break; // one report of a pair of routes says enough
      }
    }
  }
  return [...problems, ...withdrawnTargets(model)];
}

/** A Service that was there when the route was made, and went when a pool took the pods over. */
function withdrawnTargets(model: MeshModel): Problem[] {
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
