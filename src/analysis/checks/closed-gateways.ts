import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';

/** A Gateway of the team whose namespace became one of the mesh after it was described: the deny-all would close it. */
export function closedGateways(model: MeshModel): CheckResult[] {
  return model.gateways
    .filter(({ hostsAdmitted, namespace }) => !hostsAdmitted && model.namespaces.has(namespace))
    .map(({ origin, name, namespace }) => ({
      path: origin.path,
      what: `gateway ${name} is in a namespace that the mesh closes, and was described before the mesh had it`,
      got: namespace,
      allowed: 'a namespace that the mesh has before, or never',
      next: 'name it in `existingNamespaces`, or describe the gateway after what is deployed there',
    }));
}
