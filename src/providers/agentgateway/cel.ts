import { Item, ItemGrants, ITEM_KINDS, ItemKind } from '../../model/item-grants';
import { distinctPrincipals, Principal } from '../../model/principal';
import { SPACED_CLAIMS, TokenLimits } from '../../model/token';
import { WorkloadNode } from '../../model/workload';
import { CallerProof, ProofOf } from '../backend';

/**
 * Text in CEL (agentgateway 1.4, cel-fork): beyond ASCII as escapes, so that nothing in an expression is invisible; a pair of
 * JSON's escapes would not be read as the one character that it is.
 */
export function celString(text: string): string {
  return JSON.stringify(text.replace(/\p{Surrogate}/gu, '\ufffd')).replace(/[^\x20-\x7e]/gu, (character) => `\\U${character.codePointAt(0)!.toString(16).padStart(8, '0')}`);
}

/** Who may speak to a server at all. */
export function callersExpression({ callers, allowedOrigins, requests }: WorkloadNode, proofOf: ProofOf): string {
  const callersOf = anyOf(callers.principals, asks(proofOf, requests?.token));
  return allowedOrigins ? `(${callersOf}) && ${originIn(allowedOrigins)}` : callersOf;
}

/**
 * What callers may use, as one expression: of several in one policy any is enough (agentgateway 1.4, authorization). Who was
 * granted everything is not asked what for; of others the item must be one of theirs, of the server that has it.
 */
export function itemExpression({ requests }: WorkloadNode, grants: ItemGrants, proofOf: ProofOf): string {
  const asked = asks(proofOf, requests?.token);
  const heldBy = grants.heldByEach();
  const byCaller = distinctPrincipals(grants.askersOf()).flatMap((principal) => itemsOf(heldBy(principal)).map((items) => `${asked(principal)} && ${items}`));
  const all = [...distinctPrincipals(grants.everything.principals).map(asked), ...byCaller].map((one) => `(${one})`);
  return all.length === 0 ? 'false' : all.join(' || ');
}

/** One of the callers. Nobody is written as false. */
function anyOf(principals: readonly Principal[], asked: (principal: Principal) => string): string {
  const callers = distinctPrincipals(principals).map((principal) => `(${asked(principal)})`);
  return callers.length === 0 ? 'false' : callers.join(' || ');
}

/**
 * Whether a caller is one; where nothing was proven the fields are missing, and what cannot be evaluated is not true. Whoever
 * needs a token is asked for it here too: while the issuer's keys are unknown nobody else may be asking.
 */
export function asks(proofOf: ProofOf, everyones: TokenLimits | undefined): (principal: Principal) => string {
  return (principal) => {
    const token = principal.token ?? everyones;
    return [proven(proofOf(principal)), ...token ? tokenSays(token) : []].join(' && ');
  };
}

/** Of anyone, that something was proven at all. */
function proven(proof: CallerProof): string {
  if (proof.kind === 'header') {
    const header = `request.headers[${celString(proof.name)}]`;
    return proof.value === undefined ? `${header} != ""` : `${header} == ${celString(proof.value)}`;
  }
  if (!proof.principal) return 'source.identity.serviceAccount != ""';
  const { trustDomain, namespace, serviceAccount } = proof.principal;
  return [
    `source.identity.trustDomain == ${celString(trustDomain)}`,
    `source.identity.namespace == ${celString(namespace)}`,
    `source.identity.serviceAccount == ${celString(serviceAccount)}`,
  ].join(' && ');
}

/** A claim is its value, or a list that holds it: "in" would also find it within a longer text (agentgateway 1.4, cel-fork). */
function tokenSays({ issuer, subject, claims = {} }: TokenLimits): string[] {
  const claim = (name: string) => `jwt[${celString(name)}]`;
  return [
    `${claim('iss')} == ${celString(issuer)}`,
    ...subject === undefined ? [] : [`${claim('sub')} == ${celString(subject)}`],
    ...Object.entries(claims).map(([name, value]) => `(${holds(name, claim(name), value)})`),
  ];
}

/** Of what is no list "exists" would go over the keys; what is a list of words may be written as one text. */
function holds(name: string, claim: string, value: string): string {
  const alone = `${claim} == ${celString(value)}`;
  const isText = SPACED_CLAIMS.includes(name) ? `(type(${claim}) == string && (" " + ${claim} + " ").contains(${celString(` ${value} `)}))` : alone;
  return `${isText} || (type(${claim}) == list && ${claim}.exists(one, one == ${celString(value)}))`;
}

/** A request of no web page, or of one that is named. */
function originIn(allowed: readonly string[]): string {
  const named = allowed.length > 0 ? ` || request.headers["origin"] in [${allowed.map(celString).join(', ')}]` : '';
  return `(!("origin" in request.headers)${named})`;
}

const FIELD: Readonly<Record<ItemKind, string>> = { tool: 'mcp.tool', prompt: 'mcp.prompt', resource: 'mcp.resource' };

/** One condition for each kind and server of which a caller was granted something by name. */
function itemsOf(held: readonly Item[] | 'everything'): string[] {
  if (held === 'everything') return [];
  const targets = [...new Set(held.map(({ origin }) => origin.target))].sort();
  return ITEM_KINDS.flatMap((kind) => targets.flatMap((target) => {
    const names = held.filter((item) => item.kind === kind && item.origin.target === target).map(({ origin }) => celString(origin.name)).sort();
    const field = FIELD[kind];
    return names.length === 0 ? [] : [`has(${field}) && ${field}.target == ${celString(target)} && ${field}.name in [${names.join(', ')}]`];
  }));
}
