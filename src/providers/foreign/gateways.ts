import { ClosedPods, openedIngress } from './gateway-ingress';
import { foreignGatewayRoutes, InnerGatewayPlace } from './gateway-routes';
import { ForeignObjects } from './tree-object';
import { MeshModel } from '../../model/mesh';
import { identified, Problem } from '../../model/problem';

/** What a provider knows of the gateways of a mesh beside the model. */
export interface GatewayKind {
  /** Pods of gateways that a NetworkPolicy of the mesh closes. */
  readonly closed: readonly ClosedPods[];
  /** Gateways between those for clients and pools. */
  readonly inner: readonly InnerGatewayPlace[];
}

/** What the team's own objects contradict of the gateways of a mesh. */
export function checkForeignGateways(model: MeshModel, foreign: ForeignObjects, { closed, inner }: GatewayKind): Problem[] {
  return [...identified('AM105', foreignGatewayRoutes(model, foreign, inner)), ...identified('AM121', openedIngress(closed, foreign))];
}
