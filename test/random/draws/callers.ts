import { ISSUER } from './demands';
import { statedName, text } from './texts';
import { Agent, AgentMesh, ICaller, Identity, IdentityGroup, IdentityOptions, TokenCaller, TokenCallerOptions } from '../../../src';
import { Drawing } from '../drawing';
import { Expr, factory, lit, read } from '../expr';
import { always, fitting, options, rarely } from '../options';
import { BoundaryVar, MeshVar } from '../plan';

/** An identity of the team, outside every mesh but where the program dares. */
export function identity(on: Drawing, mesh: MeshVar): Expr<Identity> {
  const domains = on.isBold ? ['other.example'] : mesh.trustedDomains;
  return factory(Identity, 'of', options<IdentityOptions>(on, 'IdentityOptions', {
    namespace: always(() => text(on, on.tape.pick(['ops', 'monitoring', ...on.isBold ? [mesh.namespace] : []]))),
    serviceAccount: always(() => statedName(on, 'ServiceAccount', on.tape.pick(['console', 'auditor', ...on.isBold ? ['default', 'constructor'] : []]))),
    trustDomain: rarely(() => (domains.length > 0 ? lit(on.tape.pick(domains)) : undefined)),
  }));
}

/** An agent, or an identity of the team. */
export function caller(on: Drawing, mesh: MeshVar, agents = on.plan.agents.filter((agent) => agent.mesh === mesh || on.isBold)): Expr<ICaller> {
  return agents.length > 0 && !on.tape.oneIn(4) ? on.tape.pick<Expr<Agent>>(agents.map(({ expr }) => expr)) : identity(on, mesh);
}

/** Callers of an agent: also the groups that only an agent grants to. */
export function callers(on: Drawing, mesh: MeshVar): Expr<ICaller>[] {
  const count = on.odd([0, 5], () => 1 + on.tape.below(2));
  return Array.from({ length: count }, () => (on.tape.oneIn(6) || on.isSought('Identity.allOf') || on.isSought('AgentMesh#members') ? group(on, mesh) : caller(on, mesh)));
}

function group(on: Drawing, mesh: MeshVar): Expr<IdentityGroup> {
  return on.choice<Expr<IdentityGroup>>({ 'AgentMesh#members': read(AgentMesh, mesh.expr, 'members'), 'Identity.allOf': factory(Identity, 'allOf', lit(on.odd(['', '*', 'A'], () => 'ops'))) });
}

const ODD_CLAIMS: readonly Readonly<Record<string, string>>[] = [{}, { iss: 'x' }, { scope: 'a b' }, { 'a b': 'c' }, { role: '*' }, Object.fromEntries([['__proto__', 'x']])];

/** Any caller with a token, or one caller with it. */
export function tokenCaller(on: Drawing, mesh: MeshVar): Expr<TokenCaller> {
  const hasSubject = on.tape.oneIn(2) || on.isSought('TokenCallerOptions.subject');
  return factory(TokenCaller, 'of', options<TokenCallerOptions>(on, 'TokenCallerOptions', {
    subject: fitting(() => (hasSubject ? text(on, 'alice') : undefined)),
    claims: fitting(() => (!hasSubject || on.isSought('TokenCallerOptions.claims')
      ? lit<{ [name: string]: string }>({ ...on.odd(ODD_CLAIMS, () => on.tape.pick<Record<string, string>>([{ role: 'supervisor' }, { scope: 'orders' }, { constructor: 'x' }])) }) : undefined)),
    caller: rarely(() => caller(on, mesh)),
  }));
}

/** Of a boundary: by identity, or by what tokens say where they are verified. */
export function boundaryCaller(on: Drawing, { mesh, hasTokens, isExternal }: BoundaryVar): Expr<ICaller> {
  if ((on.dares(hasTokens) && on.tape.oneIn(2)) || on.isSought('TokenCaller.of')) return tokenCaller(on, mesh);
  return isExternal && !on.isBold ? caller(on, mesh, on.plan.agents.filter((agent) => agent.mesh === mesh && agent.isConfined)) : caller(on, mesh);
}

export const TOKEN_ISSUERS = [ISSUER, 'https://other.example'];
