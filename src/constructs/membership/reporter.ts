import { MeshContext } from './mesh-context';
import { CheckId } from '../../model/check-id';
import { Feature } from '../../model/feature';
import { MeshModel } from '../../model/mesh';
import { InputProblem } from '../../model/problem';
import { decidersOf, refusalOf } from '../../providers/refusals';

/** Who checks what it is given, and says what is wrong with it. */
export interface Reporter {
  readonly model: MeshModel;
  report(problem: InputProblem | undefined, id?: CheckId): void;
  /** Reports what nobody here enforces; whether it was refused. */
  refuse(feature: Feature, message: string, actual: unknown): boolean;
}

/** Returns that a feature is not supported here, why, and which provider supports it; nothing where it is supported. */
export function refusedBy(context: MeshContext, feature: Feature, message: string, actual: unknown): InputProblem | undefined {
  const refusal = refusalOf(context, feature);
  const deciders = decidersOf(context, feature).map(({ label }) => label);
  return refusal && {
    message: `${message} is not supported by ${deciders.length === 0 ? context.mesh.label : deciders.join(' and ')}: ${refusal.reason}`, actual,
    expected: refusal.instead, fix: `use ${refusal.instead}, or remove it`,
  };
}
