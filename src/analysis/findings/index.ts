import { auditOnlyNamespaces } from './audit-only-namespaces';
import { closedPorts } from './closed-ports';
import { injectedFaults } from './injected-faults';
import { MeshModel } from '../../model/mesh';
import { identified, Problem } from '../../model/problem';

/** Returns the findings of a mesh, which do not fail synth. */
export function findingsOf(model: MeshModel): Problem[] {
  return [...identified('AM401', closedPorts(model)), ...identified('AM404', auditOnlyNamespaces(model)), ...identified('AM411', injectedFaults(model))];
}
