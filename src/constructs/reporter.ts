import { CheckId } from '../model/check-id';
import { MeshModel } from '../model/mesh';
import { InputProblem } from '../model/problem';

/** Who checks what it is given, and says what is wrong with it. */
export interface Reporter {
  readonly model: MeshModel;
  report(problem: InputProblem | undefined, id?: CheckId): void;
}
