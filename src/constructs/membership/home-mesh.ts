import { Membership } from './membership';
import { Located } from '../../model/problem';

/**
 * Whether a node belongs to the mesh of the member. Reports it otherwise, because the other mesh would not know of the access and would
 * deny it.
 */
export function isAtHome(member: Membership, node: { readonly origin: Located }, title: string): boolean {
  if (!(node.origin instanceof Membership) || node.origin.model === member.model) return true;
  member.report({
    message: `${title} belongs to another mesh, whose policies deny requests from this one`,
    actual: title,
    expected: 'a construct of the same mesh',
    fix: 'define it in this mesh; only grants to agents and identities are possible between meshes',
  });
  return false;
}
