import { Decision, TokenSaid } from './call';
import { decide, EnforcedFacts } from './decision';
import { clientsOf } from './gateway-clients';
import { shareText } from './route-shares';
import { GatewayNode, mayOverlap } from '../model/gateway';
import { covers } from '../model/hosts';
import { MeshModel } from '../model/mesh';
import { RouteNode, RouteRule, RouteShare } from '../model/route';

/** A request to a gateway, whose clients it does not identify. */
export interface GatewayRequest {
  readonly gateway: GatewayNode;
  /** Host in lower case, without a port. */
  readonly host: string;
  readonly method: string;
  /** Path that no proxy rewrites before it matches routes, with the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Returns the valid token of the request where tokens of an issuer are verified. Undefined if it carries none. */
  readonly tokenAt: (issuer: string | undefined) => TokenSaid | undefined;
  readonly origin?: string;
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
  const shares = rule.split.filter(({ weight }) => weight > 0);
  const isDenied = shares.map((share) => deniedBy(model, route, share, { request, facts })).find((denial) => denial !== undefined);
  if (isDenied !== undefined) return { allowed: false, reason: `route ${route.name} of ${title} leads to ${shares.map(({ target }) => titleOf(target)).join(', ')}, but ${isDenied}` };
  return { allowed: true, reason: `route ${route.name} of ${title}: ${shares.map(({ target, weight }) => `${shareText(weight, shares)} to ${titleOf(target)}`).join(', ')}, for ${clientsOf(gateway)}` };
}

/** Returns the gateway as each construct refers to it: several may refer to one existing Gateway. */
function attached({ gateways }: MeshModel, gateway: GatewayNode): GatewayNode[] {
  return gateways.filter((one) => one.namespace === gateway.namespace && one.name === gateway.name && mayOverlap(one.listener, gateway.listener));
}

function unknownRoutes({ existingServiceAccount }: GatewayNode): string {
  return existingServiceAccount === undefined ? '' : '; routes of the existing Gateway that this mesh does not define are not known here';
}

interface Found { readonly route: RouteNode; readonly rule: RouteRule }

/** Returns the rule that the Gateway API prefers: the most specific host, then the longest path, then a rule with a header. */
function ruleFor(model: MeshModel, { gateway, host, path, headers }: GatewayRequest): Found | undefined {
  const hits = attached(model, gateway).flatMap((node) => {
    const specific = Math.max(-1, ...node.hostnames.filter((hostname) => covers(hostname, host)).map(specificity));
    return specific < 0 ? [] : model.routesOf(node).flatMap((route) => route.rules.filter((rule) => matches(rule, path, headers))
      .map((rule) => ({ route, rule, rank: [specific, segmentsOf(rule.pathPrefix).length, rule.header ? 1 : 0] })));
  });
  return hits.sort((a, b) => b.rank.map((value, i) => value - a.rank[i]).find((difference) => difference !== 0) ?? 0).at(0);
}

/** Every exact host is more specific than every wildcard. */
function specificity(hostname: string): number {
  return hostname.startsWith('*.') ? hostname.length : 1000 + hostname.length;
}

function matches({ pathPrefix, header }: RouteRule, path: string, headers: Readonly<Record<string, string>>): boolean {
  const prefix = segmentsOf(pathPrefix);
  const [asked] = path.split('?');
  const isThere = asked === prefix || asked.startsWith(`${prefix}/`);
  if (!isThere || !header) return isThere;
  return Object.entries(headers).some(([name, value]) => name.toLowerCase() === header.name.toLowerCase() && value === header.value);
}

/** Returns a prefix without the slash at its end, which makes no difference. */
function segmentsOf(pathPrefix = '/'): string {
  return pathPrefix.replace(/\/+$/, '');
}

interface Asked { readonly request: GatewayRequest; readonly facts: EnforcedFacts }

/** Returns why the target of a share denies the request of the gateway, or nothing. */
function deniedBy(model: MeshModel, { gateway }: RouteNode, { target }: RouteShare, { request, facts }: Asked): string | undefined {
  if (target.kind === 'pool') return undefined; // a pool checks nothing but the gateway
  const { workload: callee } = target;
  if (!callee.service) return `${callee.title} has no Service`;
  const { method, path, tokenAt, origin } = request;
  const call = { caller: facts.routing(gateway), callee, port: callee.service.port, method, path, token: tokenAt(callee.jwt?.issuer), origin };
  const { allowed, reason } = decide(model, call, facts);
  return allowed ? undefined : reason;
}

function titleOf(target: RouteShare['target']): string {
  return target.kind === 'pool' ? `pool ${target.pool.name}` : target.workload.title;
}
