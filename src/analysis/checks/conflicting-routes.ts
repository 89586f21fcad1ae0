import { mayOverlap } from '../../model/gateway';
import { append } from '../../model/lookup';
import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';
import { HeaderMatch, headersOf, placesOf, RouteNode } from '../../model/route';

/** The requests that one rule of a route matches: all requests with its host, path prefix and headers. */
interface Requests {
  readonly route: RouteNode;
  /** Header values by name in lower case. */
  readonly headers: ReadonlyMap<string, string>;
}

/** Reports routes of a gateway that match the same requests. The gateway serves one and ignores the other without an error status. */
export function conflictingRoutes(model: MeshModel): CheckResult[] {
  const known = new Map<string, Requests[]>();
  const add = (route: RouteNode) => requestsOf(route).forEach(([place, requests]) => append(known, place, requests));
  routesBefore(model).forEach(add);
  model.routes.forEach(add);
  return model.routes.flatMap((route) => {
    const other = requestsOf(route).map(([place, requests]) => conflictWith(requests, known.get(place)!)).find((one) => one !== undefined);
    return other === undefined ? [] : [{
      path: route.origin.path,
      message: `some requests match both routes ${other.name} and ${route.name} of gateway ${route.gateway.name}, and the gateway would ignore one of the routes for them`,
      actual: { ...(route.exact ? { paths: route.exact.own } : { pathPrefixes: [route.match.pathPrefix ?? '/'] }), ...statedHeaders([other, route]) },
      expected: 'routes of which no request matches two',
      fix: 'give one of them another `pathPrefix` or listener, or state the same header in both with different values; if their `headers` differ, you can also add a third route with the headers of both, for the requests that have both',
    }];
  });
}

/** Returns the headers of two routes, if either has some. */
function statedHeaders(routes: readonly RouteNode[]): object {
  const headers = routes.map(({ match }) => headersOf(match));
  return routes.some(({ match }) => match.headers.length > 0) ? { headers } : {};
}

/** Returns the first earlier route that may match the same request as this rule, if the Gateway API does not define which of the two handles it. */
function conflictWith(own: Requests, all: readonly Requests[]): RouteNode | undefined {
  const earlier = all.slice(0, all.findIndex(({ route }) => route === own.route));
  return earlier.find((other) => isAmbiguous(own, other) && mayOverlap(other.route.gateway.listener, own.route.gateway.listener)
    && !all.some((third) => decides(third, own, other)))?.route;
}

/** Returns whether one request may match the headers of both, and both have equally many headers. */
function isAmbiguous({ headers: one }: Requests, { headers: other }: Requests): boolean {
  return one.size === other.size && [...one].every(([name, value]) => (other.get(name) ?? value) === value);
}

/** Returns whether a third rule at the same listener handles every request with the headers of both, because it has more matching headers. */
function decides({ headers, route }: Requests, one: Requests, other: Requests): boolean {
  const [own, at] = [route.gateway.listener, one.route.gateway.listener];
  if (own.name !== at.name || own.port !== at.port || headers.size <= one.headers.size) return false;
  return [...headers].every(([name, value]) => (one.headers.get(name) ?? other.headers.get(name)) === value);
}

/** Returns the routes of existing gateways in meshes that were defined earlier, because several meshes may share an existing gateway. */
function routesBefore(model: MeshModel): RouteNode[] {
  const { meshes } = model.facts.cluster;
  const isShared = model.gateways.some(({ existingServiceAccount }) => existingServiceAccount !== undefined);
  if (!isShared) return [];
  return meshes.slice(0, meshes.indexOf(model)).flatMap(({ routes }) => routes.filter(({ gateway }) => gateway.existingServiceAccount !== undefined));
}

/** Returns the requests of each rule, by host and paths. Gateways treat "/v1" and "/v1/" as the same prefix. */
function requestsOf(route: RouteNode): (readonly [place: string, requests: Requests])[] {
  const { gateway } = route;
  return gateway.hostnames.flatMap((hostname) => placesOf(route).flatMap((paths) => {
    const place = JSON.stringify([gateway.namespace, gateway.name, hostname, paths]);
    return emittedHeaders(route).map((headers) => [place, { route, headers: valuesOf(headers) }] as const);
  }));
}

function valuesOf(headers: readonly HeaderMatch[]): ReadonlyMap<string, string> {
  return new Map(headers.map(({ name, value }) => [name.toLowerCase(), value]));
}

/** Returns the headers of each rule at the gateway. If a waypoint applies the rules, the gateway has only one rule. */
function emittedHeaders({ rules, match, splitAt }: RouteNode): (readonly HeaderMatch[])[] {
  return splitAt ? [match.headers] : rules.map(({ headers }) => headers);
}
