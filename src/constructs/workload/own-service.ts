import { Construct } from 'constructs';
import { Trait } from '../../model/trait';
import { WorkloadNode } from '../../model/workload';
import { Membership } from '../membership/membership';

/** The Service that the library created for a workload, with its other objects, and whether the user requested it. */
export interface OwnService {
  readonly scope: Construct;
  /** Construct ids under the scope. */
  readonly made: readonly string[];
  readonly asked: boolean;
}

export const ownService = new Trait<OwnService>('a workload with a Service');

/** Returns the ids of the constructs that a provider creates under a scope. */
export function madeUnder(scope: Construct, make: () => void): string[] {
  const before = new Set(scope.node.children);
  make();
  return scope.node.children.filter((child) => !before.has(child)).map(({ node }) => node.id);
}

/** Removes the Service of a workload that a pool serves, unless the user requested it: it would bypass the endpoint picker. */
export function withdrawService(member: Membership, workload: WorkloadNode): void {
  const own = ownService.find(workload);
  if (!own || own.asked) return;
  for (const id of own.made) own.scope.node.tryRemoveChild(id);
  if (workload.service?.circuitBreaker) {
    member.report({ message: `\`circuitBreaker\` of ${workload.title} has no effect: a pool serves it, so it has no Service`, actual: workload.title, expected: 'a circuit breaker of an agent that no pool serves', fix: 'remove `circuitBreaker`; the endpoint picker chooses among the pods' });
  }
  workload.service = undefined;
}
