import { KnownLabels } from './label-selector';
import { opensIngress, openingPolicies } from './policy-views';
import { ForeignObjects } from './tree-object';
import { CheckResult } from '../../model/problem';

/** Pods whose ingress a NetworkPolicy of the mesh restricts. */
export interface ClosedPods {
  readonly title: string;
  readonly namespace: string;
  readonly known: KnownLabels;
  /** The restriction, as text. */
  readonly closedBy: string;
}

/**
 * Reports user-managed NetworkPolicies that allow callers to connect to these pods. NetworkPolicies are additive, so the NetworkPolicy of
 * the mesh cannot deny these callers.
 */
export function openedIngress(closed: readonly ClosedPods[], foreign: ForeignObjects): CheckResult[] {
  return openingPolicies(foreign, opensIngress).flatMap(({ object, maySelectPods }): CheckResult[] => {
    const found = closed.filter(({ namespace, known }) => maySelectPods(namespace, known));
    return found.length === 0 ? [] : [{
      path: object.path,
      message: `${object.title} allows connections to ${found.map(({ title }) => title).join(', ')} from callers that a NetworkPolicy of the mesh denies (a connection is allowed if any one policy allows it)`,
      actual: found.map(({ closedBy }) => closedBy),
      expected: 'policies that do not select these pods',
      fix: 'change the policy so that it does not select these pods',
    }];
  });
}
