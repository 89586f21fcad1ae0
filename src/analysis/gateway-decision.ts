import { Call, Decision, TokenSaid } from './call';
import { decide, EnforcedFacts, says } from './decision';
import { clientsOf, reachedBy } from './gateway-clients';
import { shareText } from './route-shares';
import { GatewayJwtFacts, GatewayNode, isSameGateway, mayOverlap } from '../model/gateway';
import { spellings } from '../model/header-spellings';
import { covers } from '../model/hosts';
import { MeshModel } from '../model/mesh';
import { unservedBy } from '../model/model-requests';
import { isAmong } from '../model/request-rule';
import { allowsOrigin, CorsFacts, HeaderMatch, openEndpointsOf, RouteNode, RouteRule, RouteShare } from '../model/route';
import { tokenText } from '../model/token';

/** A request to a gateway. A gateway does not authenticate the identity of clients, but may require a token. */
export interface GatewayRequest {
  readonly gateway: GatewayNode;
  /** Host in lower case, without a port. */
  readonly host: string;
  readonly method: string;
  /** Path with the query. It must be a path that proxies do not normalize before they match routes. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Returns the valid token of the request for a proxy that verifies tokens of an issuer. Undefined if the request has no such token. */
  readonly tokenAt: (issuer: string | undefined) => TokenSaid | undefined;
  readonly origin?: string;
  /** Mirrored MCP headers. Undefined if the request has none. */
  readonly mcp?: Call['mcp'];
  /** The model in the body. Undefined if any that the pool serves. */
  readonly model?: string;
}

/** Decides whether a gateway serves a request: a route must match it, and each target of the route must allow it. */
export function decideAtGateway(model: MeshModel, request: GatewayRequest, facts: EnforcedFacts): Decision {
  const { gateway, host, path } = request;
  const title = `gateway ${gateway.name}`;
  const hostnames = attached(model, gateway).flatMap((one) => one.hostnames);
  if (!hostnames.some((hostname) => covers(hostname, host))) return { allowed: false, reason: `${title} does not serve host ${host}; it serves ${[...new Set(hostnames)].join(', ')}${unknownRoutes(gateway)}` };
  const found = ruleFor(model, request);
  if (!found) return { allowed: false, reason: `no route of ${title} for path ${path.split('?')[0]} of host ${host}${unknownRoutes(gateway)}` };
  const { route, rule } = found;
  if (route.cors && isPreflight(request)) return answered(route, route.cors, request.origin!);
  const { jwt } = gateway;
  const isOpen = jwt !== undefined && ((jwt.required && isAmong(jwt.exemptPaths, path)) || isMetadata(route, request));
  const refusal = jwt && refusedToken(jwt, isOpen, request);
  if (refusal !== undefined) return { allowed: false, reason: `${title} ${refusal}` };
  const isMissing = !isOpen && isMissingClaims(route, request);
  if (isMissing) return { allowed: false, reason: `route ${route.name} of ${title} is only for clients with ${route.callers!.map(tokenText).join(', or ')}` };
  const forwarded = isPreflight(request) || (jwt && !jwt.isForwarded) ? { ...request, tokenAt: () => undefined } : request;
  const shares = rule.split.filter(({ weight }) => weight > 0);
  const isDenied = shares.map((share) => deniedBy(model, route, share, { request: forwarded, facts })).find((denial) => denial !== undefined);
  if (isDenied !== undefined) return { allowed: false, reason: `route ${route.name} of ${title} leads to ${shares.map(({ target }) => titleOf(target)).join(', ')}, but ${isDenied}` };
  return { allowed: true, reason: `route ${route.name} of ${title}: ${shares.map(({ target, weight }) => `${shareText(weight, shares)} to ${titleOf(target)}`).join(', ')}, for ${servedTo(found.route, isOpen, request)}` };
}

/** Returns whether a route is for other clients than that of the request. A token of a preflight is not read. */
function isMissingClaims({ callers, gateway }: RouteNode, request: GatewayRequest): boolean {
  const token = isPreflight(request) ? undefined : request.tokenAt(gateway.jwt?.issuer);
  return callers?.some((limits) => says(limits, token)) === false;
}

/** Returns text that names the clients of a served request. */
function servedTo(route: RouteNode, isOpen: boolean, request: GatewayRequest): string {
  const { gateway, path } = request;
  if (isOpen || isMetadata(route, request)) return `${reachedBy(gateway)}, because ${path.split('?')[0]} needs no token`;
  const clients = clientsOf(gateway, route.callers);
  return route.exact && !isPreflight(request) ? `${clients}, with what is granted to this token` : clients;
}

/** Returns whether a request is for an endpoint behind the route that clients reach before they have a token. */
function isMetadata(route: RouteNode, { method, path }: GatewayRequest): boolean {
  return openEndpointsOf(route).some((endpoint) => endpoint.path === path.split('?')[0] && endpoint.methods.includes(method));
}

/** Returns whether a request is a CORS preflight, by its method and origin. */
function isPreflight({ method, origin }: GatewayRequest): boolean {
  return method === 'OPTIONS' && origin !== undefined;
}

/** Decides a preflight that the gateway answers itself. */
function answered({ name, gateway }: RouteNode, cors: CorsFacts, origin: string): Decision {
  const title = `gateway ${gateway.name}`;
  if (!allowsOrigin(cors, origin)) return { allowed: false, reason: `route ${name} of ${title} does not allow browsers requests from origin ${origin}; allowed: ${cors.allowedOrigins.join(', ')}` };
  return { allowed: true, reason: `${title} answers preflights from origin ${origin} itself, because of \`cors\` of route ${name}; preflights reach no target of the route` };
}

/** Returns a request header that servers may mistake for the header of a claim. The gateway removes only the headers of claims themselves. */
function forgedHeader({ claimHeaders }: GatewayJwtFacts, { headers }: GatewayRequest): string | undefined {
  const forged = Object.keys(claimHeaders).flatMap(spellings);
  return Object.keys(headers).map((name) => name.toLowerCase()).find((name) => forged.includes(name));
}

/** Returns why a gateway that verifies tokens denies a request, or nothing. Verification skips preflights, so their tokens do not count. */
function refusedToken(jwt: GatewayJwtFacts, isOpen: boolean, request: GatewayRequest): string | undefined {
  const { issuer, required, exemptPaths } = jwt;
  const token = isPreflight(request) ? undefined : request.tokenAt(issuer);
  if (token && token.issuer !== issuer) return `accepts only tokens from ${issuer}`;
  const forged = forgedHeader(jwt, request);
  if (forged !== undefined) return `denies requests with header ${forged}, which servers may take for the header of a verified claim`;
  if (token || !required || isOpen) return undefined;
  const without = exemptPaths.length > 0 ? `; paths that need no token: ${exemptPaths.join(' and ')}` : '';
  return `requires a token from ${issuer}, and ${isPreflight(request) ? 'a preflight counts as a request without a token' : 'the call carries none'}${without}`;
}

/** Returns all nodes of a gateway, because several constructs may refer to one existing Gateway. */
function attached({ gateways }: MeshModel, gateway: GatewayNode): GatewayNode[] {
  return gateways.filter((one) => isSameGateway(one, gateway) && mayOverlap(one.listener, gateway.listener));
}

function unknownRoutes({ existingServiceAccount }: GatewayNode): string {
  return existingServiceAccount === undefined ? '' : '; the existing Gateway may have other routes, which this mesh does not know';
}

interface Found { readonly route: RouteNode; readonly rule: RouteRule }

/** Returns the rule that the Gateway API prefers: the most specific host, then an exact path, then the longest prefix, then the most headers. */
function ruleFor(model: MeshModel, { gateway, host, path, headers }: GatewayRequest): Found | undefined {
  const hits = attached(model, gateway).flatMap((node) => {
    const specific = Math.max(-1, ...node.hostnames.filter((hostname) => covers(hostname, host)).map(specificity));
    return specific < 0 ? [] : model.routesOf(node).flatMap((route) => route.rules.filter((rule) => matches(route, rule, path, headers))
      .map((rule) => ({ route, rule, rank: [specific, route.exact ? 1 : 0, segmentsOf(rule.pathPrefix).length, ...headerRanks(route, rule)] })));
  });
  return hits.sort((a, b) => b.rank.map((value, i) => value - a.rank[i]).find((difference) => difference !== 0) ?? 0).at(0);
}

/**
 * Returns the numbers of headers that determine precedence: first between the routes of the gateway, then between the rules that a waypoint
 * applies.
 */
function headerRanks({ match, splitAt }: RouteNode, { headers }: RouteRule): number[] {
  return [splitAt ? match.headers.length : headers.length, headers.length];
}

/** Returns a rank for the specificity of a host name. Every exact host is more specific than every wildcard. */
function specificity(hostname: string): number {
  return hostname.startsWith('*.') ? hostname.length : 1000 + hostname.length;
}

function matches({ exact }: RouteNode, { pathPrefix, headers }: RouteRule, path: string, sent: Readonly<Record<string, string>>): boolean {
  const prefix = segmentsOf(pathPrefix);
  const [asked] = path.split('?');
  const isThere = exact ? exact.all().includes(asked) : asked === prefix || asked.startsWith(`${prefix}/`);
  if (!isThere) return false;
  const isSent = (header: HeaderMatch) =>
    Object.entries(sent).some(([name, value]) => name.toLowerCase() === header.name.toLowerCase() && value === header.value);
  return headers.every(isSent);
}

/** Returns a prefix without a trailing slash, which has no effect. */
function segmentsOf(pathPrefix = '/'): string {
  return pathPrefix.replace(/\/+$/, '');
}

interface Asked { readonly request: GatewayRequest; readonly facts: EnforcedFacts }

/** Returns why the target of a share denies the request of the gateway, or nothing. */
function deniedBy(model: MeshModel, route: RouteNode, { target }: RouteShare, { request, facts }: Asked): string | undefined {
  if (target.kind === 'pool') return unservedBy(target.pool, { method: request.method, path: received(route, request.path), model: request.model }); // it authorizes only its gateway
  const { workload: callee } = target;
  if (!callee.service) return `${callee.title} has no Service`;
  const { method, path, tokenAt, origin, mcp } = request;
  const token = tokenAt(callee.jwt?.issuer);
  const call = { caller: facts.routing(route.gateway), callee, port: callee.service.port, method, path: received(route, path), token, origin, mcp };
  const { allowed, reason } = decide(model, call, facts);
  return allowed ? undefined : reason;
}

/** Returns the path that the target receives. */
function received({ match, replacePrefixMatch }: RouteNode, path: string): string {
  if (replacePrefixMatch === undefined) return path;
  const replaced = `${segmentsOf(replacePrefixMatch)}${path.slice(segmentsOf(match.pathPrefix).length)}`;
  return replaced.startsWith('/') ? replaced : `/${replaced}`;
}

function titleOf(target: RouteShare['target']): string {
  return target.kind === 'pool' ? `pool ${target.pool.name}` : target.workload.title;
}
