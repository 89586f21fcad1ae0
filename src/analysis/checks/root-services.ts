import { MeshModel } from '../../model/mesh';
import { MeshRouteNode } from '../../model/mesh-route';
import { Problem } from '../../model/problem';
import { targetsOf } from '../../model/route';

/** The Service of a canary inside the mesh is the library's own: no other has its name, and its versions keep theirs. */
export function rootServices(model: MeshModel): Problem[] {
  return model.meshRoutes.flatMap((route) => [...sameName(model, route), ...withdrawn(route)]);
}

function sameName(model: MeshModel, { origin, service }: MeshRouteNode): Problem[] {
  const other = model.workloads.find((workload) => workload.service?.name === service.name && workload.service.namespace === service.namespace);
  return !other ? [] : [{
    path: origin.path,
    what: `the Service of the canary has the name of the Service of ${other.title}`,
    got: service.name,
    allowed: 'a name of its own',
    next: 'name the agent otherwise (`name`)',
  }];
}

function withdrawn({ origin, name, rules }: MeshRouteNode): Problem[] {
  return targetsOf({ rules }).flatMap((target): Problem[] => (target.kind === 'pool' || target.workload.service ? [] : [{
    path: origin.path,
    what: `the route ${name} leads to ${target.workload.title}, which has no Service since a pool serves it`,
    got: target.workload.title,
    allowed: 'a version with a Service',
    next: 'ask for the Service too (`service: true` of the agent), or drop the canary inside the mesh',
  }]));
}
