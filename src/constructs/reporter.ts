import { MeshContext } from './mesh-context';
import { CheckId } from '../model/check-id';
import { FEATURES, Feature } from '../model/feature';
import { MeshModel } from '../model/mesh';
import { InputProblem } from '../model/problem';
import { refusalOf } from '../providers/backend';

/** Collects the problems of a construct. */
export interface Reporter {
  readonly model: MeshModel;
  report(problem: InputProblem | undefined, id?: CheckId): void;
  /** Reports an unsupported feature and returns whether it is unsupported. */
  refuse(feature: Feature, message: string, actual: unknown): boolean;
}

/** Returns the problem of an unsupported feature, with the provider that supports it, or nothing if the feature is supported. */
export function refusedBy({ mesh, gateway }: MeshContext, feature: Feature, message: string, actual: unknown): InputProblem | undefined {
  const refusal = refusalOf(mesh, gateway, feature);
  const asked = { mesh: mesh.label, gateway: gateway.label, either: `${mesh.label} and ${gateway.label}` }[FEATURES[feature].asked];
  return refusal && {
    message: `${message} is not to be had with ${asked}: ${refusal.reason}`, actual, expected: refusal.instead, fix: `use ${refusal.instead}, or do without`,
  };
}
