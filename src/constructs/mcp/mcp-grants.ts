import { ItemKind } from '../../model/item-grants';
import { listed } from '../../model/problem';
import { SPACED_CLAIMS, TokenLimits } from '../../model/token';
import { ToolServerNode } from '../../model/tool-server';
import { Grant } from '../../values/grant';
import { ICaller } from '../../values/identity';
import { tokenCaller } from '../../values/token-caller';
import { grantOf, knownCallers } from '../grants/callers';
import { Membership } from '../membership/membership';

/** A server whose items can be granted. */
export interface GrantedServer {
  readonly node: ToolServerNode;
  /** Whether its boundary names a token issuer that no provider verifies, which was already reported. */
  readonly isTokenRefused: boolean;
}

/** Grants callers every item of a boundary. */
export function grantEverything(member: Membership, server: GrantedServer, granted: readonly ICaller[]): Grant {
  const { endpoint } = server.node;
  const callers = knownCallers(member, endpoint.namespace, granted, (one) => tokenOf(member, server, one));
  for (const caller of callers) {
    member.model.grant(endpoint.callers, caller);
    if (endpoint.items) member.model.grant(endpoint.items.everything, caller);
  }
  return grantOf(endpoint.title, callers, [], granted);
}

/** Grants callers some items of a kind, and permission to list the items of that kind. */
export function grantItems(member: Membership, server: GrantedServer, kind: ItemKind, names: readonly string[], granted: readonly ICaller[]): Grant {
  const { name, endpoint, items } = server.node;
  const isDeclared = (one: string) => items.some((item) => item.kind === kind && item.name === one);
  const unknown = names.filter((one) => !(endpoint.items ? endpoint.items.of({ kind, name: one }) : isDeclared(one)));
  for (const one of unknown) {
    const known = items.filter((item) => item.kind === kind).map((item) => item.name);
    member.report({ message: `the tool server ${name} has no such ${kind}`, actual: one, expected: listed(known), fix: `use one of its ${kind}s, or add the name to \`${kind}s\`` });
  }
  if (names.length === 0) member.report({ message: `the grant has no ${kind}s`, actual: [], expected: `one ${kind} or more`, fix: `name the ${kind}s in the grant, or remove the grant` });
  if (unknown.length > 0 || names.length === 0 || isRefused(member, server.node, kind, names)) return grantOf(endpoint.title, [], names, granted);
  const callers = knownCallers(member, endpoint.namespace, granted, (one) => tokenOf(member, server, one));
  for (const caller of callers) {
    member.model.grant(endpoint.callers, caller);
    for (const one of names) member.model.grant(endpoint.items!.of({ kind, name: one })!, caller);
  }
  return grantOf(endpoint.title, callers, names, granted);
}

/** Whether a grant of single items is refused, because no component in the path can tell items apart. */
function isRefused(member: Membership, { name, endpoint, mcpProxy }: ToolServerNode, kind: ItemKind, names: readonly string[]): boolean {
  const { context } = member;
  const refusal = mcpProxy ? undefined : member.refusal(endpoint.items ? 'item' : 'tool');
  if (!refusal) return false;
  member.report({
    message: `no component in the path can enforce a grant of one ${kind} of ${name}: ${refusal.reason}`,
    actual: names.length === 1 ? names[0] : names,
    expected: `grantAllTools with ${[context.mesh.label, context.mcp?.label ?? 'no McpProvider'].join(' and ')}; or a server of MCP 2026-07-28 that rejects requests whose headers differ from their body (\`enforcesMirroredHeaders\`)`,
    fix: `use ${refusal.instead} for this grant, or grantAllTools if each caller may use every tool`,
  }, 'AM002');
  return true;
}

const CLAIM = /^[A-Za-z0-9_][A-Za-z0-9_.:/-]{0,127}$/;

/** Printable text that a policy does not read as a pattern. */
const VALUE = /^[\x20-\x7e]{1,512}$/;

/** Returns what a TokenCaller requires of the token, or nothing if it cannot be verified, which is reported. */
function tokenOf(member: Membership, { node: { endpoint: { jwt } }, isTokenRefused }: GrantedServer, caller: ICaller): TokenLimits | undefined {
  if (isTokenRefused) return undefined;
  const { subject, claims } = tokenCaller.of(caller.asCaller);
  member.checkTexts({ subject, claims }, ' of a TokenCaller');
  const said = Object.entries(claims ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  const wrong = (message: string, actual: unknown, expected: string, fix: string) => {
    member.report({ message, actual, expected, fix });
    return undefined;
  };
  if (!jwt) return wrong('a TokenCaller is granted access at a server that verifies no tokens', subject ?? claims, 'a boundary with `jwt`', 'set `jwt` of the boundary to the issuer of the tokens');
  if (subject === undefined && said.length === 0) return wrong('a TokenCaller requires nothing of the token', {}, 'a `subject`, or one or more `claims`', 'set `subject` or `claims`');
  const texts = [...subject === undefined ? [] : [subject], ...said.map(([, value]) => value)];
  if (!texts.every((text) => VALUE.test(text) && !text.includes('*')) || !said.every(([name]) => CLAIM.test(name))) {
    return wrong('`subject` or `claims` of a TokenCaller cannot be matched by a policy', subject ?? claims, 'printable ASCII without "*" in values; letters, digits, "_", ".", ":", "/" and "-" in names of claims', 'correct the TokenCaller');
  }
  if (said.some(([name]) => name === 'iss' || name === 'sub')) {
    return wrong('`claims` of a TokenCaller cannot contain "iss" or "sub"', claims, '`subject` for "sub"; the issuer is the one in `jwt` of the boundary', 'use `subject`, or remove the claim');
  }
  if (said.some(([name, value]) => SPACED_CLAIMS.includes(name) && value.includes(' '))) {
    return wrong('a TokenCaller requires several words of a claim that is matched word by word', claims, `a single word for ${SPACED_CLAIMS.join(' or ')}`, 'require one of the words');
  }
  return { issuer: jwt.issuer, ...(subject !== undefined && { subject }), ...(said.length > 0 && { claims: Object.fromEntries(said) }) };
}
