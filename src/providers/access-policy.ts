import { Construct } from 'constructs';
import { Caller } from '../model/callers';
import { Problem } from '../model/problem';
import { ToolServerNode } from '../model/tool-server';

// Loaded when a program asks for it: what it emits comes with generated classes.
// eslint-disable-next-line @typescript-eslint/no-require-imports
const agenticNetworking = () => require('./agentic-networking') as typeof import('./agentic-networking');

/** The grants of a tool server as kube-agentic-networking's own kind. */
export function emitAccessPolicy(scope: Construct, server: ToolServerNode, name: string, backendName: string): void {
  agenticNetworking().emitAccessPolicy(scope, server, name, backendName);
}

/** What that kind cannot say of the grants. */
export function checkAccessPolicy(server: ToolServerNode, trustDomain: string): Omit<Problem, 'path' | 'at'>[] {
  const { LIMITS, itemsOf, ruleName } = agenticNetworking();
  const { name, workload: { callers, jwt, allowedOrigins, externalAuthorizer } } = server;
  const one = (what: string, got: unknown, allowed: string) => ({ what: `the XAccessPolicy of ${name} cannot say it: ${what}`, got, allowed, next: 'enforce it by a provider, and do without the export' });
  const ofCaller = (caller: Caller) => {
    const items = itemsOf(server, caller);
    const names = items === 'everything' ? [] : items.map((item) => item.name);
    const long = names.find((text) => text.length > LIMITS.nameLength);
    const kinds = items === 'everything' ? [] : (['tool', 'prompt', 'resource'] as const).map((kind) => items.filter((item) => item.kind === kind).length);
    return [
      ...caller.principal.trustDomain === trustDomain ? [] : [one(`${caller.title} is of another trust domain`, caller.principal.trustDomain, trustDomain)],
      ...long === undefined ? [] : [one('a name is too long', long, `at most ${LIMITS.nameLength} characters`)],
      ...Math.max(0, ...kinds) > LIMITS.names ? [one(`${caller.title} was granted too many of a kind`, Math.max(...kinds), `at most ${LIMITS.names}`)] : [],
      ...ruleName(server, caller).length > LIMITS.ruleName ? [one('the name of a rule is too long', ruleName(server, caller), `at most ${LIMITS.ruleName} characters`)] : [],
    ];
  };
  const asked = Object.entries({ jwt, allowedOrigins, externalAuthorizer }).filter(([, facts]) => facts !== undefined).map(([key]) => key);
  return [
    ...asked.length === 0 ? [] : [one('more is asked of requests than who sends them', asked, 'a server that asks nothing else')],
    // What a policy without rules does is not written down.
    ...callers.isEmpty ? [one('nobody was granted anything', [], 'one caller or more')] : [],
    ...callers.all.length > LIMITS.rules ? [one('it has too many callers', callers.all.length, `at most ${LIMITS.rules}`)] : [],
    ...callers.all.flatMap(ofCaller),
  ];
}
