import { MeshModel } from '../../model/mesh';
import { MeshRouteNode } from '../../model/mesh-route';
import { CheckResult } from '../../model/problem';
import { ServiceNode } from '../../model/service';
import { WorkloadNode } from '../../model/workload';

/** The Service of a canary inside the mesh is the library's own: no other has its name. */
export function rootServices(model: MeshModel): CheckResult[] {
  if (model.meshRoutes.length === 0) return [];
  const owners = new Map<string, WorkloadNode>();
  for (const workload of model.workloads) {
    if (workload.service && !owners.has(keyOf(workload.service))) owners.set(keyOf(workload.service), workload);
  }
  return model.meshRoutes.flatMap((route) => sameName(owners, route));
}

function keyOf({ namespace, name }: ServiceNode): string {
  return `${namespace}/${name}`;
}

function sameName(owners: ReadonlyMap<string, WorkloadNode>, { origin, service }: MeshRouteNode): CheckResult[] {
  const other = owners.get(keyOf(service));
  return !other ? [] : [{
    path: origin.path,
    what: `the Service of the canary has the name of the Service of ${other.title}`,
    got: service.name,
    allowed: 'a name of its own',
    next: 'name the agent otherwise (`name`)',
  }];
}
