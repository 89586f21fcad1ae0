import { Caller, Callers } from '../../model/callers';
import { MeshModel } from '../../model/mesh';
import { nameProblem, serviceAccountProblem, sharedAccountProblem, trustDomainProblem } from '../../model/names';
import { holderOf, Principal, principalOf, withToken } from '../../model/principal';
import { TokenLimits, tokenText } from '../../model/token';
import { Trait } from '../../model/trait';
import { Grant } from '../../values/grant';
import { ICaller, Identity, statedIdentity } from '../../values/identity';
import { CallerReference } from '../../values/references';
import { tokenCaller, TokenCallerOptions } from '../../values/token-caller';
import { Reporter } from '../membership/reporter';

/** An agent as a caller, with its mesh. Its names were checked where it was defined. */
type AgentCaller = Caller & { readonly home: MeshModel };

const agentCaller = new Trait<AgentCaller>('an Agent');

/** Returns a reference to an agent as a caller. */
export function agentReference(agent: AgentCaller): CallerReference {
  const reference = CallerReference._of(agent.title);
  agentCaller.give(reference, agent);
  return reference;
}

/** Returns the principal that a caller has, if it is not its token alone that counts. */
export function principalOfCaller({ asCaller }: ICaller, ownTrustDomain: string): Principal | undefined {
  const said = tokenCaller.find(asCaller);
  if (said) return said.caller && principalOfCaller(said.caller, ownTrustDomain);
  const agent = agentCaller.find(asCaller);
  if (agent) return agent.principal;
  const { namespace, serviceAccount, trustDomain } = statedIdentity.of(asCaller);
  return principalOf(trustDomain ?? ownTrustDomain, namespace, serviceAccount);
}

/** A callee, as grants need it. */
export interface GrantedCallee {
  readonly title: string;
  readonly namespace: string;
  readonly callers: Callers;
}

/** Grants callers access to a callee in a namespace, and reports callers that the mesh cannot identify or connect. */
export function grantTo(member: Reporter, callee: GrantedCallee, granted: readonly ICaller[]): Grant {
  const known = knownCallers(member, callee.namespace, granted);
  for (const caller of known) member.model.grant(callee.callers, caller);
  return grantOf(callee.title, known, [], granted);
}

/** Returns a grant as its user sees it. */
export function grantOf(callee: string, known: readonly Caller[], items: readonly string[], granted: readonly ICaller[]): Grant {
  return Grant._of(callee, known.map(({ title }) => title), items, granted.length > 0 && known.length === granted.length);
}

/** Returns the callers of a grant for a callee in a namespace, and reports callers that the mesh cannot identify or connect. */
export function knownCallers(
  member: Reporter, namespace: string, granted: readonly ICaller[], tokenOf?: (caller: ICaller) => TokenLimits | undefined,
): Caller[] {
  if (granted.length === 0) {
    member.report({ message: 'the grant has no callers', actual: [], expected: 'one caller or more', fix: 'name the callers in the grant, or remove the grant' });
  }
  const known = (caller: ICaller) => knownCaller(member, namespace, caller, tokenOf);
  return granted.length === 1 ? known(granted[0]) : granted.flatMap(known);
}

function knownCaller(
  member: Reporter, namespace: string, caller: ICaller, tokenOf?: (caller: ICaller) => TokenLimits | undefined,
): Caller[] {
  const said = tokenCaller.find(caller.asCaller);
  const known = said ? undefined : callerOf(member, namespace, caller);
  if (!said) return known ? [known] : [];
  const token = tokenOf?.(caller);
  if (!tokenOf) member.report({ message: 'a grant to a TokenCaller is only possible at tool servers', actual: said.subject ?? said.claims, expected: 'callers with an identity', fix: 'grant access to the agent or identity that carries the token' });
  return token ? tokenHolder(member, namespace, said, token) : [];
}

/** Returns any caller with a token, or one named caller with the token. */
function tokenHolder(member: Reporter, namespace: string, { caller }: TokenCallerOptions, token: TokenLimits): Caller[] {
  const other = caller && tokenCaller.find(caller.asCaller);
  if (other) {
    member.report({ message: '`caller` of a TokenCaller is a TokenCaller too', actual: other.subject ?? other.claims, expected: 'an agent or identity as `caller`', fix: 'set `subject` and `claims` together in one TokenCaller' });
    return [];
  }
  if (!caller) return [{ title: `any caller with ${tokenText(token)}`, principal: holderOf(token) }];
  const known = callerOf(member, namespace, caller);
  return known ? [{ title: `${known.title} with ${tokenText(token)}`, principal: withToken(known.principal, token) }] : [];
}

function callerOf(member: Reporter, namespace: string, caller: ICaller): Caller | undefined {
  const agent = agentCaller.find(caller.asCaller);
  const known = agent ? { title: agent.title, principal: agent.principal } : identityCaller(member, statedIdentity.of(caller.asCaller));
  if (known && !isConnected(member, namespace, known, agent?.home ?? member.model)) return undefined;
  if (!known || member.model.trusts(known.principal.trustDomain)) return known;
  if (member.refuse('foreign-trust-domain', `${known.title} as a caller from another trust domain`, known.principal.trustDomain)) return undefined;
  const { trustDomain, trustedDomains } = member.model.facts;
  member.report({
    message: `the mesh does not trust the trust domain of ${known.title}`,
    actual: known.principal.trustDomain,
    expected: [trustDomain, ...trustedDomains].join(', '),
    fix: 'add it to `trustedDomains` of the callee\'s mesh, if both have a common root of trust',
  });
  return undefined;
}

/** Reports a caller in another cluster, or on another data plane than the callee, because its calls cannot get there. */
function isConnected(member: Reporter, namespace: string, { title, principal }: Caller, home: MeshModel): boolean {
  const { cluster, clusterName } = member.model.facts;
  const report = (actual: unknown, expected: string) => member.report({
    message: `no data plane connects ${title} to namespace ${namespace}`, actual, expected, fix: 'put both into one mesh, or remove the grant',
  }, 'AM219');
  if (home.facts.cluster !== cluster) {
    report({ caller: home.facts.clusterName, callee: clusterName }, 'callers in the same cluster');
    return false;
  }
  const gap = cluster.gapBetween(principal.namespace, namespace);
  if (gap) report(gap, 'callers on the same data plane');
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
