import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';
import { RouteNode } from '../../model/route';
import { pairsAtChecks } from '../../model/route-place';
import { tokenText } from '../../model/token';

/**
 * Reports routes that may handle requests at the same paths, but allow different callers. A gateway checks tokens by path, before headers
 * select the route.
 */
export function mixedCallers(model: MeshModel): CheckResult[] {
  return pairsAtChecks(model, ({ routes }) => {
    const [first, other] = [routes[0], routes.find((one) => keyOf(one) !== keyOf(routes[0]))];
    return other && other.name < first.name ? [other, first] : [first, other];
  }).map(([one, other]) => mixed(one, other));
}

function keyOf({ callers }: RouteNode): string {
  return JSON.stringify(callers) ?? '';
}

function mixed(one: RouteNode, other: RouteNode): CheckResult {
  const allowed = ({ callers }: RouteNode) => callers?.map(tokenText) ?? 'no `callers`';
  return {
    path: other.origin.path,
    message: `routes ${one.name} and ${other.name} of gateway ${other.gateway.name} may handle the same paths, by headers, but allow different callers`,
    actual: { [one.name]: allowed(one), [other.name]: allowed(other) },
    expected: 'the same `callers` on routes that only headers tell apart, because the gateway checks tokens by path',
    fix: 'set the same `callers` on both routes, or give one of them another `pathPrefix`',
  };
}
