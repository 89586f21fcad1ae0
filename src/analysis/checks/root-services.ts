import { MeshModel } from '../../model/mesh';
import { MeshRouteNode } from '../../model/mesh-route';
import { CheckResult } from '../../model/problem';
import { ServiceNode } from '../../model/service';
import { WorkloadNode } from '../../model/workload';

/** Reports mesh canaries whose Service, which the library creates, has the name of another Service. */
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
    message: `the Service of the canary has the same name as the Service of ${other.title}`,
    actual: service.name,
    expected: 'a unique name',
    fix: 'set another `name` on the agent',
  }];
}
