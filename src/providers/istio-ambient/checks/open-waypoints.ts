import { MeshModel } from '../../../model/mesh';
import { CheckResult, listed } from '../../../model/problem';

/** A waypoint that lets through what nobody guards would carry strangers to pods whose floor trusts it. */
export function openWaypoints(model: MeshModel): CheckResult[] {
  return model.waypoints
    .filter(({ existing, deniesByDefault, namespace }) => existing && !deniesByDefault && !model.namespaces.has(namespace))
    .map(({ origin, name, namespace }) => ({
      path: origin.path,
      message: `waypoint ${name} is in a namespace that is not one of the mesh, which therefore does not close it`,
      actual: namespace,
      expected: listed(model.namespaces.keys()),
      fix: 'state `deniesByDefault` if the team has a deny-all policy on it, or name the namespace in `existingNamespaces`',
    }));
}
