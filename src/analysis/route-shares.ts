import { headersText, RouteMatch, RouteNode, RouteShare, RouteTarget } from '../model/route';

/** Returns a text for the weight of one or more targets among all targets of a rule, such as "95% of requests". */
export function shareText(own: number, all: readonly RouteShare[]): string {
  const total = all.reduce((sum, { weight }) => sum + weight, 0);
  return own === total ? 'all requests' : `${Math.round(own / total * 100)}% of requests`;
}

/** Returns text for the share of a route that a target receives. */
export function shares(route: RouteNode, is: (target: RouteTarget) => boolean): string[] {
  const { mirror, gateway, match } = route;
  const copies = mirror && is(mirror.target) ? [`gateway ${gateway.name}: copies of ${mirror.percent}% of requests${condition(match, route.replacePrefixMatch)}`] : [];
  return [...copies, ...route.rules.flatMap(({ headers, pathPrefix, split: all }) => {
    const own = all.filter(({ target }) => is(target)).reduce((sum, { weight }) => sum + weight, 0);
    return own === 0 ? [] : [`gateway ${route.gateway.name}: ${shareText(own, all)}${condition({ pathPrefix, headers }, route.replacePrefixMatch)}`];
  })];
}

/** Returns text for the requests of a rule, and for the path that replaces their prefix. */
export function condition({ pathPrefix, headers }: RouteMatch, replaced?: string): string {
  const under = pathPrefix === undefined ? '' : ` under ${pathPrefix}`;
  return `${under}${replaced === undefined ? '' : ` (received as ${replaced})`}${headers.length > 0 ? ` with ${headersText(headers)}` : ''}`;
}
