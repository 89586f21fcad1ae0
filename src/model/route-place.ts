import { GatewayNode } from './gateway';
import { MeshModel } from './mesh';
import { pathPrefixOf, RouteNode } from './route';

/** Paths of a gateway at which the same routes may handle requests. Headers decide between the routes. */
export interface RoutePlace {
  /** Paths, exact or ending in `/*`. Every path if undefined. */
  readonly paths?: readonly string[];
  /** Paths that are excluded, because other routes handle them. */
  readonly notPaths: readonly string[];
  readonly routes: readonly RouteNode[];
}

/** Returns the places of the routes of a gateway. Together they contain each path that a route handles once. */
export function placesAt(routes: readonly RouteNode[]): RoutePlace[] {
  const exact = [...new Set(routes.flatMap((route) => route.exact?.all() ?? []))].sort();
  const prefixed = routes.filter((route) => !route.exact);
  const prefixes = [...new Set(prefixed.map(pathPrefixOf))].sort();
  const above = (path: string) => prefixes.filter((prefix) => path === prefix || path.startsWith(`${prefix}/`)).reverse()
    .map((prefix) => prefixed.filter((route) => pathPrefixOf(route) === prefix));
  return [
    ...prefixes.map((prefix): RoutePlace => ({
      ...(prefix !== '' && { paths: below(prefix) }), notPaths: pathsBelow(prefix, prefixes, exact), routes: untilCertain(above(prefix)),
    })),
    ...exact.map((path): RoutePlace => ({
      paths: [path], notPaths: [], routes: untilCertain([routes.filter((route) => route.exact?.all().includes(path)), ...above(path)]),
    })),
  ];
}

/** Returns the places of a gateway at which it checks tokens; none if clients need no token there. */
function checkedPlaces(model: MeshModel, gateway: GatewayNode): RoutePlace[] {
  const routes = model.routesOf(gateway);
  const isChecked = gateway.jwt?.required === true || routes.some(({ callers }) => callers);
  return isChecked ? placesAt(routes) : [];
}

/**
 * Returns the pairs of routes that are found in the places at which gateways check tokens, each pair once. A gateway checks tokens by path,
 * before headers select the route.
 */
export function pairsAtChecks(
  model: MeshModel, find: (place: RoutePlace) => readonly [RouteNode | undefined, RouteNode | undefined],
): (readonly [RouteNode, RouteNode])[] {
  return model.gateways.flatMap((gateway) => {
    const pairs = checkedPlaces(model, gateway).flatMap((place) => {
      const [one, other] = find(place);
      return one && other ? [[one, other] as const] : [];
    });
    return [...new Map(pairs.map((pair) => [pair.map(({ name }) => name).join(' '), pair])).values()];
  });
}

/** Returns the paths below a prefix that other routes of the gateway handle before it. */
export function pathsBelow(own: string, prefixes: readonly string[], exact: readonly string[]): string[] {
  const deeper = [...new Set(prefixes)].filter((prefix) => prefix !== own && prefix.startsWith(`${own}/`)).sort();
  return [...deeper.flatMap(below), ...[...new Set(exact)].filter((path) => path === own || path.startsWith(`${own}/`)).sort()];
}

/** Returns the paths of a prefix: itself, and everything below it. */
export function below(prefix: string): string[] {
  return [prefix, `${prefix}/*`];
}

/** Returns the routes of the most specific paths first, up to those of which one needs no headers: no request passes it. */
function untilCertain(bySpecificity: readonly (readonly RouteNode[])[]): RouteNode[] {
  const last = bySpecificity.findIndex((routes) => routes.some(({ match }) => match.headers.length === 0));
  return bySpecificity.slice(0, last < 0 ? undefined : last + 1).flat();
}
