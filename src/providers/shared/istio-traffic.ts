import { Construct } from 'constructs';
import { compileServiceRoute, compileTraffic } from './service-route';
import { HttpRoute, HttpRouteSpec } from '../../../imports/gateway.networking.k8s.io';
import { DestinationRule, DestinationRuleSpec } from '../../../imports/networking.istio.io';
import { MeshRouteNode } from '../../model/mesh-route';
import { ServiceNode } from '../../model/service';
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
    rules: spec.rules!.map((rule, i) => ({ ...rule, ...(!route.rules[i].isRest && compileTraffic(route)) })),
  };
}

/** How the pods of a Service are chosen, where something is said of it; its id is `traffic`. */
export function emitTraffic(scope: Construct, service: ServiceNode): void {
  if (!service.circuitBreaker && service.affinityHeader === undefined) return;
  emit(scope, 'traffic', DestinationRule, { name: service.name, namespace: service.namespace }, { spec: () => compileTrafficPolicy(service) });
}

/** A pod is left out longer each time it fails (Istio 1.30, OutlierDetection); a session has one pod while there are the same ones. */
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
