import { Caller } from '../../model/callers';
import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';

/** Reports workloads and proxies that share a ServiceAccount. The mesh cannot distinguish them, so a grant to one is a grant to both. */
export function ambiguousIdentities(model: MeshModel, proxies: readonly Caller[]): CheckResult[] {
  const owners = new Map<string, { owner: unknown; title: string }>();
  const problems: CheckResult[] = [];
  const report = (path: string, title: string, known: string, key: string) => problems.push({
    path,
    message: `${title} shares the ServiceAccount of ${known}, so a grant to one is a grant to both`,
    actual: key,
    expected: 'a dedicated ServiceAccount',
    fix: `give ${title} or ${known} another \`name\` or another ServiceAccount`,
  });
  for (const proxy of proxies) {
    const key = `${proxy.principal.namespace}/${proxy.principal.serviceAccount}`;
    const known = owners.get(key);
    if (known && known.title !== proxy.title) report(model.facts.origin.path, proxy.title, known.title, key);
    owners.set(key, { owner: proxy, title: proxy.title });
  }
  for (const workload of model.workloads) {
    const key = `${workload.namespace}/${workload.serviceAccount}`;
    const known = owners.get(key);
    if (!known) {
      owners.set(key, { owner: workload.callers, title: workload.title }); // the versions of an agent share their callers
    } else if (known.owner !== workload.callers) {
      report(workload.origin.path, workload.title, known.title, key);
    }
  }
  return problems;
}
