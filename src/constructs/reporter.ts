import { MeshContext } from './mesh-context';
import { CAPABILITIES, Capability } from '../model/capability';
import { CheckId } from '../model/check-id';
import { MeshModel } from '../model/mesh';
import { InputProblem } from '../model/problem';
import { refusalOf } from '../providers/backend';

/** Who checks what it is given, and says what is wrong with it. */
export interface Reporter {
  readonly model: MeshModel;
  report(problem: InputProblem | undefined, id?: CheckId): void;
  /** Reports what nobody here enforces; whether it was refused. */
  refuse(capability: Capability, what: string, got: unknown): boolean;
}

/** That what was asked for is enforced by nobody here, and who could; nothing where somebody does. */
export function refusedBy({ mesh, gateway }: MeshContext, capability: Capability, what: string, got: unknown): InputProblem | undefined {
  const refusal = refusalOf(mesh, gateway, capability);
  const asked = { mesh: mesh.label, gateway: gateway.label, either: `${mesh.label} and ${gateway.label}` }[CAPABILITIES[capability].asked];
  return refusal && {
    what: `${what} is not to be had with ${asked}: ${refusal.reason}`, got, allowed: refusal.instead, next: `use ${refusal.instead}, or do without`,
  };
}
