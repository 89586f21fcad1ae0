import { MeshModel } from '../../../model/mesh';
import { CheckResult, listed } from '../../../model/problem';

/**
 * Reports existing waypoints that are not closed by default. Such a waypoint forwards requests from any caller to pods whose workload
 * policy trusts it.
 */
export function openWaypoints(model: MeshModel): CheckResult[] {
  return model.waypoints
    .filter(({ existing, deniesByDefault, namespace }) => existing && !deniesByDefault && !model.namespaces.has(namespace))
    .map(({ origin, name, namespace }) => ({
      path: origin.path,
      message: `waypoint ${name} is in namespace ${namespace}, which is not in the mesh, so the library does not write a deny-all policy there`,
      actual: namespace,
      expected: `a namespace of the mesh: ${listed(model.namespaces.keys())}`,
      fix: 'set `deniesByDefault` if the waypoint already has a deny-all policy, or add the namespace to `existingNamespaces`',
    }));
}
