import { MeshModel } from '../../model/mesh';
import { nameProblem } from '../../model/names';
import { identified, Problem } from '../../model/problem';

/** Classes of Istio that are something else than an Envoy at the edge (Istio 1.31, classinfo). */
const OTHER_CLASSES = ['istio-waypoint', 'istio-east-west', 'istio-remote', 'istio-agentgateway', 'istio-agentgateway-waypoint'];

/** What only Istio's own gateway gets wrong. */
export function checkIstioGateway({ facts: { origin } }: MeshModel, className: string): Problem[] {
  if (!OTHER_CLASSES.includes(className) && !nameProblem('', className)) return [];
  return identified('AM341', [{
    path: origin.path,
    message: 'the GatewayClass is not one of Istio\'s Envoy gateways',
    actual: className,
    expected: '"istio", or a class of your own of the same controller',
    fix: className === 'istio-agentgateway' ? 'use GatewayProvider.istioAgentgateway' : 'correct `gatewayClassName` of GatewayProvider.istio',
  }]);
}
