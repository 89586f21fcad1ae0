import { Construct } from 'constructs';
import { HttpRoute, HttpRouteSpec } from '../../../imports/gateway.networking.k8s.io';
import { DestinationRule, DestinationRuleSpec } from '../../../imports/networking.istio.io';
import { MeshRouteNode } from '../../model/mesh-route';
import { serviceHost, ServiceNode } from '../../model/service';
import { emit } from '../emit';
import { compileServiceRoute, compileTraffic } from '../gateway-api/service-route';

/** Emits the HTTPRoute that splits calls of a Service. Its waypoint or the sidecars of its callers enforce it. */
export function emitServiceRoute(scope: Construct, route: MeshRouteNode): void {
  emit(scope, 'route', HttpRoute, { name: route.name, namespace: route.namespace }, { spec: () => compileIstioRoute(route) });
}

export function compileIstioRoute(route: MeshRouteNode): HttpRouteSpec {
  const spec = compileServiceRoute(route);
  return {
    ...spec,
    rules: spec.rules!.map((rule, i) => ({ ...rule, ...(!route.rules[i].isRest && compileTraffic(route)) })),
  };
}

/** Emits a DestinationRule for outlier detection and session affinity, if the Service has either. The id is `traffic`. */
export function emitTraffic(scope: Construct, service: ServiceNode): void {
  if (!service.circuitBreaker && service.affinityHeader === undefined) return;
  emit(scope, 'traffic', DestinationRule, { name: service.name, namespace: service.namespace }, { spec: () => compileTrafficPolicy(service) });
}

/**
 * Returns the traffic policy of a Service. The ejection time grows with each ejection of a pod (Istio 1.30, OutlierDetection). A session
 * stays at one pod while the set of pods does not change.
 */
export function compileTrafficPolicy(service: ServiceNode): DestinationRuleSpec {
  const { circuitBreaker, affinityHeader } = service;
  return {
    host: serviceHost(service),
    trafficPolicy: {
      ...(affinityHeader !== undefined && { loadBalancer: { consistentHash: { httpHeaderName: affinityHeader } } }),
      ...(circuitBreaker && {
        outlierDetection: {
          consecutive5XxErrors: circuitBreaker.consecutiveFailures,
          consecutiveGatewayErrors: circuitBreaker.consecutiveFailures,
          interval: '10s',
          baseEjectionTime: `${circuitBreaker.pauseSeconds}s`,
          maxEjectionPercent: 100,
        },
      }),
    },
  };
}
