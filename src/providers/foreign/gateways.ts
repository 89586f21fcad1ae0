import { ClosedPods, openedIngress } from './gateway-ingress';
import { foreignGatewayRoutes, InnerGatewayPlace } from './gateway-routes';
import { GatewayProxies, misstatedGateways } from './misstated-gateways';
import { foreignRewrites } from './model-rewrites';
import { ForeignObjects } from './tree-object';
import { MeshModel } from '../../model/mesh';
import { identified, Problem } from '../../model/problem';

/** Facts of a provider about the gateways of a mesh. */
export interface GatewayKind extends GatewayProxies {
  /** Gateway pods whose ingress a NetworkPolicy of the mesh restricts. */
  readonly closed: readonly ClosedPods[];
  /** Inner gateways. */
  readonly inner: readonly InnerGatewayPlace[];
}

/** Reports user-managed objects that contradict the gateways of a mesh. */
export function checkForeignGateways(model: MeshModel, foreign: ForeignObjects, { closed, inner, ...proxies }: GatewayKind): Problem[] {
  return [
    ...identified('AM105', foreignGatewayRoutes(model, foreign, inner)), ...identified('AM121', openedIngress(closed, foreign)),
    ...identified('AM124', foreignRewrites(model, foreign)), ...identified('AM123', misstatedGateways(model, foreign, proxies)),
  ];
}
