import { Construct } from 'constructs';
import { compileServiceRoute, compileTraffic } from './service-route';
import { HttpRoute, HttpRouteSpec } from '../../../imports/gateway.networking.k8s.io';
import { DestinationRule, DestinationRuleSpec } from '../../../imports/networking.istio.io';
import { MeshRouteNode } from '../../model/mesh-route';
import { CircuitBreakerFacts, ServiceNode } from '../../model/service';
import { emit } from '../emit';

/** The name by which Istio knows a Service. */
export function serviceHost({ name, namespace }: Pick<ServiceNode, 'name' | 'namespace'>): string {
  return `${name}.${namespace}.svc.cluster.local`;
}

/** How calls of a Service are shared out, by its waypoint or by the sidecars of its callers. */
export function emitServiceRoute(scope: Construct, route: MeshRouteNode): void {
  emit(scope, 'Resource', HttpRoute, { name: route.name, namespace: route.namespace }, { spec: () => compileIstioRoute(route) });
}

export function compileIstioRoute(route: MeshRouteNode): HttpRouteSpec {
  const spec = compileServiceRoute(route);
  return {
    ...spec,
    rules: spec.rules!.map((rule) => ({ ...rule, ...compileTraffic(route) })),
  };
}

/** Leaves out pods that keep failing, where the Service has a circuit breaker; its id is `circuit-breaker`. */
export function emitCircuitBreaker(scope: Construct, service: ServiceNode): void {
  const { circuitBreaker } = service;
  if (!circuitBreaker) return;
  emit(scope, 'circuit-breaker', DestinationRule, { name: service.name, namespace: service.namespace }, {
    spec: () => compileCircuitBreaker(service, circuitBreaker),
  });
}

/** A pod is left out longer each time it fails (Istio 1.30, OutlierDetection). */
export function compileCircuitBreaker(service: ServiceNode, { consecutiveFailures, pauseSeconds }: CircuitBreakerFacts): DestinationRuleSpec {
  return {
    host: serviceHost(service),
    trafficPolicy: {
      outlierDetection: {
        consecutive5XxErrors: consecutiveFailures,
        consecutiveGatewayErrors: consecutiveFailures,
        interval: '10s',
        baseEjectionTime: `${pauseSeconds}s`,
        maxEjectionPercent: 100,
      },
    },
  };
}
