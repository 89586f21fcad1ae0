import { MeshContext } from './mesh-context';
import { CheckId } from '../../model/check-id';
import { Feature, wayTo } from '../../model/feature';
import { MeshModel } from '../../model/mesh';
import { InputProblem } from '../../model/problem';
import { decidersOf, refusalOf } from '../../providers/refusals';

/** Receives the problems that checks of a construct find. */
export interface Reporter {
  readonly model: MeshModel;
  report(problem: InputProblem | undefined, id?: CheckId): void;
  /** Reports a feature that no provider of the mesh supports. Returns whether it was reported. */
  refuse(feature: Feature, message: string, actual: unknown): boolean;
}

/** Features that props need, each with a title of the prop for messages. */
export type PropFeatures<T> = { readonly [P in keyof T]?: { readonly feature: Feature; readonly title: string } };

/** Returns a problem if no provider of the mesh supports a feature. It has the reason, and a provider that supports the feature. */
export function refusedBy(context: MeshContext, feature: Feature, message: string, actual: unknown): InputProblem | undefined {
  const refusal = refusalOf(context, feature);
  const deciders = decidersOf(context, feature).map(({ label }) => label);
  return refusal && {
    message: `${message} is not supported by ${deciders.length === 0 ? context.mesh.label : deciders.join(' and ')}: ${refusal.reason}`, actual,
    expected: refusal.instead, fix: `${wayTo(refusal)}, or remove the feature from the program`,
  };
}
