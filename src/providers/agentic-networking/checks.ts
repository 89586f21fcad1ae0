import { itemsOf, ruleName } from './policy';
import { Caller } from '../../model/callers';
import { ITEM_KINDS } from '../../model/item-grants';
import { InputProblem } from '../../model/problem';
import { ToolServerNode } from '../../model/tool-server';

/** Limits of an XAccessPolicy (kube-agentic-networking 0.1, XAccessPolicy). */
const LIMITS = { rules: 10, names: 10, nameLength: 20, ruleName: 63 } as const;

/** Reports grants that an XAccessPolicy cannot express. */
export function checkAccessPolicy(server: ToolServerNode, trustDomain: string): InputProblem[] {
  const { name, targets, mcpProxy, endpoint: { callers, jwt, allowedOrigins, externalAuthorizer, rateLimit } } = server;
  const guardrails = mcpProxy?.handling.guardrails.length ? mcpProxy.handling.guardrails : undefined;
  const one = (message: string, actual: unknown, expected: string): InputProblem =>
    ({ message: `an XAccessPolicy cannot express the grants of ${name}: ${message}`, actual, expected, fix: 'remove the McpAccessPolicy; the providers of the mesh still enforce the grants' });
  const said = { jwt, allowedOrigins, externalAuthorizer, rateLimit, guardrails };
  const asked = Object.entries(said).filter(([, facts]) => facts !== undefined).map(([key]) => key);
  return [
    ...asked.length === 0 ? [] : [one('it checks only the identity of the caller, and the boundary requires more', asked, 'a boundary without these requirements')],
    ...targets.length === 1 ? [] : [one('it supports one MCP server, and the boundary has several', targets.map((target) => target.name), 'an McpToolBoundary with one server')],
    // The behaviour of a policy without rules is not documented.
    ...callers.isEmpty ? [one('no caller has a grant', [], 'at least one caller')] : [],
    ...callers.all.length > LIMITS.rules ? [one('it supports fewer callers than the boundary has', callers.all.length, `at most ${LIMITS.rules}`)] : [],
    ...callers.all.flatMap((caller) => ofCaller(server, caller, trustDomain, one)),
  ];
}

function ofCaller(
  server: ToolServerNode, caller: Caller, trustDomain: string, one: (message: string, actual: unknown, expected: string) => InputProblem,
): InputProblem[] {
  const items = itemsOf(server, caller);
  const named = items === 'everything' ? [] : items;
  const long = named.find((item) => item.name.length > LIMITS.nameLength);
  const most = Math.max(...ITEM_KINDS.map((kind) => named.filter((item) => item.kind === kind).length));
  const { principal, title } = caller;
  const name = ruleName(server, caller);
  return [
    ...principal.trustDomain === trustDomain ? [] : [one(`${title} belongs to another trust domain`, principal.trustDomain, trustDomain)],
    ...long === undefined ? [] : [one('the name of a tool, prompt or resource is too long', long.name, `at most ${LIMITS.nameLength} characters`)],
    ...most > LIMITS.names ? [one(`${title} was granted too many items of one kind`, most, `at most ${LIMITS.names}`)] : [],
    ...name.length > LIMITS.ruleName ? [one('a rule name is too long', name, `at most ${LIMITS.ruleName} characters`)] : [],
  ];
}
