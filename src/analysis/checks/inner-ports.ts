import { inferenceEntries } from '../../model/inference-entry';
import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';

/** Reports pools and tenants whose inner gateway port is already used in the namespace. The edge gateway may connect to that port on any pod. */
export function innerPorts(model: MeshModel): CheckResult[] {
  const problems: CheckResult[] = [];
  const taken = new Map<string, string>();
  if (model.pools.length > 0) {
    for (const { namespace, ports, title } of model.workloads) {
      for (const port of ports) taken.set(`${namespace}:${port}`, title);
    }
  }
  for (const { origin, kind, title, namespace, innerPort } of inferenceEntries(model)) {
    const key = `${namespace}:${innerPort}`;
    const holder = model.facts.isProxyPort(innerPort) ? 'the proxy in each pod' : taken.get(key);
    if (holder !== undefined) {
      problems.push({
        path: origin.path,
        message: `the port at which the inner gateway listens for ${title} is also a port of ${holder}`,
        actual: innerPort,
        expected: 'a port at which nothing else in the namespace listens',
        fix: `set another \`innerPort\` on the ${kind}`,
      });
    }
    taken.set(key, title);
  }
  return problems;
}
