import { Agent, Grant, InferenceGateway, InferencePool, McpToolBoundary } from '../../../src';
import { Drawing } from '../drawing';
import { boundaryCaller, callers } from '../draws/callers';
import { called, Expr, foreign, lit, read } from '../expr';
import { AgentVar, BoundaryVar, PoolVar } from '../plan';

/** Whether somebody can call it, now and whatever pools take over. */
export function isCallable({ mesh, versions, pooled, keepsServices }: AgentVar): boolean {
  return versions.some((version) => version.ports.length > 0 && (version.hasService ? keepsServices || !pooled.has(version) : !version.isDeployed && mesh.family !== 'sidecars'));
}

export function grantCall(on: Drawing, one: AgentVar): void {
  one.isGranted = true;
  const [{ ports }] = one.versions;
  const further = ports.slice(1).filter((port) => port !== 80 && port !== 8080); // which may be ports of the Service
  if (on.dares(further.length > 0) && on.choice({ 'Agent#grantPorts': true, 'Agent#grantCall': false })) {
    const named = on.odd([[], [1], ports], () => further);
    on.plan.add('grant', called(Agent, one.expr, 'grantPorts', lit([...named]), ...callers(on, one.mesh)));
    return;
  }
  on.plan.add('grant', said(on, called(Agent, one.expr, 'grantCall', ...callers(on, one.mesh))));
}

/** A grant, or what it says of itself. */
function said(on: Drawing, grant: Expr<Grant>): Expr<unknown> {
  return on.choice<Expr<unknown>>({
    'Agent#grantCall': grant,
    'Grant#callee': read(Grant, grant, 'callee'),
    'Grant#callers': read(Grant, grant, 'callers'),
    'Grant#items': read(Grant, grant, 'items'),
    'Grant#isAccepted': read(Grant, grant, 'isAccepted'),
    'Grant#toString': called(Grant, grant, 'toString'),
  });
}

/** Inference at a pool, or at every pool of its gateway. */
export function grantInfer(on: Drawing, { expr, gateway }: PoolVar): void {
  const who = callers(on, gateway.mesh);
  on.plan.add('grant', on.choice<Expr<unknown>>({
    'InferencePool#grantInfer': called(InferencePool, expr, 'grantInfer', ...who),
    'InferenceGateway#grantInfer': called(InferenceGateway, gateway.expr, 'grantInfer', ...who),
  }));
}

/** One of the tools, as the boundary names it to callers. */
function toolOf(on: Drawing, { expr, tools }: BoundaryVar): Expr<string> {
  const index = on.tape.below(tools);
  const all = read(McpToolBoundary, expr, 'tools');
  return foreign(`(${all.text}[${index}] ?? 'none')`, (variables) => all.make(variables)[index] ?? 'none', [all]);
}

type Granting = 'grantTools' | 'grantPrompts' | 'grantResources' | 'grantAllTools';

/** Something of a boundary, to those who can be told apart there. */
export function grantItems(on: Drawing, one: BoundaryVar): void {
  const { expr, tools, prompts, resources, hasItems } = one;
  const who = Array.from({ length: on.odd([0], () => 1 + on.tape.below(2)) }, () => boundaryCaller(on, one));
  const byName = on.dares(hasItems);
  const possible: Granting[] = ['grantAllTools', ...byName && tools > 0 ? ['grantTools' as const] : [], ...byName && prompts.length > 0 ? ['grantPrompts' as const] : [], ...byName && resources.length > 0 ? ['grantResources' as const] : []];
  const how = on.choice(Object.fromEntries(possible.map((method) => [`McpToolBoundary#${method}`, method])));
  const odd = <T>(plain: Expr<T>, strange: T) => (on.odd([true], () => false) ? lit(strange) : plain);
  switch (how) {
    case 'grantTools': return on.plan.add('grant', called(McpToolBoundary, expr, how, odd(listOf(toolOf(on, one)), on.tape.oneIn(2) ? [] : ['constructor']), ...who));
    case 'grantPrompts': return on.plan.add('grant', called(McpToolBoundary, expr, how, odd(lit([...prompts]), ['__proto__']), ...who));
    case 'grantResources': return on.plan.add('grant', called(McpToolBoundary, expr, how, odd(lit([...resources]), ['x']), ...who));
    case 'grantAllTools': return on.plan.add('grant', called(McpToolBoundary, expr, how, ...who));
  }
}

function listOf<T>(item: Expr<T>): Expr<T[]> {
  return { text: `[${item.text}]`, uses: item.uses, make: (variables) => [item.make(variables)] };
}
