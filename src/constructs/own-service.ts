import { Construct } from 'constructs';
import { Trait } from '../model/trait';
import { WorkloadNode } from '../model/workload';

/** The Service that the library made for a workload. */
export const ownService = new Trait<{ readonly scope: Construct; readonly asked: boolean }>('a workload with a Service');

/** Takes the Service of a workload away, unless it was asked for: beside a pool it would be a way around the picker. */
export function withdrawService(workload: WorkloadNode): void {
  const own = ownService.find(workload);
  if (!own || own.asked) return;
  own.scope.node.tryRemoveChild('service');
  own.scope.node.tryRemoveChild('requests');
  workload.service = undefined;
}
