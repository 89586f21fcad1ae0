import { Construct } from 'constructs';
import { compileFaultRoute } from './fault-route';
import { HttpRoute, HttpRouteSpec } from '../../../imports/gateway.networking.k8s.io';
import { DestinationRule, DestinationRuleSpec, VirtualService } from '../../../imports/networking.istio.io';
import { MeshRouteNode } from '../../model/mesh-route';
import { ConnectionPoolFacts, serviceHost, ServiceNode } from '../../model/service';
import { emit } from '../emit';
import { compileServiceRoute, compileTraffic } from '../gateway-api/service-route';

/**
 * Emits the route for calls to a Service: an HTTPRoute, or a VirtualService if it has faults. The waypoint of the Service or the sidecars
 * of callers apply it.
 */
export function emitServiceRoute(scope: Construct, route: MeshRouteNode): void {
  const { name, namespace } = route;
  if (route.faults) emit(scope, 'fault-route', VirtualService, { name, namespace }, { spec: () => compileFaultRoute(route) });
  else emit(scope, 'route', HttpRoute, { name, namespace }, { spec: () => compileIstioRoute(route) });
}

export function compileIstioRoute(route: MeshRouteNode): HttpRouteSpec {
  const spec = compileServiceRoute(route);
  return { ...spec, rules: spec.rules!.map((rule) => ({ ...rule, ...compileTraffic(route) })) };
}

/** Emits a DestinationRule for outlier detection, limits and session affinity, if the Service has one of them. The id is `traffic`. */
export function emitTraffic(scope: Construct, service: ServiceNode): void {
  if (!service.circuitBreaker && !service.connectionPool && service.affinityHeader === undefined) return;
  emit(scope, 'traffic', DestinationRule, { name: service.name, namespace: service.namespace }, { spec: () => compileTrafficPolicy(service) });
}

/**
 * Returns the traffic policy of a Service. The ejection time grows with each ejection of a pod (Istio 1.30, OutlierDetection). A session
 * stays at one pod while the set of pods does not change.
 */
export function compileTrafficPolicy(service: ServiceNode): DestinationRuleSpec {
  const { affinityHeader } = service;
  return {
    host: serviceHost(service),
    trafficPolicy: {
      ...(affinityHeader !== undefined && { loadBalancer: { consistentHash: { httpHeaderName: affinityHeader } } }),
      ...compileLimits(service),
    },
  };
}

/** Returns the limits of calls, for a host or one port of it. */
export function compileLimits({ circuitBreaker, connectionPool }: ServiceNode) {
  return {
    ...(connectionPool && { connectionPool: compilePool(connectionPool) }),
    ...(circuitBreaker && {
      outlierDetection: {
        consecutive5XxErrors: circuitBreaker.consecutiveFailures,
        consecutiveGatewayErrors: circuitBreaker.consecutiveFailures,
        interval: '10s',
        baseEjectionTime: `${circuitBreaker.pauseSeconds}s`,
        maxEjectionPercent: 100,
      },
    }),
  };
}

function compilePool(pool: ConnectionPoolFacts) {
  const { maxConnections, connectTimeoutSeconds, maxRequestsPerConnection } = pool;
  const { maxPendingRequests: http1MaxPendingRequests, maxRequests: http2MaxRequests } = pool;
  const connectTimeout = connectTimeoutSeconds === undefined ? undefined : `${connectTimeoutSeconds}s`;
  const http = { http1MaxPendingRequests, http2MaxRequests, maxRequestsPerConnection };
  return {
    ...((maxConnections ?? connectTimeout) !== undefined && { tcp: { maxConnections, connectTimeout } }),
    ...(Object.values(http).some((limit) => limit !== undefined) && { http }),
  };
}
