import { MeshModel } from '../../model/mesh';
import { MeshRouteNode } from '../../model/mesh-route';
import { CheckResult } from '../../model/problem';

/** The Service of a canary inside the mesh is the library's own: no other has its name. */
export function rootServices(model: MeshModel): CheckResult[] {
  return model.meshRoutes.flatMap((route) => sameName(model, route));
}

function sameName(model: MeshModel, { origin, service }: MeshRouteNode): CheckResult[] {
  const other = model.workloads.find((workload) => workload.service?.name === service.name && workload.service.namespace === service.namespace);
  return !other ? [] : [{
    path: origin.path,
    what: `the Service of the canary has the name of the Service of ${other.title}`,
    got: service.name,
    allowed: 'a name of its own',
    next: 'name the agent otherwise (`name`)',
  }];
}
