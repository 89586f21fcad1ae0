import { KnownLabels } from './label-selector';
import { opensIngress, openingPolicies } from './policy-views';
import { ForeignObjects } from './tree-object';
import { CheckResult } from '../../model/problem';

/** Pods that a NetworkPolicy of the mesh closes. */
export interface ClosedPods {
  readonly title: string;
  readonly namespace: string;
  readonly known: KnownLabels;
  /** What closes them, in words. */
  readonly closedBy: string;
}

/** NetworkPolicies add up: whom another one lets in, that of the mesh does not keep out. */
export function openedIngress(closed: readonly ClosedPods[], foreign: ForeignObjects): CheckResult[] {
  if (closed.length === 0) return [];
  return openingPolicies(foreign, opensIngress).flatMap(({ object, maySelectPods }): CheckResult[] => {
    const found = closed.filter(({ namespace, known }) => maySelectPods(namespace, known));
    return found.length === 0 ? [] : [{
      path: object.path,
      message: `${object.title} lets callers in to ${found.map(({ title }) => title).join(', ')}, whom the mesh keeps out: NetworkPolicies add up`,
      actual: found.map(({ closedBy }) => closedBy),
      expected: 'policies of other pods',
      fix: 'keep the policy from selecting these pods',
    }];
  });
}
