import { Caller } from '../../model/callers';
import { MeshModel } from '../../model/mesh';
import { Problem } from '../../model/problem';

/** Two things with one ServiceAccount are one to the mesh: a grant to either would be a grant to both. */
export function ambiguousIdentities(model: MeshModel, proxies: readonly Caller[]): Problem[] {
  const owners = new Map<string, { owner: unknown; title: string }>();
  for (const proxy of proxies) owners.set(`${proxy.principal.namespace}/${proxy.principal.serviceAccount}`, { owner: proxy, title: proxy.title });
  const problems: Problem[] = [];
  for (const workload of model.workloads) {
    const key = `${workload.namespace}/${workload.serviceAccount}`;
    const known = owners.get(key);
    if (!known) {
      owners.set(key, { owner: workload.callers, title: workload.title }); // the versions of an agent share their callers
    } else if (known.owner !== workload.callers) {
      problems.push({
        path: workload.origin.path,
        what: `${workload.title} has the ServiceAccount of ${known.title}: what is granted to one would be granted to both`,
        got: key,
        allowed: 'a ServiceAccount of its own',
        next: 'give it another name or ServiceAccount',
      });
    }
  }
  return problems;
}
