import { Membership } from './membership';
import { MeshModel } from '../../model/mesh';
import { InputProblem, Located } from '../../model/problem';

/** Returns a problem if a callee belongs to another AgentMesh. The policies there are written from its own grants, so they would deny the call. */
export function homeProblem(model: MeshModel, node: { readonly origin: Located }, title: string): InputProblem | undefined {
  if (!(node.origin instanceof Membership) || node.origin.model === model) return undefined;
  return {
    message: `${title} belongs to another mesh, whose policies deny requests from this mesh`,
    actual: title,
    expected: 'a construct of the same mesh',
    fix: 'define it in this mesh; only grants to agents and identities are possible between meshes',
  };
}

/** Returns whether a node belongs to the mesh of the member. Reports a node of another mesh. */
export function isAtHome(member: Membership, node: { readonly origin: Located }, title: string): boolean {
  const problem = homeProblem(member.model, node, title);
  member.report(problem);
  return problem === undefined;
}
