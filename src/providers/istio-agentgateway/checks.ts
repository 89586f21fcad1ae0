import { MeshModel } from '../../model/mesh';
import { CheckResult, identified, Problem } from '../../model/problem';
import { RouteNode, targetsOf } from '../../model/route';
import { WorkloadNode } from '../../model/workload';
import { MeshBackend } from '../backend';

/** Reports problems of agentgateway gateways that istiod deploys. */
export function checkGateways(model: MeshModel, mesh: MeshBackend): Problem[] {
  const workloads = (route: RouteNode) => targetsOf(route).flatMap((target) => (target.kind === 'service' ? [target.workload] : []));
  return identified('AM342', [
    ...otherTrustDomain(model, mesh),
    ...model.routes.flatMap((route) => workloads(route).flatMap((workload) => [
      ...passedWaypoint(route, workload, mesh), ...uncheckedRequests(route, workload, mesh), ...unreadBreaker(route, workload, mesh),
    ])),
  ]);
}

/**
 * Reports gateways in a mesh with a custom trust domain. istiod describes every pod to agentgateway with the trust domain of the default
 * mesh configuration, so agentgateway rejects pods of another domain (Istio 1.31, buildAddressCollections).
 */
function otherTrustDomain({ facts: { trustDomain }, gateways }: MeshModel, { gateways: { acceptedTransports } }: MeshBackend): CheckResult[] {
  if (trustDomain === 'cluster.local' || acceptedTransports.length === 0) return [];
  return gateways.map(({ origin, name }) => ({
    path: origin.path,
    message: `gateway ${name} cannot call any pod, because istiod tells agentgateway that every pod has the trust domain "cluster.local", and this mesh has another one`,
    actual: trustDomain,
    expected: '"cluster.local", or GatewayProvider.istio',
    fix: 'use GatewayProvider.istio',
  }));
}

/**
 * Reports routes to workloads behind a waypoint. agentgateway ignores `istio.io/ingress-use-waypoint` and calls the pods directly
 * (agentgateway 1.0, HTTP proxy), but their workload policy allows only the waypoint.
 */
function passedWaypoint(route: RouteNode, workload: WorkloadNode, mesh: MeshBackend): CheckResult[] {
  if (!mesh.waypoints?.isBehind(workload)) return [];
  return [{
    path: route.origin.path,
    message: `requests of route ${route.name} would bypass the waypoint of ${workload.title}, because this gateway calls pods directly`,
    actual: workload.service!.waypoint!.name,
    expected: 'workloads without a waypoint, or GatewayProvider.istio',
    fix: 'use GatewayProvider.istio, which routes through the waypoint; or remove the waypoint',
  }];
}

/**
 * Reports routes to workloads that require a token or an external authorizer at their sidecars. A sidecar treats the traffic as TCP if
 * the port does not declare HTTP, and then does not call an HTTP authorizer (Istio 1.31, authz builder).
 */
function uncheckedRequests(route: RouteNode, workload: WorkloadNode, { gateways: { acceptedTransports } }: MeshBackend): CheckResult[] {
  const { jwt, externalAuthorizer } = workload;
  const asked = [...jwt ? ['jwt'] : [], ...externalAuthorizer ? ['externalAuthorizer'] : []];
  if (!acceptedTransports.includes('mutual-tls') || asked.length === 0) return [];
  return [{
    path: route.origin.path,
    message: `route ${route.name} targets ${workload.title}, whose sidecars may treat traffic from agentgateway as TCP and then skip \`jwt\` and \`externalAuthorizer\``,
    actual: asked,
    expected: 'workloads without `jwt` and `externalAuthorizer`, or GatewayProvider.istio',
    fix: 'use GatewayProvider.istio',
  }];
}

/** Reports routes to workloads with a circuit breaker or limits of connections. agentgateway does not support DestinationRules. */
function unreadBreaker(route: RouteNode, { title, service }: WorkloadNode, { gateways: { acceptedTransports } }: MeshBackend): CheckResult[] {
  const asked = [...service?.circuitBreaker ? ['circuitBreaker'] : [], ...service?.connectionPool ? ['connectionPool'] : []];
  if (asked.length === 0 || acceptedTransports.length === 0) return [];
  return [{
    path: route.origin.path,
    message: `agentgateway does not support ${asked.map((one) => `\`${one}\``).join(' and ')} of ${title}, the target of route ${route.name}`,
    actual: asked,
    expected: 'workloads without `circuitBreaker` and `connectionPool`, or GatewayProvider.istio',
    fix: `use GatewayProvider.istio, or remove ${asked.map((one) => `\`${one}\``).join(' and ')}`,
  }];
}
