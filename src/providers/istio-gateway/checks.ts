import { MeshModel } from '../../model/mesh';
import { nameProblem } from '../../model/names';
import { CheckResult, identified, Problem } from '../../model/problem';
import { isTenantHeader } from '../inference-extension/picker-headers';

/** Istio GatewayClasses that are not Envoy edge gateways (Istio 1.31, classinfo). */
const OTHER_CLASSES = ['istio-waypoint', 'istio-east-west', 'istio-remote', 'istio-agentgateway', 'istio-agentgateway-waypoint'];

/** Reports problems of Istio gateways. */
export function checkIstioGateway(model: MeshModel, className: string): Problem[] {
  const { origin } = model.facts;
  return [...identified('AM341', otherClass(origin.path, className)), ...identified('AM236', chosenTenants(model))];
}

function otherClass(path: string, className: string): CheckResult[] {
  if (!OTHER_CLASSES.includes(className) && !nameProblem('', className)) return [];
  return [{
    path,
    message: '`gatewayClassName` of GatewayProvider.istio does not name a class of Istio gateways with Envoy',
    actual: className,
    expected: '"istio", or a custom GatewayClass of the same controller',
    fix: className === 'istio-agentgateway' ? 'use GatewayProvider.istioAgentgateway' : 'correct `gatewayClassName` of GatewayProvider.istio',
  }];
}

/**
 * Reports granted pools of a gateway that tells the endpoint picker the tenant or the priority by the claims of tokens. Callers inside the mesh
 * send no token, and could set these headers themselves.
 */
function chosenTenants({ pools, tenants }: MeshModel): CheckResult[] {
  const tenanted = new Set(tenants.map(({ pool }) => pool.gateway));
  return pools.flatMap(({ origin, name, gateway, callers }): CheckResult[] => {
    if (tenanted.has(gateway) && !callers.isEmpty) return [besideTenants(origin.path, name, gateway.name)];
    const headers = Object.keys(gateway.jwt?.claimHeaders ?? {}).filter(isTenantHeader);
    if (headers.length === 0 || callers.isEmpty) return [];
    return [{
      path: origin.path,
      message: `callers inside the mesh could choose their tenant or priority at pool ${name}, because gateway ${gateway.name} sets these headers from the claims of tokens, which such callers do not send`,
      actual: headers,
      expected: 'a gateway with these claim headers, or callers inside the mesh, not both',
      fix: 'add the pods of the models to a second pool, of a gateway with `exposure` IN_MESH, and grant that pool; or remove these headers from `claimHeaders`',
    }];
  });
}

function besideTenants(path: string, pool: string, gateway: string): CheckResult {
  return {
    path,
    message: `callers with a grant for pool ${pool} itself could choose their tenant or priority, because the inner gateway accepts these headers for the tenants of gateway ${gateway}`,
    actual: 'grants of the pool, beside tenants', expected: 'grants of tenants alone at the pools of this gateway',
    fix: 'make an InferenceTenant for these callers and grant it, or add the pool to another gateway',
  };
}
