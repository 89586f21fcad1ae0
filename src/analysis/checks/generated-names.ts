import { Caller } from '../../model/callers';
import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';

/**
 * Reports objects with the name of a generated Deployment or Service. The controllers of gateways, waypoints and MCP proxies generate both
 * for each of them, with the name of their ServiceAccount.
 */
export function generatedNames(model: MeshModel, proxies: readonly Caller[]): CheckResult[] {
  if (proxies.length === 0) return [];
  const made = new Map(proxies.map(({ title, principal }) => [`${principal.namespace}/${principal.serviceAccount}`, title]));
  const named = model.workloads.map(({ origin, title, namespace, name, service, deployment }) =>
    ({ origin, title, namespace, names: [...service ? [service.name] : [], ...deployment ? [name] : []] }));
  return named.flatMap(({ origin, title, namespace, names }): CheckResult[] => {
    const taken = names.find((name) => made.has(`${namespace}/${name}`));
    if (taken === undefined) return [];
    return [{
      path: origin.path,
      message: `${title} has the same name as an object that a controller generates for ${made.get(`${namespace}/${taken}`)}`,
      actual: taken,
      expected: 'a unique name',
      fix: 'set another `name`, or use another namespace',
    }];
  });
}
