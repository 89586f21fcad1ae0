import { ItemGrants, ItemKind } from '../../model/item-grants';
import { distinctPrincipals, Principal } from '../../model/principal';
import { CallerProof } from '../backend';

/** Text in CEL: what JSON escapes is what CEL reads back (agentgateway 1.4, schema/cel.md). */
export function celString(text: string): string {
  // Beyond ASCII, JSON leaves characters as they are; written as escapes, nothing in an expression is invisible.
  return JSON.stringify(text).replace(/[^\x20-\x7e]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Whether a caller is one; where nothing was proven the fields are missing, and what cannot be evaluated is not true. */
export function callerIs(proof: CallerProof): string {
  if (proof.kind === 'header') return `request.headers[${celString(proof.name)}] == ${celString(proof.value)}`;
  const { trustDomain, namespace, serviceAccount } = proof.principal;
  return [
    `source.identity.trustDomain == ${celString(trustDomain)}`,
    `source.identity.namespace == ${celString(namespace)}`,
    `source.identity.serviceAccount == ${celString(serviceAccount)}`,
  ].join(' && ');
}

/** How the proxy sees a caller. */
export type ProofOf = (principal: Principal) => CallerProof;

/** A request of no web page, or of one that is named. */
export function originIn(allowed: readonly string[]): string {
  const named = allowed.length > 0 ? ` || request.headers["origin"] in [${allowed.map(celString).join(', ')}]` : '';
  return `(!("origin" in request.headers)${named})`;
}

/** One of the callers. Nobody is written as false. */
export function anyOf(principals: readonly Principal[], proofOf: ProofOf): string {
  const callers = distinctPrincipals(principals).map((principal) => `(${callerIs(proofOf(principal))})`);
  return callers.length === 0 ? 'false' : callers.join(' || ');
}

const FIELD: Readonly<Record<ItemKind, string>> = { tool: 'mcp.tool', prompt: 'mcp.prompt', resource: 'mcp.resource' };

/**
 * What callers may use, as one expression: of several in one policy any is enough (agentgateway 1.4, authorization). Who was
 * granted everything is not asked what for; of others the item must be one of theirs, on this target.
 */
export function itemExpression(target: string, grants: ItemGrants, proofOf: ProofOf): string {
  const everything = distinctPrincipals(grants.everything.principals).map((principal) => `(${callerIs(proofOf(principal))})`);
  const byCaller = distinctPrincipals(grants.all.flatMap(({ callers }) => callers.principals)).flatMap((principal) => {
    const has = grants.all.filter(({ callers }) => callers.principals.some(({ key }) => key === principal.key));
    const kinds = [...new Set(has.map(({ item }) => item.kind))];
    return kinds.map((kind) => {
      const field = FIELD[kind];
      const names = has.filter(({ item }) => item.kind === kind).map(({ item }) => celString(item.name)).sort();
      return `(${callerIs(proofOf(principal))} && has(${field}) && ${field}.target == ${celString(target)} && ${field}.name in [${names.join(', ')}])`;
    });
  });
  const all = [...everything, ...byCaller];
  return all.length === 0 ? 'false' : all.join(' || ');
}
