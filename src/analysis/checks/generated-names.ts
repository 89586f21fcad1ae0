import { Caller } from '../../model/callers';
import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';

/**
 * istiod makes a Deployment and a Service for each gateway and waypoint, and agentgateway's controller for each proxy before
 * a tool server, named like their ServiceAccount: nothing else may have the name.
 */
export function generatedNames(model: MeshModel, proxies: readonly Caller[]): CheckResult[] {
  if (proxies.length === 0) return [];
  const made = new Map(proxies.map(({ title, principal }) => [`${principal.namespace}/${principal.serviceAccount}`, title]));
  const named = [
    ...model.workloads.map(({ origin, title, namespace, name, service, deployment }) =>
      ({ origin, title, namespace, names: [...service ? [service.name] : [], ...deployment ? [name] : []] })),
    ...model.meshRoutes.map(({ origin, name, service }) => ({ origin, title: `the Service of canary ${name}`, namespace: service.namespace, names: [service.name] })),
  ];
  return named.flatMap(({ origin, title, namespace, names }): CheckResult[] => {
    const taken = names.find((name) => made.has(`${namespace}/${name}`));
    if (taken === undefined) return [];
    return [{
      path: origin.path,
      message: `${title} has the name of what is made for ${made.get(`${namespace}/${taken}`)}`,
      actual: taken,
      expected: 'a name of its own',
      fix: 'give it another name or namespace',
    }];
  });
}
