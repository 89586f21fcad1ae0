import { Membership } from './membership';
import { Caller, Callers } from '../model/callers';
import { hostnameProblem, nameProblem, serviceAccountProblem } from '../model/names';
import { Trait } from '../model/trait';
import { ICaller } from '../values/identity';

/** What people call a caller that is a construct. */
export const callerTitle = new Trait<string>('a caller');

/** Records that callers may call; whom the mesh cannot tell apart from others is refused. */
export function grantTo(member: Membership, callers: Callers, granted: readonly ICaller[]): void {
  if (granted.length === 0) {
    member.report({ what: 'a grant names no caller', got: [], allowed: 'one caller or more', next: 'name who may call, or drop the grant' });
  }
  for (const caller of granted) {
    const known = callerOf(member, caller);
    if (known) member.model.grant(callers, known);
  }
}

function callerOf(member: Membership, caller: ICaller): Caller | undefined {
  const identity = caller.callerIdentity;
  const { facts } = member.model;
  const trustDomain = identity.trustDomain ?? facts.trustDomain;
  const finding = nameProblem('the namespace of a caller', identity.namespace)
    ?? serviceAccountProblem(identity.serviceAccount)
    ?? hostnameProblem(trustDomain);
  member.report(finding);
  if (finding) return undefined;
  if (!member.model.trusts(trustDomain)) {
    member.report({
      what: `the mesh does not trust the caller's trust domain: ${identity}`, got: trustDomain,
      allowed: [facts.trustDomain, ...facts.trustedDomains].join(', '),
      next: 'add it to `trustedDomains` of the mesh that is called, if both have a common root of trust',
    });
    return undefined;
  }
  return {
    title: callerTitle.find(caller) ?? `identity ${identity}`,
    principal: { trustDomain, namespace: identity.namespace, serviceAccount: identity.serviceAccount },
  };
}
