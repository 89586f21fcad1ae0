import { boundary } from './boundaries';
import { gateway as newGateway } from './gateways';
import { ofMesh, placeIn } from './places';
import { id, name, number, path, text } from './texts';
import {
  CanaryRoute, CanaryRouteOptions, CanaryRouteProps, CanarySplit, InferenceGateway, InferenceRoute, InferenceRouteOptions, InferenceRouteProps,
  IRouteTarget, McpToolBoundary, RouteCors, RouteMirror, RouteOptions, RouteRetries, TokenCaller, TokenCallerOptions,
} from '../../../src';
import { Feature } from '../../../src/model/feature';
import { Drawing } from '../drawing';
import { called, Expr, factory, list, lit, made } from '../expr';
import { always, Draws, fitting, options, rarely } from '../options';
import { AgentVar, GatewayVar, MeshVar } from '../plan';

export function retries(on: Drawing): Expr<RouteRetries> {
  return options<RouteRetries>(on, 'RouteRetries', {
    attempts: always(() => number(on, 2, 3)), codes: rarely(() => lit(on.odd([[200], [], [500.5]], () => [503, 502, 503]))),
  });
}

const ODD_HEADERS: readonly { [name: string]: string }[] = [{ host: 'a' }, { 'a b': 'c' }, { 'x-a': '' }, { 'X-A': '1', 'x-a': '2' }];

function routeDraws(on: Drawing, mesh: MeshVar, asked: { readonly retries: Feature; readonly timeouts: Feature }, prefix: () => string | undefined, copied: () => Expr<RouteMirror> | undefined, hasTokens = false): Draws<RouteOptions> {
  const own = prefix();
  const prefixed = own !== undefined;
  return {
    name: rarely(() => lit(name(on, 'route'))),
    pathPrefix: fitting(() => (prefixed ? path(on, own) : undefined)),
    headers: rarely(() => lit(on.odd(ODD_HEADERS, () => ({ 'x-desk': on.tape.pick(['north', 'south']) })))),
    replacePrefixMatch: rarely(() => (prefixed || on.isBold ? path(on, '/', '/v1') : undefined)),
    mirror: rarely(copied),
    retries: rarely(() => (on.dares(mesh.can(asked.retries)) ? retries(on) : undefined)),
    requestTimeoutSeconds: rarely(() => (on.dares(mesh.can(asked.timeouts)) ? number(on, 30, 600) : undefined)),
    cors: rarely(() => (on.dares(mesh.can('gateway-cors')) ? cors(on) : undefined)),
    callers: rarely(() => (hasTokens || (on.isBold && on.tape.oneIn(4)) ? callers(on) : undefined)),
  };
}

/** Clients of a route, by their tokens. */
function callers(on: Drawing): Expr<TokenCaller[]> {
  const one = (subject: string | undefined) => factory(TokenCaller, 'of', options<TokenCallerOptions>(on, 'TokenCallerOptions', {
    subject: fitting(() => (subject === undefined ? undefined : text(on, subject))), caller: fitting(() => undefined),
    claims: fitting(() => (subject === undefined ? lit(on.odd<Record<string, string>>([{ iss: 'x' }, {}], () => ({ role: 'clerk' }))) : undefined)),
  }));
  return list(on.odd([[]], () => [one('alice'), ...on.tape.oneIn(2) ? [one(undefined)] : []]));
}

function cors(on: Drawing): Expr<RouteCors> {
  return options<RouteCors>(on, 'RouteCors', {
    allowedOrigins: always(() => lit(on.odd([[], ['*', 'https://a.example.com'], ['desk.example.com'], ['null']], () => ['https://desk.example.com', 'http://localhost:3000']))),
    allowedMethods: rarely(() => lit(on.odd([[], ['get']], () => ['GET', 'PUT']))),
    allowedHeaders: rarely(() => lit(on.odd([['a b'], ['']], () => ['x-user', 'Content-Type']))),
    exposedHeaders: rarely(() => lit(on.odd([['']], () => ['x-request-id']))),
    allowCredentials: rarely(() => lit(on.tape.oneIn(2))),
    maxAgeSeconds: rarely(() => number(on, 600, 1)),
  });
}

function gatewayRoute(on: Drawing, gateway: GatewayVar, own: readonly Expr<IRouteTarget>[]): Draws<RouteOptions> {
  return routeDraws(on, gateway.mesh, { retries: 'gateway-retries', timeouts: 'gateway-timeouts' }, () => {
    const takesRest = (!gateway.hasRest && on.tape.oneIn(2)) || on.isBold;
    if (!takesRest) return on.tape.oneIn(4) ? `/${on.plan.fresh('p')}/` : `/${on.plan.fresh('p')}`;
    gateway.hasRest = true;
    return undefined;
  }, () => mirror(on, gateway, own), gateway.hasTokens);
}

/** A version that gets copies: none that the route sends requests to. */
function mirror(on: Drawing, gateway: GatewayVar, targeted: readonly Expr<IRouteTarget>[]): Expr<RouteMirror> | undefined {
  const pools = new Set<unknown>(on.plan.pools.map(({ expr }) => expr));
  const others = targets(on, gateway).filter((one) => on.isBold || (!pools.has(one) && !targeted.includes(one)));
  return others.length === 0 ? undefined : options<RouteMirror>(on, 'RouteMirror', { target: always(() => on.tape.pick(others)), percent: rarely(() => number(on, 10, 100)) });
}

/** What a gateway may split requests between: its pools, and versions with a Service. */
export function targets(on: Drawing, gateway: GatewayVar): Expr<IRouteTarget>[] {
  if (gateway.isInMesh && !on.isBold) return [];
  const versions = servedAgents(on, gateway).filter(({ isGuarded, isSplit }) => !(isGuarded && isSplit) || on.isBold)
    .flatMap((agent) => agent.versions.filter((version) => (version.hasService && (agent.keepsServices || !agent.pooled.has(version))) || on.isBold)
      .map(({ expr }) => expr));
  const pools = on.plan.pools.filter((one) => one.gateway === gateway || on.isBold).map(({ expr }) => expr);
  return [...pools, ...versions];
}

/** What a route may lead to: also agents, which split requests themselves. */
function routeTargets(on: Drawing, gateway: GatewayVar): Expr<IRouteTarget>[] {
  const agents = servedAgents(on, gateway).filter(({ hasStable, keepsServices, versions, pooled }) =>
    (hasStable && versions.every((version) => version.hasService && (keepsServices || !pooled.has(version)))) || on.isBold);
  if (gateway.isInMesh && !on.isBold) return [];
  return [...targets(on, gateway), ...agents.map(({ expr }) => expr)];
}

function servedAgents(on: Drawing, { mesh }: GatewayVar): AgentVar[] {
  return ofMesh(on, on.plan.agents, mesh).filter(({ isGuarded }) => !isGuarded || mesh.family === 'ambient' || on.isBold);
}

/** All requests to one target; by the gateway's method, or as a construct. */
export function route(on: Drawing, gateway: GatewayVar): void {
  const all = routeTargets(on, gateway);
  if (all.length === 0) return;
  const target = on.tape.pick(all);
  const stem = lit(id(on, 'route'));
  const draws: Draws<InferenceRouteOptions> = { ...gatewayRoute(on, gateway, [target]), target: always(() => target) };
  if (on.choice({ 'InferenceGateway#addRoute': true, 'new InferenceRoute': false })) {
    on.plan.define('route', called(InferenceGateway, gateway.expr, 'addRoute', stem, options<InferenceRouteOptions>(on, 'InferenceRouteOptions', draws)));
    return;
  }
  const place = placeIn(on, 'InferenceRouteProps', gateway.mesh);
  on.plan.define('route', made(InferenceRoute, place.scope, stem, options<InferenceRouteProps>(on, 'InferenceRouteProps', { ...draws, mesh: place.mesh, gateway: always(() => gateway.expr) })));
}

/** Whether gateways of a mesh have routes to boundaries. */
export function mayServeTools(mesh: MeshVar): boolean {
  return mesh.can('gateway-route') && mesh.can('tool-tokens') && (mesh.readsMcp ? mesh.family !== 'migration' : mesh.can('gateway-jwt') && mesh.trustedDomains.length === 0);
}

/** A route to a boundary, and what is granted to the token of a client; with a gateway and a boundary, where there are none yet. */
export function serverRoute(on: Drawing, mesh: MeshVar): void {
  const { plan } = on;
  const gateways = () => plan.gateways.filter((one) => (one.mesh === mesh && !one.hasTokens && !one.hasServer && !one.isInMesh) || on.isBold);
  const servers = () => plan.boundaries.filter((one) => (one.mesh === mesh && one.hasTokens && !one.hasAddress && (mesh.readsMcp || !one.isExternal)) || on.isBold);
  if (gateways().length === 0) newGateway(on, mesh);
  if (servers().length === 0) boundary(on, mesh, true);
  const [free, proven] = [gateways(), servers()];
  if (free.length === 0 || proven.length === 0) return; // the new gateway takes tokens itself
  const [at, server] = [on.tape.pick(free), on.tape.pick(proven)];
  at.hasServer = true;
  const { cors: stated, ...draws } = routeDraws(on, mesh, { retries: 'gateway-retries', timeouts: 'gateway-timeouts' }, () => (on.isBold ? '/p' : undefined), () => undefined);
  const client = options<TokenCallerOptions>(on, 'TokenCallerOptions', { subject: always(() => text(on, 'alice')), claims: fitting(() => undefined), caller: fitting(() => undefined) });
  plan.add('grant', called(McpToolBoundary, server.expr, 'grantAllTools', factory(TokenCaller, 'of', client)));
  plan.define('route', called(InferenceGateway, at.expr, 'addRoute', lit(id(on, 'route')), options<InferenceRouteOptions>(on, 'InferenceRouteOptions', {
    ...draws, replacePrefixMatch: rarely(() => (on.isBold ? path(on, '/', '/v1') : undefined)), cors: server.hasOrigins && !on.isBold ? rarely(() => undefined) : stated, target: always(() => server.expr),
  })));
}

/** How a canary splits requests. */
export function splitDraws(on: Drawing): Draws<CanarySplit> {
  return {
    percent: always(() => number(on, 5, 0, 100, 50)),
    header: rarely(() => lit(on.odd(['', 'host', 'a b', 'x'.repeat(300), 'Ü'], () => 'X-Beta'))),
    headerValue: rarely(() => text(on, 'yes-please')),
  };
}

function canaryDraws(on: Drawing, common: Draws<RouteOptions>, [stable, canary]: readonly Expr<IRouteTarget>[]): Draws<CanaryRouteOptions> {
  return { ...common, ...splitDraws(on), stable: always(() => stable), canary: always(() => canary) };
}

export function gatewayCanary(on: Drawing, gateway: GatewayVar): void {
  const all = targets(on, gateway);
  if (all.length === 0) return;
  const two = pair(on, all);
  const stem = lit(id(on, 'canary'));
  const draws = canaryDraws(on, gatewayRoute(on, gateway, two), two);
  if (on.choice({ 'InferenceGateway#addCanary': true, 'new CanaryRoute': false })) {
    on.plan.canaries.push(on.plan.define('canary', called(InferenceGateway, gateway.expr, 'addCanary', stem, options<CanaryRouteOptions>(on, 'CanaryRouteOptions', draws))));
    return;
  }
  const place = placeIn(on, 'CanaryRouteProps', gateway.mesh);
  on.plan.define('canary', made(CanaryRoute, place.scope, stem, options<CanaryRouteProps>(on, 'CanaryRouteProps', {
    ...draws, mesh: place.mesh, gateway: always(() => gateway.expr),
  })));
}

/** Two different ones, where there are two. */
function pair<T>(on: Drawing, all: readonly T[]): readonly [T, T] {
  const first = on.tape.pick(all);
  const others = on.isBold ? all : all.filter((one) => one !== first);
  return [first, others.length > 0 ? on.tape.pick(others) : first];
}
