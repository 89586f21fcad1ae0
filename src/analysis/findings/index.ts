import { closedPorts } from './closed-ports';
import { MeshModel } from '../../model/mesh';
import { identified, Problem } from '../../model/problem';

/** What a team should know of its mesh, and what fails no synth. */
export function findingsOf(model: MeshModel): Problem[] {
  return identified('AM401', closedPorts(model));
}
