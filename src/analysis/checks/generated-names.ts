import { Caller } from '../../model/callers';
import { MeshModel } from '../../model/mesh';
import { Problem } from '../../model/problem';

/** istiod makes a Deployment and a Service for each gateway and waypoint, named like their ServiceAccount: nothing else may have the name. */
export function generatedNames(model: MeshModel, proxies: readonly Caller[]): Problem[] {
  if (proxies.length === 0) return [];
  const made = new Map(proxies.map(({ title, principal }) => [`${principal.namespace}/${principal.serviceAccount}`, title]));
  return model.workloads.flatMap((workload): Problem[] => {
    const names = [...workload.service ? [workload.service.name] : [], ...workload.deployment ? [workload.name] : []];
    const taken = names.find((name) => made.has(`${workload.namespace}/${name}`));
    if (taken === undefined) return [];
    return [{
      path: workload.origin.path,
      what: `${workload.title} has the name of what is made for ${made.get(`${workload.namespace}/${taken}`)}`,
      got: taken,
      allowed: 'a name of its own',
      next: 'give it another name or namespace',
    }];
  });
}
