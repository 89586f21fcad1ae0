import { Workload, workloadDescription } from '../../values/workload';
import { Membership } from '../membership/membership';

/** Returns whether another pool of the namespace has the same name, and reports it once: the objects of both would collide one by one. */
export function isTwin(member: Membership, title: string, name: string, workload: Workload): boolean {
  const { model } = member;
  const description = workloadDescription.of(workload);
  const stated = description.kind === 'bound' ? description.node.namespace : description.kind === 'existing' ? description.namespace : undefined;
  const namespace = stated ?? model.facts.namespace;
  const twin = model.pools.find((pool) => pool.name === name && pool.namespace === namespace);
  if (!twin) return false;
  member.report({ message: `${title} is defined twice in namespace ${namespace}`, actual: twin.origin.path, expected: 'one pool of this name in a namespace', fix: 'give one of the pools another `name`' });
  return true;
}
