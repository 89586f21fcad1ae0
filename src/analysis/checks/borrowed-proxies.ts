import { MeshModel } from '../../model/mesh';
import { CheckResult, Located } from '../../model/problem';

interface Proxy {
  readonly origin: Located;
  readonly what: string;
  readonly name: string;
  readonly namespace: string;
  /** Whether the team made it. */
  readonly isExisting: boolean;
}

/** A gateway or waypoint that the app makes itself, stated as an existing one: its listeners admit the namespaces of its own mesh alone. */
export function borrowedProxies(model: MeshModel): CheckResult[] {
  const stated = proxiesOf(model).filter(({ isExisting }) => isExisting);
  if (stated.length === 0) return [];
  const made = model.facts.cluster.meshes.flatMap(proxiesOf).filter(({ isExisting }) => !isExisting);
  return stated.flatMap(({ origin, what, name, namespace }): CheckResult[] => {
    const owner = made.find((one) => one.what === what && one.name === name && one.namespace === namespace);
    return !owner ? [] : [{
      path: origin.path,
      message: `${what} ${name} is stated as existing, and the app makes it: what attaches to it from here would not be admitted`,
      actual: `${namespace}/${name}, made by ${owner.origin.path}`,
      expected: `a ${what} that the team makes outside the program, or one of this mesh`,
      fix: `define what uses it in the mesh of ${owner.origin.path}, or give this mesh a ${what} of its own`,
    }];
  });
}

function proxiesOf({ gateways, waypoints }: MeshModel): Proxy[] {
  return [
    ...gateways.map(({ origin, name, namespace, existingServiceAccount }) => ({ origin, what: 'gateway', name, namespace, isExisting: existingServiceAccount !== undefined })),
    ...waypoints.map(({ origin, name, namespace, existing }) => ({ origin, what: 'waypoint', name, namespace, isExisting: existing })),
  ];
}
