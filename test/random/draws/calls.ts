import { caller, TOKEN_ISSUERS, tokenCaller } from './callers';
import { someMesh } from './places';
import { external, number, path, text } from './texts';
import { deploy } from './workloads';
import { Call, ICallee } from '../../../src';
import { Drawing } from '../drawing';
import { Expr, lit } from '../expr';
import { fitting, options, rarely } from '../options';

/** What can be asked about: agents, versions of them, boundaries, gateways and pools. */
export function callees(on: Drawing): Expr<ICallee>[] {
  const { agents, boundaries, gateways, pools } = on.plan;
  return [...agents.flatMap(({ expr, versions }) => [expr, ...versions.map((version) => version.expr)]), ...[...boundaries, ...gateways, ...pools].map(({ expr }) => expr)];
}

/** A question about a call: of something that the program has, or of an external host. */
export function call(on: Drawing): Expr<Call> {
  const mesh = someMesh(on);
  const all = callees(on);
  const isPlaced = all.length > 0 && !on.tape.oneIn(20);
  const isOfExternalHost = on.tape.oneIn(4);
  return options<Call>(on, 'Call', {
    callee: fitting(() => (isOfExternalHost ? undefined : isPlaced ? on.tape.pick(all) : deploy(on, { mesh, mayDemand: true }).expr)),
    caller: fitting(() => (on.tape.oneIn(isOfExternalHost ? 20 : 6) ? undefined : on.tape.oneIn(6) ? tokenCaller(on, mesh) : caller(on, mesh, on.plan.agents))),
    port: rarely(() => number(on, 80, 8000, 4191, 8080, 443)),
    sourceAddress: rarely(() => lit(on.tape.pick(['10.0.0.7', 'fd00::7', '::ffff:10.0.0.7', '10.0.0.7:80', '']))),
    host: (isOfExternalHost ? fitting : rarely)<string>(() => lit(external(on, isOfExternalHost ? undefined : ['voice.example.com', 'a.example.com', 'agent-1']))),
    headers: rarely(() => lit<{ [name: string]: string }>({ ...on.tape.pick<Record<string, string>>([{ 'x-canary': 'true' }, { 'X-Canary': 'no' }, { origin: 'x' }, { constructor: 'x' }]) })),
    path: rarely(() => path(on, '/mcp', '/v1/chat', '/health', '/metrics', '/ready', '/live', '/mcp?x=y', '')),
    method: rarely(() => text(on, on.tape.pick(['GET', 'DELETE', 'OPTIONS', 'get']))),
    origin: rarely(() => text(on, on.tape.pick(['https://desk.example.com', 'https://evil.example']))),
    model: rarely(() => lit(on.tape.pick(['model-1', 'llama', 'constructor', '']))),
    tool: rarely(() => text(on, on.tape.pick(['refund', 'find_customer', 'constructor', '__proto__', 'toString']))),
    tokenIssuer: rarely(() => lit(on.tape.pick(TOKEN_ISSUERS))),
    tokenSubject: rarely(() => text(on, 'alice')),
    tokenClaims: rarely(() => lit<{ [name: string]: string }>({ ...on.tape.pick<Record<string, string>>([{ role: 'supervisor' }, { scope: 'orders other' }, { constructor: 'x' }, Object.fromEntries([['__proto__', 'x']])]) })),
  });
}
