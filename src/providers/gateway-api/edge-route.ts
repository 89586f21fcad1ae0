import { Construct } from 'constructs';
import { compileMatch, compileTraffic } from './service-route';
import { HttpRoute, HttpRouteSpec, HttpRouteSpecRulesBackendRefs, ReferenceGrant } from '../../../imports/gateway.networking.k8s.io';
import { RouteNode, RouteShare, RouteTarget, targetNamespace, targetsOf } from '../../model/route';
import { emit } from '../emit';

/** Returns the Service and port for a route target. Returns undefined for a target without a Service, which a check reports. */
export type BackendOf = (target: RouteTarget) => { readonly name: string; readonly port: number } | undefined;

/** Emits the HTTPRoute of an edge route, and a ReferenceGrant in each other namespace whose Services it uses. */
export function emitRoute(scope: Construct, route: RouteNode, backendFor: BackendOf): void {
  emit(scope, 'route', HttpRoute, { name: route.name, namespace: route.namespace }, { spec: () => compileEdgeRoute(route, backendFor) });
  const foreign = targetsOf(route).map(targetNamespace).filter((namespace) => namespace !== route.namespace);
  for (const namespace of new Set(foreign)) {
    emit(scope, `grant-${namespace}`, ReferenceGrant, { name: `${route.namespace}-${route.name}-to-${namespace}`, namespace }, {
      spec: () => ({
        from: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', namespace: route.namespace }],
        to: [...new Set(targetsOf(route).filter((target) => targetNamespace(target) === namespace)
          .flatMap((target) => backendFor(target)?.name ?? []))].sort().map((name) => ({ group: '', kind: 'Service', name })),
      }),
    });
  }
}

export function compileEdgeRoute(route: RouteNode, backendFor: BackendOf): HttpRouteSpec {
  const { gateway } = route;
  return {
    hostnames: [...gateway.hostnames],
    parentRefs: [{ name: gateway.name, namespace: gateway.namespace, sectionName: gateway.listener.name, port: gateway.listener.port }],
    rules: route.rules.map((rule) => ({
      ...compileMatch(rule),
      backendRefs: rule.split.flatMap((share) => backendRef(route, share, backendFor) ?? []),
      ...compileTraffic(route),
    })),
  };
}

function backendRef(route: RouteNode, { target, weight }: RouteShare, backendFor: BackendOf): HttpRouteSpecRulesBackendRefs | undefined {
  const namespace = targetNamespace(target);
  const service = backendFor(target);
  return service && { name: service.name, port: service.port, ...(namespace !== route.namespace && { namespace }), weight };
}
