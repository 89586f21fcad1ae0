import { MeshModel } from '../../model/mesh';
import { CheckResult, Located } from '../../model/problem';

interface Proxy {
  readonly origin: Located;
  readonly what: string;
  readonly name: string;
  readonly namespace: string;
  /** Whether the proxy is declared as existing. */
  readonly isExisting: boolean;
}

/**
 * Reports gateways and waypoints that are declared as existing but are created by the app. Their listeners accept only routes from the
 * namespaces of the mesh that created them.
 */
export function borrowedProxies(model: MeshModel): CheckResult[] {
  const stated = proxiesOf(model).filter(({ isExisting }) => isExisting);
  if (stated.length === 0) return [];
  const made = model.facts.cluster.meshes.flatMap(proxiesOf).filter(({ isExisting }) => !isExisting);
  return stated.flatMap(({ origin, what, name, namespace }): CheckResult[] => {
    const owner = made.find((one) => one.what === what && one.name === name && one.namespace === namespace);
    return !owner ? [] : [{
      path: origin.path,
      message: `${what} ${name} is declared as existing but is created by the app, so it accepts no objects of this mesh: its listeners accept only the namespaces of the mesh that creates it`,
      actual: `${namespace}/${name}, created by ${owner.origin.path}`,
      expected: `a ${what} that is created outside the app, or by this mesh`,
      fix: `define the constructs that use the ${what} in the mesh of ${owner.origin.path}, or create a ${what} in this mesh`,
    }];
  });
}

function proxiesOf({ gateways, waypoints }: MeshModel): Proxy[] {
  return [
    ...gateways.map(({ origin, name, namespace, existingServiceAccount }) => ({ origin, what: 'gateway', name, namespace, isExisting: existingServiceAccount !== undefined })),
    ...waypoints.map(({ origin, name, namespace, existing }) => ({ origin, what: 'waypoint', name, namespace, isExisting: existing })),
  ];
}
