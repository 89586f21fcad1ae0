import { Construct } from 'constructs';

/** Makes the child with the id `role` the object that `ApiObject.of(construct)` returns. The ids of children are the same with every provider. */
export function setMainObject(construct: Construct, role: string): void {
  const object = construct.node.tryFindChild(role);
  if (object) construct.node.defaultChild = object; // existing or refused constructs emit no object
}
