import { ItemKind } from '../../model/item-grants';
import { listed } from '../../model/problem';
import { TokenLimits } from '../../model/token';
import { ToolServerNode } from '../../model/tool-server';
import { Grant } from '../../values/grant';
import { ICaller } from '../../values/identity';
import { tokenCaller } from '../../values/token-caller';
import { grantOf, knownCallers } from '../grants/callers';
import { tokenLimits, tokenProblem } from '../grants/token-limits';
import { Membership } from '../membership/membership';

/** A tool server whose tools, prompts and resources can be granted. */
export interface GrantedServer {
  readonly node: ToolServerNode;
  /** Whether the `jwt` of its boundary was refused, because no provider verifies tokens. This was already reported. */
  readonly isTokenRefused: boolean;
}

/** Grants callers every tool, prompt and resource of a boundary. */
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
    member.report({ message: `the grant names a ${kind} that tool server ${name} does not declare`, actual: one, expected: listed(known), fix: `use one of these ${kind}s, or add the name to \`${kind}s\`` });
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

/** Returns whether a grant of single items is refused, because no component in the path can distinguish items. Reports it. */
function isRefused(member: Membership, { name, endpoint, mcpProxy }: ToolServerNode, kind: ItemKind, names: readonly string[]): boolean {
  const { context } = member;
  const refusal = mcpProxy ? undefined : member.refusal(endpoint.items ? 'item' : 'tool');
  if (!refusal) return false;
  member.report({
    message: `no component in the path can enforce a grant of single ${kind}s of tool server ${name}: ${refusal.reason}`,
    actual: names.length === 1 ? names[0] : names,
    expected: `grantAllTools on a mesh with ${[context.mesh.label, context.mcp?.label ?? 'no McpProvider'].join(' and ')}; or a server of MCP 2026-07-28 that rejects requests whose headers differ from their body (\`enforcesMirroredHeaders\`)`,
    fix: `use ${refusal.instead}, or grantAllTools if each caller may use every tool`,
  }, 'AM002');
  return true;
}

/** Returns the requirements of a TokenCaller on the token. If they cannot be verified, reports it and returns nothing. */
function tokenOf(member: Membership, { node: { endpoint: { jwt } }, isTokenRefused }: GrantedServer, caller: ICaller): TokenLimits | undefined {
  if (isTokenRefused) return undefined;
  const said = tokenCaller.of(caller.asCaller);
  const { subject, claims } = said;
  member.checkTexts({ subject, claims }, ' of a TokenCaller');
  const problem = jwt ? tokenProblem(said) : { message: 'the grant is for a TokenCaller, but the boundary does not verify tokens', actual: subject ?? claims, expected: 'a boundary with `jwt`', fix: 'set `jwt` on the boundary, with the issuer of the tokens' };
  member.report(problem);
  return jwt && !problem ? tokenLimits(said, jwt.issuer) : undefined;
}
