import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';
import { RouteNode } from '../../model/route';
import { pairsAtChecks } from '../../model/route-place';

/**
 * Reports routes with CORS at a gateway that requires tokens, beside a route without CORS for the same paths. The gateway accepts preflights
 * for these paths without a token. Without the headers of the first, or with those of the other, such a request would reach its target.
 */
export function leakedPreflights(model: MeshModel): CheckResult[] {
  return pairsAtChecks(model, ({ routes }) => [routes.find(({ cors }) => cors), routes.find(({ cors }) => !cors)])
    .map(([route, beside]) => leaked(route, beside));
}

function leaked({ name, gateway, origin }: RouteNode, beside: RouteNode): CheckResult {
  return {
    path: origin.path,
    message: `CORS preflights for route ${name} carry no token, and could reach the target of route ${beside.name}, which has the same path or one above it`,
    actual: { [name]: 'cors', [beside.name]: 'no cors' },
    expected: `\`cors\` on all routes that may handle the same path, because gateway ${gateway.name} requires tokens`,
    fix: `set \`cors\` on route ${beside.name} too, or give one of them another path`,
  };
}
