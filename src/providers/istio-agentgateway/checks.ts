import { MeshModel } from '../../model/mesh';
import { CheckResult, identified, Problem } from '../../model/problem';
import { RouteNode, targetsOf } from '../../model/route';
import { WorkloadNode } from '../../model/workload';
import { MeshBackend } from '../backend';

/** What only a door of agentgateway that istiod drives gets wrong. */
export function checkGateways(model: MeshModel, mesh: MeshBackend): Problem[] {
  const workloads = (route: RouteNode) => targetsOf(route).flatMap((target) => (target.kind === 'service' ? [target.workload] : []));
  return identified('AM342', [
    ...otherTrustDomain(model, mesh),
    ...model.routes.flatMap((route) => workloads(route).flatMap((workload) => [
      ...passedWaypoint(route, workload, mesh), ...uncheckedRequests(route, workload, mesh), ...unreadBreaker(route, workload, mesh),
    ])),
  ]);
}

/** istiod describes every pod to it by the default mesh configuration, so it takes pods of another domain for impostors (Istio 1.31, buildAddressCollections). */
function otherTrustDomain({ facts: { trustDomain }, gateways }: MeshModel, { gateways: { acceptedTransports } }: MeshBackend): CheckResult[] {
  if (trustDomain === 'cluster.local' || acceptedTransports.length === 0) return [];
  return gateways.map(({ origin, name }) => ({
    path: origin.path,
    message: `gateway ${name} could not call anybody: agentgateway is told that every pod is of the trust domain "cluster.local"`,
    actual: trustDomain,
    expected: '"cluster.local", or GatewayProvider.istio',
    fix: 'use GatewayProvider.istio',
  }));
}

/** It goes straight to the pods, whatever `istio.io/ingress-use-waypoint` says (agentgateway 1.0, HTTP proxy), and their floor admits the waypoint alone. */
function passedWaypoint(route: RouteNode, workload: WorkloadNode, mesh: MeshBackend): CheckResult[] {
  if (!mesh.waypoints?.isBehind(workload)) return [];
  return [{
    path: route.origin.path,
    message: `the route ${route.name} would pass by the waypoint that reads the requests to ${workload.title}`,
    actual: workload.service!.waypoint!.name,
    expected: 'workloads before which no waypoint stands, or GatewayProvider.istio',
    fix: 'use GatewayProvider.istio, which goes through the waypoint; or drop what needs one',
  }];
}

/** A sidecar takes it for TCP where the port does not say that it is HTTP, and an authorizer over HTTP is then not asked (Istio 1.31, authz builder). */
function uncheckedRequests(route: RouteNode, workload: WorkloadNode, { gateways: { acceptedTransports } }: MeshBackend): CheckResult[] {
  const { jwt, externalAuthorizer } = workload;
  const asked = [...jwt ? ['jwt'] : [], ...externalAuthorizer ? ['externalAuthorizer'] : []];
  if (!acceptedTransports.includes('mutual-tls') || asked.length === 0) return [];
  return [{
    path: route.origin.path,
    message: `the route ${route.name} leads to ${workload.title}, whose sidecars may take what agentgateway sends for TCP and check no request`,
    actual: asked,
    expected: 'workloads that ask nothing of requests, or GatewayProvider.istio',
    fix: 'use GatewayProvider.istio',
  }];
}

/** It reads no DestinationRule. */
function unreadBreaker(route: RouteNode, { title, service }: WorkloadNode, { gateways: { acceptedTransports } }: MeshBackend): CheckResult[] {
  if (!service?.circuitBreaker || acceptedTransports.length === 0) return [];
  return [{
    path: route.origin.path,
    message: `the route ${route.name} leads to ${title}, whose circuit breaker agentgateway does not know`,
    actual: service.circuitBreaker,
    expected: 'workloads without a circuit breaker, or GatewayProvider.istio',
    fix: 'use GatewayProvider.istio, or drop `circuitBreaker`',
  }];
}
