import { mayOverlap } from '../../model/gateway';
import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';
import { RouteNode } from '../../model/route';

/** Reports routes of a gateway that match the same requests. The gateway serves one and ignores the other without an error status. */
export function conflictingRoutes(model: MeshModel): CheckResult[] {
  const problems: CheckResult[] = [];
  const known = new Map<string, RouteNode[]>();
  const add = (route: RouteNode) => requestsOf(route).forEach((requests) => known.set(requests, [...known.get(requests) ?? [], route]));
  routesBefore(model).forEach(add);
  for (const route of model.routes) {
    const other = requestsOf(route).flatMap((requests) => known.get(requests) ?? [])
      .find(({ gateway }) => mayOverlap(gateway.listener, route.gateway.listener));
    add(route);
    if (!other) continue;
    problems.push({
      path: route.origin.path,
      message: `routes ${other.name} and ${route.name} of gateway ${route.gateway.name} match the same requests`,
      actual: { pathPrefixes: [...new Set(route.rules.map(({ pathPrefix }) => pathPrefix ?? '/'))] },
      expected: 'one route for each host, path prefix and header of a gateway',
      fix: 'set another `pathPrefix` or listener on one of them, or use a separate gateway; only canaries can match by header',
    });
  }
  return problems;
}

/** Returns the routes of existing gateways in meshes that were defined earlier, because several meshes may share an existing gateway. */
function routesBefore(model: MeshModel): RouteNode[] {
  const { meshes } = model.facts.cluster;
  const isShared = model.gateways.some(({ existingServiceAccount }) => existingServiceAccount !== undefined);
  if (!isShared) return [];
  return meshes.slice(0, meshes.indexOf(model)).flatMap(({ routes }) => routes.filter(({ gateway }) => gateway.existingServiceAccount !== undefined));
}

/** Returns the match keys of a route. Gateways treat "/v1" and "/v1/" as the same prefix. */
function requestsOf({ gateway, rules }: RouteNode): string[] {
  return gateway.hostnames.flatMap((hostname) => rules.map(({ pathPrefix, header }) => JSON.stringify([
    gateway.namespace, gateway.name, hostname, (pathPrefix ?? '/').replace(/\/+$/, ''), header?.name.toLowerCase(), header?.value,
  ])));
}
