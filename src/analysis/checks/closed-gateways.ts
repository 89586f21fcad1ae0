import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';

/** Reports existing Gateways whose namespace joined the mesh after they were declared. The deny-all policy of the mesh would block them. */
export function closedGateways(model: MeshModel): CheckResult[] {
  return model.gateways
    .filter(({ hostsAllowed, namespace }) => !hostsAllowed && model.namespaces.has(namespace))
    .map(({ origin, name, namespace }) => ({
      path: origin.path,
      message: `the deny-all policy of the mesh would block gateway ${name}, because its namespace joined the mesh after the gateway was declared`,
      actual: namespace,
      expected: 'a namespace of the gateway that joins the mesh before the gateway is declared, or never',
      fix: 'add the namespace to `existingNamespaces`, or declare the gateway after the workloads of this namespace',
    }));
}
