import { Membership } from './membership';
import { Located } from '../model/problem';

/** Whether a node is of the member's own mesh; another mesh would never learn that it is reached from here. */
export function isAtHome(member: Membership, node: { readonly origin: Located }, title: string): boolean {
  if (!(node.origin instanceof Membership) || node.origin.model === member.model) return true;
  member.report({
    message: `${title} belongs to another mesh, whose policies would refuse what comes from here`,
    actual: title,
    expected: 'what belongs to the same mesh',
    fix: 'define it in this mesh; between meshes only grants to agents and identities pass',
  });
  return false;
}
