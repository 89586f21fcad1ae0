import { Membership } from './membership';
import { Caller, Callers } from '../model/callers';
import { hostnameProblem, nameProblem, serviceAccountProblem } from '../model/names';
import { holderOf, principalOf, withToken } from '../model/principal';
import { TokenLimits, tokenText } from '../model/token';
import { Trait } from '../model/trait';
import { ICaller, Identity } from '../values/identity';
import { tokenCaller, TokenCallerOptions } from '../values/token-caller';

/** An agent as a caller; its names were checked where it was defined. */
export const agentCaller = new Trait<Caller>('a caller');

/** Records that callers may call; whom the mesh cannot tell apart from others is refused. */
export function grantTo(member: Membership, callers: Callers, granted: readonly ICaller[]): void {
  for (const caller of knownCallers(member, granted)) member.model.grant(callers, caller);
}

/** Who is named in a grant; whom the mesh cannot tell apart from others is reported. */
export function knownCallers(member: Membership, granted: readonly ICaller[], tokenOf?: (caller: ICaller) => TokenLimits | undefined): Caller[] {
  if (granted.length === 0) {
    member.report({ what: 'a grant names no caller', got: [], allowed: 'one caller or more', next: 'name who may call, or drop the grant' });
  }
  return granted.length === 1 ? knownCaller(member, granted[0], tokenOf) : granted.flatMap((caller) => knownCaller(member, caller, tokenOf));
}

function knownCaller(member: Membership, caller: ICaller, tokenOf?: (caller: ICaller) => TokenLimits | undefined): Caller[] {
  const said = tokenCaller.find(caller);
  const known = said ? undefined : callerOf(member, caller);
  if (!said) return known ? [known] : [];
  const token = tokenOf?.(caller);
  if (!tokenOf) member.report({ what: 'tokens are told apart at tool servers alone', got: said.subject ?? said.claims, allowed: 'callers by identity', next: 'grant it to who carries the token' });
  return token ? tokenHolder(member, said, token) : [];
}

/** Whoever carries a token, or one caller who does. */
function tokenHolder(member: Membership, { caller }: TokenCallerOptions, token: TokenLimits): Caller[] {
  const other = caller && tokenCaller.find(caller);
  if (other) {
    member.report({ what: 'a token is carried by who has another one', got: other.subject ?? other.claims, allowed: 'a `caller` by identity', next: 'state `subject` and `claims` together, in one TokenCaller' });
    return [];
  }
  if (!caller) return [{ title: `whoever has ${tokenText(token)}`, principal: holderOf(token) }];
  const known = callerOf(member, caller);
  return known ? [{ title: `${known.title} with ${tokenText(token)}`, principal: withToken(known.principal, token) }] : [];
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
