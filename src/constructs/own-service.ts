import { Construct } from 'constructs';
import { Membership } from './membership';
import { Trait } from '../model/trait';
import { WorkloadNode } from '../model/workload';

/** The Service that the library made for a workload. */
export const ownService = new Trait<{ readonly scope: Construct; readonly asked: boolean }>('a workload with a Service');

/** Takes the Service of a workload away, unless it was asked for: beside a pool it would be a way around the picker. */
export function withdrawService(member: Membership, workload: WorkloadNode): void {
  const own = ownService.find(workload);
  if (!own || own.asked) return;
  own.scope.node.tryRemoveChild('service');
  for (const id of ['requests', 'traffic', 'jwt', 'external-authorizer']) own.scope.node.tryRemoveChild(id);
  if (workload.service?.circuitBreaker) {
    member.report({ what: `the circuit breaker of ${workload.title} has no Service to hold for, since a pool serves it`, got: workload.title, allowed: 'a circuit breaker of an agent that no pool serves', next: 'drop `circuitBreaker`: a picker chooses among pods by itself' });
  }
  workload.service = undefined;
}
