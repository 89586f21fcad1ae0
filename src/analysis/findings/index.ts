import { closedPorts } from './closed-ports';
import { MeshModel } from '../../model/mesh';
import { identified, Problem } from '../../model/problem';

/** Returns the findings of a mesh, which do not fail the synth. */
export function findingsOf(model: MeshModel): Problem[] {
  return identified('AM401', closedPorts(model));
}
