import { Item, ItemGrants, ITEM_KINDS, ItemKind } from '../../model/item-grants';
import { distinctPrincipals, Principal } from '../../model/principal';
import { SPACED_CLAIMS, TokenLimits } from '../../model/token';
import { WorkloadNode } from '../../model/workload';
import { CallerMatch, CallerMatcher } from '../backend';

/**
 * Returns a CEL string literal (agentgateway 1.4, cel-fork). Characters beyond ASCII are escaped, so nothing in an expression is
 * invisible. The escapes are code points, because CEL does not read a surrogate pair of JSON escapes as one character.
 */
export function celString(text: string): string {
  return JSON.stringify(text.replace(/\p{Surrogate}/gu, '\ufffd')).replace(/[^\x20-\x7e]/gu, (character) => `\\U${character.codePointAt(0)!.toString(16).padStart(8, '0')}`);
}

/** Returns the CEL expression that matches all callers with any grant for a server. */
export function callersExpression({ callers, allowedOrigins, requests }: WorkloadNode, matchOf: CallerMatcher): string {
  const callersOf = anyOf(callers.principals, asks(matchOf, requests?.token));
  return allowedOrigins ? `(${callersOf}) && ${originIn(allowedOrigins)}` : callersOf;
}

/**
 * Returns the CEL expression for the items that callers may use. It is a single expression, because agentgateway allows a request if any
 * expression of a policy matches (agentgateway 1.4, authorization). Callers that were granted everything match for every item. Other
 * callers match only for the items that they were granted, at the server of the item.
 */
export function itemExpression({ requests }: WorkloadNode, grants: ItemGrants, matchOf: CallerMatcher): string {
  const asked = asks(matchOf, requests?.token);
  const heldBy = grants.heldByEach();
  const byCaller = distinctPrincipals(grants.askersOf()).flatMap((principal) => itemsOf(heldBy(principal)).map((items) => `${asked(principal)} && ${items}`));
  const all = [...distinctPrincipals(grants.everything.principals).map(asked), ...byCaller].map((one) => `(${one})`);
  return all.length === 0 ? 'false' : all.join(' || ');
}

/** Returns the expression that matches any of the callers, or `false` without callers. */
function anyOf(principals: readonly Principal[], asked: (principal: Principal) => string): string {
  const callers = distinctPrincipals(principals).map((principal) => `(${asked(principal)})`);
  return callers.length === 0 ? 'false' : callers.join(' || ');
}

/**
 * Returns an expression that matches a caller by identity and token. For a caller without a verified identity the fields are missing. An
 * expression that cannot be evaluated does not match. A required token is part of the expression, so that no caller matches while the keys
 * of the issuer are unknown.
 */
export function asks(matchOf: CallerMatcher, everyones: TokenLimits | undefined): (principal: Principal) => string {
  return (principal) => {
    const token = principal.token ?? everyones;
    return [proven(matchOf(principal)), ...token ? tokenSays(token) : []].join(' && ');
  };
}

/** Returns the expression for the identity of a caller. For "anyone" it matches any verified identity. */
function proven(match: CallerMatch): string {
  if (match.kind === 'header') {
    const header = `request.headers[${celString(match.name)}]`;
    return match.value === undefined ? `${header} != ""` : `${header} == ${celString(match.value)}`;
  }
  if (!match.principal) return 'source.identity.serviceAccount != ""';
  const { trustDomain, namespace, serviceAccount } = match.principal;
  return [
    `source.identity.trustDomain == ${celString(trustDomain)}`,
    `source.identity.namespace == ${celString(namespace)}`,
    `source.identity.serviceAccount == ${celString(serviceAccount)}`,
  ].join(' && ');
}

/**
 * Returns the expressions for the claims of a token. A claim is one value or a list that contains it. The operator "in" is not used,
 * because it also finds the value within a longer text (agentgateway 1.4, cel-fork).
 */
function tokenSays({ issuer, subject, claims = {} }: TokenLimits): string[] {
  const claim = (name: string) => `jwt[${celString(name)}]`;
  return [
    `${claim('iss')} == ${celString(issuer)}`,
    ...subject === undefined ? [] : [`${claim('sub')} == ${celString(subject)}`],
    ...Object.entries(claims).map(([name, value]) => `(${holds(name, claim(name), value)})`),
  ];
}

/**
 * Returns the expression for one claim. The type is tested first, because "exists" iterates over the keys of a map. A claim that is a
 * list of words may also be one text with spaces.
 */
function holds(name: string, claim: string, value: string): string {
  const alone = `${claim} == ${celString(value)}`;
  const isText = SPACED_CLAIMS.includes(name) ? `(type(${claim}) == string && (" " + ${claim} + " ").contains(${celString(` ${value} `)}))` : alone;
  return `${isText} || (type(${claim}) == list && ${claim}.exists(one, one == ${celString(value)}))`;
}

/** Returns the expression for the Origin header: absent, or one of the allowed origins. */
function originIn(allowed: readonly string[]): string {
  const named = allowed.length > 0 ? ` || request.headers["origin"] in [${allowed.map(celString).join(', ')}]` : '';
  return `(!("origin" in request.headers)${named})`;
}

const FIELD: Readonly<Record<ItemKind, string>> = { tool: 'mcp.tool', prompt: 'mcp.prompt', resource: 'mcp.resource' };

/** Returns one condition for each kind of item and each server. */
function itemsOf(held: readonly Item[] | 'everything'): string[] {
  if (held === 'everything') return [];
  const targets = [...new Set(held.map(({ origin }) => origin.target))].sort();
  return ITEM_KINDS.flatMap((kind) => targets.flatMap((target) => {
    const names = held.filter((item) => item.kind === kind && item.origin.target === target).map(({ origin }) => celString(origin.name)).sort();
    const field = FIELD[kind];
    return names.length === 0 ? [] : [`has(${field}) && ${field}.target == ${celString(target)} && ${field}.name in [${names.join(', ')}]`];
  }));
}
