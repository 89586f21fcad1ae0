import { MeshContext } from './mesh-context';
import { CheckId } from '../model/check-id';
import { FEATURES, Feature } from '../model/feature';
import { MeshModel } from '../model/mesh';
import { InputProblem } from '../model/problem';
import { refusalOf } from '../providers/backend';

/** Who checks what it is given, and says what is wrong with it. */
export interface Reporter {
  readonly model: MeshModel;
  report(problem: InputProblem | undefined, id?: CheckId): void;
  /** Reports what nobody here enforces; whether it was refused. */
  refuse(feature: Feature, message: string, actual: unknown): boolean;
}

/** That what was asked for is enforced by nobody here, and who could; nothing where somebody does. */
export function refusedBy({ mesh, gateway }: MeshContext, feature: Feature, message: string, actual: unknown): InputProblem | undefined {
  const refusal = refusalOf(mesh, gateway, feature);
  const asked = { mesh: mesh.label, gateway: gateway.label, either: `${mesh.label} and ${gateway.label}` }[FEATURES[feature].asked];
  return refusal && {
    message: `${message} is not to be had with ${asked}: ${refusal.reason}`, actual, expected: refusal.instead, fix: `use ${refusal.instead}, or do without`,
  };
}
