import { ClosedPods, openedIngress } from './gateway-ingress';
import { foreignGatewayRoutes, InnerGatewayPlace } from './gateway-routes';
import { ForeignObjects } from './tree-object';
import { MeshModel } from '../../model/mesh';
import { identified, Problem } from '../../model/problem';

/** Facts of a provider about the gateways of a mesh. */
export interface GatewayKind {
  /** Gateway pods whose ingress a NetworkPolicy of the mesh restricts. */
  readonly closed: readonly ClosedPods[];
  /** Inner gateways. */
  readonly inner: readonly InnerGatewayPlace[];
}

/** Reports user-managed objects that contradict the gateways of a mesh. */
export function checkForeignGateways(model: MeshModel, foreign: ForeignObjects, { closed, inner }: GatewayKind): Problem[] {
  return [...identified('AM105', foreignGatewayRoutes(model, foreign, inner)), ...identified('AM121', openedIngress(closed, foreign))];
}
