import { KnownLabels } from './label-selector';
import { opensIngress, openingPolicies } from './policy-views';
import { ForeignObjects } from './tree-object';
import { CheckResult } from '../../model/problem';

/** Pods whose ingress a NetworkPolicy of the mesh restricts. */
export interface ClosedPods {
  readonly title: string;
  readonly namespace: string;
  readonly known: KnownLabels;
  /** The restriction, in words. */
  readonly closedBy: string;
}

/** Reports user-managed policies that admit callers to these pods. NetworkPolicies are additive, so the one of the mesh cannot deny them. */
export function openedIngress(closed: readonly ClosedPods[], foreign: ForeignObjects): CheckResult[] {
  return openingPolicies(foreign, opensIngress).flatMap(({ object, maySelectPods }): CheckResult[] => {
    const found = closed.filter(({ namespace, known }) => maySelectPods(namespace, known));
    return found.length === 0 ? [] : [{
      path: object.path,
      message: `${object.title} allows callers that the mesh denies to connect to ${found.map(({ title }) => title).join(', ')}: network policies are additive`,
      actual: found.map(({ closedBy }) => closedBy),
      expected: 'policies that select other pods',
      fix: 'change the policy so that it does not select these pods',
    }];
  });
}
