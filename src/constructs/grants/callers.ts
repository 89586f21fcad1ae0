import { Caller, Callers } from '../../model/callers';
import { MeshModel } from '../../model/mesh';
import { nameProblem, serviceAccountProblem, sharedAccountProblem, trustDomainProblem } from '../../model/names';
import { holderOf, namespacePrincipal, Principal, principalOf, withToken } from '../../model/principal';
import { TokenLimits, tokenText } from '../../model/token';
import { Trait } from '../../model/trait';
import { Grant } from '../../values/grant';
import { callerGroup, ICaller, Identity, statedIdentity } from '../../values/identity';
import { CallerReference } from '../../values/references';
import { tokenCaller, TokenCallerOptions } from '../../values/token-caller';
import { callingWorkload, Workload, workloadDescription } from '../../values/workload';
import { contextOf } from '../membership/mesh-context';
import { Reporter } from '../membership/reporter';

/** An agent as a caller, with its mesh. The construct of the agent has checked its names. */
type AgentCaller = Caller & { readonly home: MeshModel };

const agentCaller = new Trait<AgentCaller>('an Agent');

/** Returns the pods of a workload as a caller, or nothing if no construct of this library uses the workload yet. */
function workloadCaller(workload: Workload): AgentCaller | undefined {
  const description = workloadDescription.of(workload);
  const home = description.kind === 'bound' ? contextOf(description.node)?.model : undefined;
  if (description.kind !== 'bound' || !home) return undefined;
  const { title, namespace, serviceAccount } = description.node;
  return { title, principal: home.principal(namespace, serviceAccount), home };
}

/** Returns a reference to an agent as a caller. */
export function agentReference(agent: AgentCaller): CallerReference {
  const reference = CallerReference._of(agent.title);
  agentCaller.give(reference, agent);
  return reference;
}

/** Returns the mesh of an agent or a workload that calls. Identities belong to none. */
export function homeOfCaller({ asCaller }: ICaller): MeshModel | undefined {
  const workload = callingWorkload.find(asCaller);
  return (workload ? workloadCaller(workload) : agentCaller.find(asCaller))?.home;
}

/**
 * Returns the principal of a caller. Returns nothing for a TokenCaller without `caller`, for the members of a mesh, and for a workload that
 * no construct uses.
 */
export function principalOfCaller({ asCaller }: ICaller, ownTrustDomain: string): Principal | undefined {
  const said = tokenCaller.find(asCaller);
  if (said) return said.caller && principalOfCaller(said.caller, ownTrustDomain);
  const workload = callingWorkload.find(asCaller);
  const agent = workload ? workloadCaller(workload) : agentCaller.find(asCaller);
  if (agent) return agent.principal;
  if (workload) return undefined;
  const group = callerGroup.find(asCaller);
  if (typeof group === 'string') return namespacePrincipal(ownTrustDomain, group);
  if (group) return undefined;
  const { namespace, serviceAccount, trustDomain } = statedIdentity.of(asCaller);
  return principalOf(trustDomain ?? ownTrustDomain, namespace, serviceAccount);
}

/** What grants need to know of a callee. */
export interface GrantedCallee {
  readonly title: string;
  readonly namespace: string;
  readonly callers: Callers;
}

/** Grants callers access to a callee in a namespace, and reports callers that the mesh cannot identify or connect. */
export function grantTo(member: Reporter, { title, namespace, callers }: GrantedCallee, granted: readonly ICaller[]): Grant {
  return grantEach(member, { title, namespace, items: [] }, granted, (caller) => { member.model.grant(callers, caller); });
}

/** What a grant gives access to, and the namespace of its callee. */
export interface GrantedItems {
  readonly title: string;
  readonly namespace: string;
  readonly items: readonly string[];
}

/** Grants something to each caller, and to each member of a group. Reports callers that the mesh cannot identify or connect. */
export function grantEach(
  member: Reporter, { title, namespace, items }: GrantedItems, granted: readonly ICaller[], grant: (caller: Caller) => void,
): Grant {
  const isGroup = (caller: ICaller) => callerGroup.find(caller.asCaller) !== undefined;
  const single = granted.filter((caller) => !isGroup(caller));
  const known = single.length > 0 || granted.length === 0 ? knownCallers(member, namespace, single) : [];
  for (const caller of known) grant(caller);
  const titles = granted.filter(isGroup).flatMap(({ asCaller }) => grantToGroup(member, namespace, asCaller, grant));
  const isAccepted = granted.length > 0 && known.length + titles.length === granted.length;
  return Grant._of(title, [...known.map((caller) => caller.title), ...titles], items, isAccepted);
}

/** Grants something to each member of a group, and returns the display name of the group. Returns nothing if the group was refused. */
function grantToGroup(member: Reporter, namespace: string, reference: CallerReference, grant: (caller: Caller) => void): string[] {
  const { model } = member;
  const group = callerGroup.of(reference);
  if (typeof group !== 'string') {
    const own = group();
    const isHome = own === model;
    if (!isHome) member.report({ message: `the grant is for ${reference}, but the callee belongs to another mesh`, actual: own.facts.namespace, expected: '`members` of the AgentMesh of the callee', fix: 'grant to `Identity.allOf` for each namespace of the callers' });
    else model.grantToMembers(grant);
    return isHome ? [`${reference}`] : [];
  }
  const problem = nameProblem('the namespace of a caller', group);
  member.report(problem);
  const caller = model.namespaceCaller(group);
  if (problem || !isConnected(member, namespace, caller, model)) return [];
  grant(caller);
  return [caller.title];
}

/** Returns the `Grant` for the program. */
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
  if (callerGroup.find(caller.asCaller)) {
    member.report({ message: `the grant is for a group of callers (${caller.asCaller}), which only grantCall and grantPorts of an Agent or Backend accept`, actual: `${caller.asCaller}`, expected: 'agents and identities', fix: 'grant to the agents or identities one by one' });
    return [];
  }
  const said = tokenCaller.find(caller.asCaller);
  const known = said ? undefined : callerOf(member, namespace, caller);
  if (!said) return known ? [known] : [];
  const token = tokenOf?.(caller);
  if (!tokenOf) member.report({ message: 'only a grant of an McpToolBoundary accepts a TokenCaller', actual: said.subject ?? said.claims, expected: 'agents and identities', fix: 'grant to the agent or identity that sends the token' });
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
  const workload = callingWorkload.find(caller.asCaller);
  const agent = workload ? workloadCaller(workload) : agentCaller.find(caller.asCaller);
  if (workload && !agent) {
    member.report({ message: `${workload.title} has no identity yet, because no construct uses this workload`, actual: workload.title, expected: 'the workload of an Agent, Backend, McpToolBoundary or InferencePool that is defined before the grant', fix: 'define the construct that uses the workload before the grant' });
    return undefined;
  }
  const known = agent ? { title: agent.title, principal: agent.principal } : identityCaller(member, statedIdentity.of(caller.asCaller));
  if (known && !isConnected(member, namespace, known, agent?.home ?? member.model)) return undefined;
  if (!known || member.model.trusts(known.principal.trustDomain)) return known;
  if (member.refuse('foreign-trust-domain', `${known.title} as a caller from another trust domain`, known.principal.trustDomain)) return undefined;
  const { trustDomain, trustedDomains } = member.model.facts;
  member.report({
    message: `the mesh does not trust the trust domain of ${known.title}`,
    actual: known.principal.trustDomain,
    expected: [trustDomain, ...trustedDomains].join(', '),
    fix: 'add the trust domain to `trustedDomains` of the callee\'s mesh, if both trust domains have a common root certificate',
  });
  return undefined;
}

/** Returns whether the calls of a caller can reach the callee. Reports a caller in another cluster, or on another data plane. */
function isConnected(member: Reporter, namespace: string, { title, principal }: Caller, home: MeshModel): boolean {
  const { cluster, clusterName } = member.model.facts;
  const report = (actual: unknown, expected: string) => member.report({
    message: `${title} cannot connect to namespace ${namespace}, because caller and callee are not on the same data plane`, actual, expected, fix: 'define caller and callee in one AgentMesh, or remove the grant',
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
