import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';
import { headersOf, openEndpointsOf, RouteNode } from '../../model/route';
import { pairsAtChecks } from '../../model/route-place';

/**
 * Reports routes to boundaries with `headers` at a gateway that requires tokens, if other routes may handle the paths of their metadata. The
 * gateway accepts requests for these paths without a token, whichever route handles them.
 */
export function leakedMetadata(model: MeshModel): CheckResult[] {
  return pairsAtChecks(model, ({ paths = [], routes }) => {
    const isOpen = (route: RouteNode) => openEndpointsOf(route).some(({ path }) => paths.includes(path));
    return [routes.find(isOpen), routes.find((route) => !isOpen(route))];
  }).map(([route, beside]) => leaked(route, beside));
}

function leaked(route: RouteNode, beside: RouteNode): CheckResult {
  const { name, gateway, origin, match } = route;
  return {
    path: origin.path,
    message: `requests for the metadata of route ${name} need no token, and could reach the target of route ${beside.name}`,
    actual: { [name]: headersOf(match) },
    expected: `no \`headers\` on routes to boundaries with metadata, because gateway ${gateway.name} requires tokens`,
    fix: `remove \`headers\` of route ${name}, or give its boundary another \`path\``,
  };
}
