import { Reporter } from './reporter';
import { Caller, Callers } from '../model/callers';
import { MeshModel } from '../model/mesh';
import { nameProblem, serviceAccountProblem, sharedAccountProblem, trustDomainProblem } from '../model/names';
import { holderOf, principalOf, withToken } from '../model/principal';
import { TokenLimits, tokenText } from '../model/token';
import { Trait } from '../model/trait';
import { ICaller, Identity } from '../values/identity';
import { tokenCaller, TokenCallerOptions } from '../values/token-caller';

/** An agent as a caller, and its mesh; its names were checked where it was defined. */
export const agentCaller = new Trait<Caller & { readonly home: MeshModel }>('a caller');

/** Records that callers may call what is in a namespace; whom the mesh cannot tell apart from others is refused. */
export function grantTo(member: Reporter, namespace: string, callers: Callers, granted: readonly ICaller[]): void {
  for (const caller of knownCallers(member, namespace, granted)) member.model.grant(callers, caller);
}

/** Who is named in a grant of what is in a namespace; whom the mesh cannot tell apart from others, or cannot connect, is reported. */
export function knownCallers(
  member: Reporter, namespace: string, granted: readonly ICaller[], tokenOf?: (caller: ICaller) => TokenLimits | undefined,
): Caller[] {
  if (granted.length === 0) {
    member.report({ what: 'a grant names no caller', got: [], allowed: 'one caller or more', next: 'name who may call, or drop the grant' });
  }
  const known = (caller: ICaller) => knownCaller(member, namespace, caller, tokenOf);
  return granted.length === 1 ? known(granted[0]) : granted.flatMap(known);
}

function knownCaller(
  member: Reporter, namespace: string, caller: ICaller, tokenOf?: (caller: ICaller) => TokenLimits | undefined,
): Caller[] {
  const said = tokenCaller.find(caller);
  const known = said ? undefined : callerOf(member, namespace, caller);
  if (!said) return known ? [known] : [];
  const token = tokenOf?.(caller);
  if (!tokenOf) member.report({ what: 'tokens are told apart at tool servers alone', got: said.subject ?? said.claims, allowed: 'callers by identity', next: 'grant it to who carries the token' });
  return token ? tokenHolder(member, namespace, said, token) : [];
}

/** Whoever carries a token, or one caller who does. */
function tokenHolder(member: Reporter, namespace: string, { caller }: TokenCallerOptions, token: TokenLimits): Caller[] {
  const other = caller && tokenCaller.find(caller);
  if (other) {
    member.report({ what: 'a token is carried by who has another one', got: other.subject ?? other.claims, allowed: 'a `caller` by identity', next: 'state `subject` and `claims` together, in one TokenCaller' });
    return [];
  }
  if (!caller) return [{ title: `whoever has ${tokenText(token)}`, principal: holderOf(token) }];
  const known = callerOf(member, namespace, caller);
  return known ? [{ title: `${known.title} with ${tokenText(token)}`, principal: withToken(known.principal, token) }] : [];
}

function callerOf(member: Reporter, namespace: string, caller: ICaller): Caller | undefined {
  const agent = agentCaller.find(caller);
  const known = agent ? { title: agent.title, principal: agent.principal } : identityCaller(member, caller.callerIdentity);
  if (known && !isConnected(member, namespace, known, agent?.home ?? member.model)) return undefined;
  if (!known || member.model.trusts(known.principal.trustDomain)) return known;
  if (member.refuse('foreign-trust-domain', `${known.title} as a caller, of another trust domain,`, known.principal.trustDomain)) return undefined;
  const { trustDomain, trustedDomains } = member.model.facts;
  member.report({
    what: `the mesh does not trust the trust domain of ${known.title}`,
    got: known.principal.trustDomain,
    allowed: [trustDomain, ...trustedDomains].join(', '),
    next: 'add it to `trustedDomains` of the mesh that is called, if both have a common root of trust',
  });
  return undefined;
}

/** Whether calls of a caller are carried to a namespace at all: not to another cluster, nor from one data plane to another. */
function isConnected(member: Reporter, namespace: string, { title, principal }: Caller, home: MeshModel): boolean {
  const { cluster, clusterName } = member.model.facts;
  const report = (got: unknown, allowed: string) => member.report({
    what: `no data plane carries calls of ${title} to namespace ${namespace}`, got, allowed, next: 'put both into one mesh, or drop the grant',
  }, 'AM219');
  if (home.facts.cluster !== cluster) {
    report({ caller: home.facts.clusterName, callee: clusterName }, 'callers of the same cluster');
    return false;
  }
  const gap = cluster.gapBetween(principal.namespace, namespace);
  if (gap) report(gap, 'callers of the same data plane');
  return !gap;
}

function identityCaller(member: Reporter, identity: Identity): Caller | undefined {
  const { namespace, serviceAccount } = identity;
  const trustDomain = identity.trustDomain ?? member.model.facts.trustDomain;
  const shared = sharedAccountProblem(`identity ${identity}`, namespace, serviceAccount);
  const finding = nameProblem('the namespace of a caller', namespace) ?? serviceAccountProblem(serviceAccount) ?? trustDomainProblem('the trust domain of a caller', trustDomain);
  member.report(finding ?? shared, finding ? 'AM001' : 'AM218');
  return finding ?? shared ? undefined : { title: `identity ${identity}`, principal: principalOf(trustDomain, namespace, serviceAccount) };
}
