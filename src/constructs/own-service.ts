import { Construct } from 'constructs';
import { Membership } from './membership';
import { Trait } from '../model/trait';
import { WorkloadNode } from '../model/workload';

/** The Service that the library made for a workload: where, with what beside it, and whether it was asked for. */
export interface OwnService {
  readonly scope: Construct;
  /** Ids under the scope. */
  readonly made: readonly string[];
  readonly asked: boolean;
}

export const ownService = new Trait<OwnService>('a workload with a Service');

/** The ids of what is made under a scope, whoever the provider is that makes it. */
export function madeUnder(scope: Construct, make: () => void): string[] {
  const before = new Set(scope.node.children);
  make();
  return scope.node.children.filter((child) => !before.has(child)).map(({ node }) => node.id);
}

/** Takes the Service of a workload away, unless it was asked for: beside a pool it would be a way around the picker. */
export function withdrawService(member: Membership, workload: WorkloadNode): void {
  const own = ownService.find(workload);
  if (!own || own.asked) return;
  for (const id of own.made) own.scope.node.tryRemoveChild(id);
  if (workload.service?.circuitBreaker) {
    member.report({ message: `the circuit breaker of ${workload.title} has no Service to hold for, since a pool serves it`, actual: workload.title, expected: 'a circuit breaker of an agent that no pool serves', fix: 'drop `circuitBreaker`: a picker chooses among pods by itself' });
  }
  workload.service = undefined;
}
