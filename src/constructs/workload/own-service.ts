import { Construct } from 'constructs';
import { Trait } from '../../model/trait';
import { WorkloadNode } from '../../model/workload';
import { Membership } from '../membership/membership';

/** The Service that the library created for a workload, its related objects, and whether the program requested it (`service` is true). */
export interface OwnService {
  readonly scope: Construct;
  /** Construct ids of the Service and its related objects under the scope. */
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

/** Removes the Service of a workload that a pool serves, because it would bypass the endpoint picker. Keeps it if the program requested it. */
export function withdrawService(member: Membership, workload: WorkloadNode): void {
  const own = ownService.find(workload);
  if (!own || own.asked) return;
  for (const id of own.made) own.scope.node.tryRemoveChild(id);
  for (const prop of ['circuitBreaker', 'connectionPool'] as const) {
    if (!workload.service?.[prop]) continue;
    member.report({ message: `\`${prop}\` of ${workload.title} has no effect, because its pods are in an InferencePool and so have no Service`, actual: workload.title, expected: `\`${prop}\` of an agent whose pods are in no InferencePool`, fix: `remove \`${prop}\`; the endpoint picker of the InferencePool chooses among the pods` });
  }
  workload.withdrawnService = workload.service;
  workload.service = undefined;
}
