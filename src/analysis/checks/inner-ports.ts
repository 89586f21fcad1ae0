import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';

/** Ports of the proxy itself (Istio 1.30, application requirements). */
const FIRST_PROXY_PORT = 15_000;
const LAST_PROXY_PORT = 15_099;

/** The port that stands for a pool must be nobody else's in the namespace: the door may connect to it wherever it is. */
export function innerPorts(model: MeshModel): CheckResult[] {
  const problems: CheckResult[] = [];
  const taken = new Map<string, string>();
  if (model.pools.length > 0) {
    for (const { namespace, ports, title } of model.workloads) {
      for (const port of ports) taken.set(`${namespace}:${port}`, title);
    }
  }
  for (const { origin, name, namespace, innerPort } of model.pools) {
    const key = `${namespace}:${innerPort}`;
    const holder = innerPort >= FIRST_PROXY_PORT && innerPort <= LAST_PROXY_PORT ? 'the proxy itself' : taken.get(key);
    if (holder !== undefined) {
      problems.push({
        path: origin.path,
        message: `the inner port of pool ${name} is also a port of ${holder}`,
        actual: innerPort,
        expected: 'a port that nothing else of the namespace listens on',
        fix: 'state another one as `innerPort`',
      });
    }
    taken.set(key, `pool ${name}`);
  }
  return problems;
}
