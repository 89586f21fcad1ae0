import { Construct } from 'constructs';

/** Makes the object of a role the one that `ApiObject.of(construct)` returns. Ids of children are roles, the same on every provider. */
export function setMainObject(construct: Construct, role: string): void {
  const object = construct.node.tryFindChild(role);
  if (object) construct.node.defaultChild = object; // none was emitted for what exists, or was refused
}
