import { MeshModel } from '../../model/mesh';
import { nameProblem } from '../../model/names';
import { identified, Problem } from '../../model/problem';

/** Istio GatewayClasses that are not Envoy edge gateways (Istio 1.31, classinfo). */
const OTHER_CLASSES = ['istio-waypoint', 'istio-east-west', 'istio-remote', 'istio-agentgateway', 'istio-agentgateway-waypoint'];

/** Reports problems of Istio gateways. */
export function checkIstioGateway({ facts: { origin } }: MeshModel, className: string): Problem[] {
  if (!OTHER_CLASSES.includes(className) && !nameProblem('', className)) return [];
  return identified('AM341', [{
    path: origin.path,
    message: 'the GatewayClass is not a class of Istio Envoy gateways',
    actual: className,
    expected: '"istio", or a custom class of the same controller',
    fix: className === 'istio-agentgateway' ? 'use GatewayProvider.istioAgentgateway' : 'correct `gatewayClassName` of GatewayProvider.istio',
  }]);
}
