import { Membership } from './membership';
import { MeshModel } from '../model/mesh';
import { Trait } from '../model/trait';

/** The mesh that a node of a model belongs to. */
export const homeMesh = new Trait<MeshModel>('a part of a mesh');

/** Whether a node is of the member's own mesh; another mesh would never learn that it is reached from here. */
export function isAtHome(member: Membership, node: object, title: string): boolean {
  const home = homeMesh.find(node);
  if (home === undefined || home === member.model) return true;
  member.report({
    what: `${title} belongs to another mesh, whose policies would refuse what comes from here`,
    got: title,
    allowed: 'what belongs to the same mesh',
    next: 'define it in this mesh; between meshes only grants to agents and identities pass',
  });
  return false;
}
