import { mayOverlap } from '../../model/gateway';
import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';
import { RouteNode } from '../../model/route';

/** Of two routes for the same requests a gateway serves one and forgets the other, without any bad status. */
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
      message: `the routes ${other.name} and ${route.name} of gateway ${route.gateway.name} take the same requests`,
      actual: { pathPrefixes: [...new Set(route.rules.map(({ pathPrefix }) => pathPrefix ?? '/'))] },
      expected: 'one route for each host, path prefix and header of a gateway',
      fix: 'give one of them another `pathPrefix`, another listener, or a gateway of its own; of the routes by header only a canary can be stated',
    });
  }
  return problems;
}

/** Routes of gateways of the team, by meshes that were defined before: several meshes may use one. */
function routesBefore(model: MeshModel): RouteNode[] {
  const { meshes } = model.facts.cluster;
  const isShared = model.gateways.some(({ existingServiceAccount }) => existingServiceAccount !== undefined);
  if (!isShared) return [];
  return meshes.slice(0, meshes.indexOf(model)).flatMap(({ routes }) => routes.filter(({ gateway }) => gateway.existingServiceAccount !== undefined));
}

/** What a route takes, as a gateway tells requests apart: "/v1" and "/v1/" are one prefix. */
function requestsOf({ gateway, rules }: RouteNode): string[] {
  return gateway.hostnames.flatMap((hostname) => rules.map(({ pathPrefix, header }) => JSON.stringify([
    gateway.namespace, gateway.name, hostname, (pathPrefix ?? '/').replace(/\/+$/, ''), header?.name.toLowerCase(), header?.value,
  ])));
}
