import { itemsOf, ruleName } from './policy';
import { Caller } from '../../model/callers';
import { ITEM_KINDS } from '../../model/item-grants';
import { InputProblem } from '../../model/problem';
import { ToolServerNode } from '../../model/tool-server';

/** What one kube-agentic-networking policy can say (kube-agentic-networking 0.1, XAccessPolicy). */
const LIMITS = { rules: 10, names: 10, nameLength: 20, ruleName: 63 } as const;

/** What that kind cannot say of the grants. */
export function checkAccessPolicy(server: ToolServerNode, trustDomain: string): InputProblem[] {
  const { name, targets, mcpProxy, endpoint: { callers, jwt, allowedOrigins, externalAuthorizer, rateLimit } } = server;
  const guardrails = mcpProxy?.handling.guardrails.length ? mcpProxy.handling.guardrails : undefined;
  const one = (message: string, actual: unknown, expected: string): InputProblem =>
    ({ message: `the XAccessPolicy of ${name} cannot say it: ${message}`, actual, expected, fix: 'enforce it by a provider, and do without the export' });
  const said = { jwt, allowedOrigins, externalAuthorizer, rateLimit, guardrails };
  const asked = Object.entries(said).filter(([, facts]) => facts !== undefined).map(([key]) => key);
  return [
    ...asked.length === 0 ? [] : [one('more is asked of requests than who sends them', asked, 'a server that asks nothing else')],
    ...targets.length === 1 ? [] : [one('it is for one server', targets.map((target) => target.name), 'a boundary of one server')],
    // What a policy without rules does is not written down.
    ...callers.isEmpty ? [one('nobody was granted anything', [], 'one caller or more')] : [],
    ...callers.all.length > LIMITS.rules ? [one('it has too many callers', callers.all.length, `at most ${LIMITS.rules}`)] : [],
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
    ...principal.trustDomain === trustDomain ? [] : [one(`${title} is of another trust domain`, principal.trustDomain, trustDomain)],
    ...long === undefined ? [] : [one('a name is too long', long.name, `at most ${LIMITS.nameLength} characters`)],
    ...most > LIMITS.names ? [one(`${title} was granted too many of a kind`, most, `at most ${LIMITS.names}`)] : [],
    ...name.length > LIMITS.ruleName ? [one('the name of a rule is too long', name, `at most ${LIMITS.ruleName} characters`)] : [],
  ];
}
