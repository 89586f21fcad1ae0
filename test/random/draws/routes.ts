import { ofMesh, placeIn } from './places';
import { id, name, number, path, text } from './texts';
import {
  Agent, CanaryRoute, CanaryRouteOptions, CanaryRouteProps, InferenceGateway, InferenceRoute, InferenceRouteOptions, InferenceRouteProps,
  IRouteTarget, RouteOptions, RouteRetries,
} from '../../../src';
import { Feature } from '../../../src/model/feature';
import { Drawing } from '../drawing';
import { called, Expr, lit, made } from '../expr';
import { always, Draws, fitting, options, rarely } from '../options';
import { AgentVar, GatewayVar, MeshVar } from '../plan';

function retries(on: Drawing): Expr<RouteRetries> {
  return options<RouteRetries>(on, 'RouteRetries', {
    attempts: always(() => number(on, 2, 3)), codes: rarely(() => lit(on.odd([[200], [], [500.5]], () => [503, 502, 503]))),
  });
}

function routeDraws(on: Drawing, mesh: MeshVar, asked: { readonly retries: Feature; readonly timeouts: Feature }, prefix: () => string | undefined): Draws<RouteOptions> {
  return {
    name: rarely(() => lit(name(on, 'route'))),
    pathPrefix: fitting(() => {
      const own = prefix();
      return own === undefined ? undefined : path(on, own);
    }),
    retries: rarely(() => (on.dares(mesh.can(asked.retries)) ? retries(on) : undefined)),
    requestTimeoutSeconds: rarely(() => (on.dares(mesh.can(asked.timeouts)) ? number(on, 30, 600) : undefined)),
  };
}

function gatewayRoute(on: Drawing, gateway: GatewayVar): Draws<RouteOptions> {
  return routeDraws(on, gateway.mesh, { retries: 'gateway-retries', timeouts: 'gateway-timeouts' }, () => {
    const takesRest = (!gateway.hasRest && on.tape.oneIn(2)) || on.isBold;
    if (!takesRest) return on.tape.oneIn(4) ? `/${on.plan.fresh('p')}/` : `/${on.plan.fresh('p')}`;
    gateway.hasRest = true;
    return undefined;
  });
}

/** What a gateway may lead to: its pools, and versions with a Service. */
export function targets(on: Drawing, gateway: GatewayVar): Expr<IRouteTarget>[] {
  const versions = ofMesh(on, on.plan.agents, gateway.mesh).filter(({ isGuarded }) => !isGuarded || gateway.mesh.family === 'ambient' || on.isBold)
    .flatMap((agent) => agent.versions.filter((version) => (version.hasService && (agent.keepsServices || !agent.pooled.has(version))) || on.isBold)
      .map(({ expr }) => expr));
  const pools = on.plan.pools.filter((one) => one.gateway === gateway || on.isBold).map(({ expr }) => expr);
  return [...pools, ...versions];
}

/** All requests to one target; by the gateway's method, or as a construct. */
export function route(on: Drawing, gateway: GatewayVar): void {
  const all = targets(on, gateway);
  if (all.length === 0) return;
  const target = on.tape.pick(all);
  const stem = lit(id(on, 'route'));
  const draws: Draws<InferenceRouteOptions> = { ...gatewayRoute(on, gateway), target: always(() => target) };
  if (on.choice({ 'InferenceGateway#addRoute': true, 'new InferenceRoute': false })) {
    on.plan.define('route', called(InferenceGateway, gateway.expr, 'addRoute', stem, options<InferenceRouteOptions>(on, 'InferenceRouteOptions', draws)));
    return;
  }
  const place = placeIn(on, 'InferenceRouteProps', gateway.mesh);
  on.plan.define('route', made(InferenceRoute, place.scope, stem, options<InferenceRouteProps>(on, 'InferenceRouteProps', { ...draws, mesh: place.mesh, gateway: always(() => gateway.expr) })));
}

function canaryDraws(on: Drawing, common: Draws<RouteOptions>, [stable, canary]: readonly Expr<IRouteTarget>[]): Draws<CanaryRouteOptions> {
  return {
    ...common,
    stable: always(() => stable), canary: always(() => canary),
    canaryPercent: always(() => number(on, 5, 0, 100, 50)),
    header: rarely(() => lit(on.odd(['', 'host', 'a b', 'x'.repeat(300), 'Ü'], () => 'X-Beta'))),
    headerValue: rarely(() => text(on, 'yes-please')),
  };
}

export function gatewayCanary(on: Drawing, gateway: GatewayVar): void {
  const all = targets(on, gateway);
  if (all.length === 0) return;
  const two = pair(on, all);
  const stem = lit(id(on, 'canary'));
  const draws = canaryDraws(on, gatewayRoute(on, gateway), two);
  if (on.choice({ 'InferenceGateway#addCanary': true, 'new CanaryRoute': false })) {
    on.plan.canaries.push(on.plan.define('canary', called(InferenceGateway, gateway.expr, 'addCanary', stem, options<CanaryRouteOptions>(on, 'CanaryRouteOptions', draws))));
    return;
  }
  const place = placeIn(on, 'CanaryRouteProps', gateway.mesh);
  on.plan.define('canary', made(CanaryRoute, place.scope, stem, options<CanaryRouteProps>(on, 'CanaryRouteProps', {
    ...draws, mesh: place.mesh, gateway: always(() => gateway.expr), agent: rarely(() => undefined),
  })));
}

/** A split of an agent's calls inside the mesh. */
export function meshCanary(on: Drawing, agent: AgentVar): void {
  const { mesh } = agent;
  const two = pair(on, agent.versions.map(({ expr }) => expr));
  const stem = lit(id(on, 'split'));
  agent.isSplit = true;
  const draws = canaryDraws(on, routeDraws(on, mesh, { retries: 'mesh-retries', timeouts: 'mesh-timeouts' }, () => (on.tape.oneIn(3) ? '/v1' : undefined)), two);
  if (on.choice({ 'Agent#addCanary': true, 'CanaryRouteProps.agent': false })) {
    on.plan.canaries.push(on.plan.define('canary', called(Agent, agent.expr, 'addCanary', stem, options<CanaryRouteOptions>(on, 'CanaryRouteOptions', draws))));
    return;
  }
  const place = placeIn(on, 'CanaryRouteProps', mesh);
  on.plan.define('canary', made(CanaryRoute, place.scope, stem, options<CanaryRouteProps>(on, 'CanaryRouteProps', {
    ...draws, mesh: place.mesh, agent: always(() => agent.expr), gateway: rarely(() => undefined),
  })));
}

/** Two different ones, where there are two. */
function pair<T>(on: Drawing, all: readonly T[]): readonly [T, T] {
  const first = on.tape.pick(all);
  const others = on.isBold ? all : all.filter((one) => one !== first);
  return [first, others.length > 0 ? on.tape.pick(others) : first];
}
