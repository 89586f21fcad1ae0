import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';

/** A Gateway of the team whose namespace became one of the mesh after it was described: the deny-all would close it. */
export function closedGateways(model: MeshModel): CheckResult[] {
  return model.gateways
    .filter(({ hostsAllowed, namespace }) => !hostsAllowed && model.namespaces.has(namespace))
    .map(({ origin, name, namespace }) => ({
      path: origin.path,
      message: `gateway ${name} is in a namespace that the mesh closes, and was described before the mesh had it`,
      actual: namespace,
      expected: 'a namespace that the mesh has before, or never',
      fix: 'name it in `existingNamespaces`, or describe the gateway after what is deployed there',
    }));
}
