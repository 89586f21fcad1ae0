import { Membership } from './membership';
import { Caller, Callers } from '../model/callers';
import { hostnameProblem, nameProblem, serviceAccountProblem } from '../model/names';
import { principalOf } from '../model/principal';
import { Trait } from '../model/trait';
import { ICaller, Identity } from '../values/identity';

/** An agent as a caller; its names were checked where it was defined. */
export const agentCaller = new Trait<Caller>('a caller');

/** Records that callers may call, and what of it where that is told apart; whom the mesh cannot tell apart from others is refused. */
export function grantTo(member: Membership, callers: Callers, granted: readonly ICaller[], ofItem?: Callers): void {
  if (granted.length === 0) {
    member.report({ what: 'a grant names no caller', got: [], allowed: 'one caller or more', next: 'name who may call, or drop the grant' });
  }
  for (const caller of granted) {
    const known = callerOf(member, caller);
    if (!known) continue;
    member.model.grant(callers, known);
    if (ofItem) member.model.grant(ofItem, known);
  }
}

function callerOf(member: Membership, caller: ICaller): Caller | undefined {
  const known = agentCaller.find(caller) ?? identityCaller(member, caller.callerIdentity);
  if (!known || member.model.trusts(known.principal.trustDomain)) return known;
  const { trustDomain, trustedDomains } = member.model.facts;
  member.report({
    what: `the mesh does not trust the trust domain of ${known.title}`,
    got: known.principal.trustDomain,
    allowed: [trustDomain, ...trustedDomains].join(', '),
    next: 'add it to `trustedDomains` of the mesh that is called, if both have a common root of trust',
  });
  return undefined;
}

function identityCaller(member: Membership, identity: Identity): Caller | undefined {
  const { namespace, serviceAccount } = identity;
  const trustDomain = identity.trustDomain ?? member.model.facts.trustDomain;
  const finding = nameProblem('the namespace of a caller', namespace) ?? serviceAccountProblem(serviceAccount) ?? hostnameProblem(trustDomain);
  member.report(finding);
  return finding ? undefined : { title: `identity ${identity}`, principal: principalOf(trustDomain, namespace, serviceAccount) };
}
