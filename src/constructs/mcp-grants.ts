import { knownCallers } from './callers';
import { Membership } from './membership';
import { ItemKind } from '../model/item-grants';
import { listed } from '../model/problem';
import { SPACED_CLAIMS, TokenLimits } from '../model/token';
import { ToolServerNode } from '../model/tool-server';
import { ICaller } from '../values/identity';
import { tokenCaller } from '../values/token-caller';

/** A server whose items are granted. */
export interface GrantedServer {
  readonly node: ToolServerNode;
  /** Whether its boundary names an issuer whose tokens nobody here verifies, which was said there. */
  readonly isTokenRefused: boolean;
}

/** Lets callers use everything that a boundary offers. */
export function grantEverything(member: Membership, server: GrantedServer, granted: readonly ICaller[]): void {
  const { door } = server.node;
  for (const caller of knownCallers(member, door.namespace, granted, (one) => tokenOf(member, server, one))) {
    member.model.grant(door.callers, caller);
    if (door.items) member.model.grant(door.items.everything, caller);
  }
}

/** Lets callers use some items of a kind, and ask which there are. */
export function grantItems(member: Membership, server: GrantedServer, kind: ItemKind, names: readonly string[], granted: readonly ICaller[]): void {
  const { name, door, items } = server.node;
  const isDeclared = (one: string) => items.some((item) => item.kind === kind && item.name === one);
  const unknown = names.filter((one) => !(door.items ? door.items.of({ kind, name: one }) : isDeclared(one)));
  for (const one of unknown) {
    const known = items.filter((item) => item.kind === kind).map((item) => item.name);
    member.report({ what: `the tool server ${name} has no such ${kind}`, got: one, allowed: listed(known), next: `name one of its ${kind}s, or add it to \`${kind}s\`` });
  }
  if (names.length === 0) member.report({ what: `a grant names no ${kind}`, got: [], allowed: `one ${kind} or more`, next: 'name what is granted, or drop the grant' });
  if (unknown.length > 0 || names.length === 0 || isRefused(member, server.node, kind, names)) return;
  const callers = knownCallers(member, door.namespace, granted, (one) => tokenOf(member, server, one));
  for (const caller of callers) {
    member.model.grant(door.callers, caller);
    for (const one of names) member.model.grant(door.items!.of({ kind, name: one })!, caller);
  }
}

/** Whether nobody here tells one item from another. */
function isRefused(member: Membership, { name, door, front }: ToolServerNode, kind: ItemKind, names: readonly string[]): boolean {
  const { context } = member;
  const refusal = front ? undefined : member.refusal(door.items ? 'item' : 'tool');
  if (!refusal) return false;
  member.report({
    what: `a grant of one ${kind} of ${name} is enforced by nobody here: ${refusal.reason}`,
    got: names.length === 1 ? names[0] : names,
    allowed: `with ${context.mesh.label} and ${context.gateway.label}: grantAllTools; or a server of MCP 2026-07-28 that refuses requests whose headers say something else than their body, which \`enforcesMirroredHeaders\` states of it`,
    next: `use ${refusal.instead} for the grant, or grantAllTools if each caller may use every tool`,
  }, 'AM002');
  return true;
}

const CLAIM = /^[A-Za-z0-9_][A-Za-z0-9_.:/-]{0,127}$/;

/** Printable, and no pattern to a policy. */
const VALUE = /^[\x20-\x7e]{1,512}$/;

/** What a token must say; nothing where that cannot be told, which is reported. */
function tokenOf(member: Membership, { node: { door: { jwt } }, isTokenRefused }: GrantedServer, caller: ICaller): TokenLimits | undefined {
  if (isTokenRefused) return undefined;
  const { subject, claims } = tokenCaller.of(caller);
  member.checkTexts({ subject, claims }, ' of a TokenCaller');
  const said = Object.entries(claims ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  const wrong = (what: string, got: unknown, allowed: string, next: string) => {
    member.report({ what, got, allowed, next });
    return undefined;
  };
  if (!jwt) return wrong('a grant by what tokens say, at a server whose tokens nobody verifies', subject ?? claims, 'a boundary with `jwt`', 'state whose tokens they are');
  if (subject === undefined && said.length === 0) return wrong('a grant to whoever has a token says nothing of the token', {}, 'a `subject`, or one or more `claims`', 'state one');
  const texts = [...subject === undefined ? [] : [subject], ...said.map(([, value]) => value)];
  if (!texts.every((text) => typeof text === 'string' && VALUE.test(text) && !text.includes('*')) || !said.every(([name]) => CLAIM.test(name))) {
    return wrong('a token cannot be told by it', subject ?? claims, 'printable ASCII without "*" in values; letters, digits, "_", ".", ":", "/" and "-" in names of claims', 'correct it');
  }
  if (said.some(([name]) => name === 'iss' || name === 'sub')) {
    return wrong('the issuer and the subject of a token are no other claims', claims, '`subject`, and the issuer that the boundary names in `jwt`', 'state it as `subject`, or drop it');
  }
  if (said.some(([name, value]) => SPACED_CLAIMS.includes(name) && value.includes(' '))) {
    return wrong('a claim of words is asked for more than one of them', claims, `one word of ${SPACED_CLAIMS.join(' or ')}`, 'grant it by one of them');
  }
  return { issuer: jwt.issuer, ...(subject !== undefined && { subject }), ...(said.length > 0 && { claims: Object.fromEntries(said) }) };
}
