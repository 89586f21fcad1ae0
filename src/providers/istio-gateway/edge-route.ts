import { Construct } from 'constructs';
import { serviceName } from './class';
import { innerGatewayOf } from './inner-gateway';
import { HttpRoute, HttpRouteSpec, HttpRouteSpecRulesBackendRefs, ReferenceGrant } from '../../../imports/gateway.networking.k8s.io';
import { RouteNode, RouteShare, RouteTarget, targetNamespace, targetsOf } from '../../model/route';
import { emit } from '../emit';
import { compileMatch, compileTraffic } from '../shared/service-route';

/** How the door shares requests out, and leave for it to use Services of other namespaces, where there are any. */
export function emitEdgeRoute(scope: Construct, route: RouteNode, className: string): void {
  emit(scope, 'Resource', HttpRoute, { name: route.name, namespace: route.namespace }, { spec: () => compileEdgeRoute(route, className) });
  const foreign = targetsOf(route).map(targetNamespace).filter((namespace) => namespace !== route.namespace);
  for (const namespace of new Set(foreign)) {
    emit(scope, `grant-${namespace}`, ReferenceGrant, { name: `${route.namespace}-${route.name}`, namespace }, {
      spec: () => ({
        from: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', namespace: route.namespace }],
        to: [...new Set(targetsOf(route).filter((target) => targetNamespace(target) === namespace)
          .map((target) => door(target, className).name))].sort().map((name) => ({ group: '', kind: 'Service', name })),
      }),
    });
  }
}

export function compileEdgeRoute(route: RouteNode, className: string): HttpRouteSpec {
  const { gateway } = route;
  return {
    hostnames: [...gateway.hostnames],
    parentRefs: [{ name: gateway.name, namespace: gateway.namespace }],
    rules: route.rules.map((rule) => ({
      ...compileMatch(rule),
      backendRefs: rule.split.map((share) => backendRef(route, share, className)),
      ...compileTraffic(route),
    })),
  };
}

function backendRef(route: RouteNode, { target, weight }: RouteShare, className: string): HttpRouteSpecRulesBackendRefs {
  const namespace = targetNamespace(target);
  return { ...door(target, className), ...(namespace !== route.namespace && { namespace }), weight };
}

/** The Service and port that stand for a target: a pool has its port at the inner gateway, a workload its own Service. */
function door(target: RouteTarget, className: string): { name: string; port: number } {
  if (target.kind === 'pool') {
    const inner = innerGatewayOf(target.pool.gateway, target.pool.namespace, className);
    return { name: serviceName(inner.name, className), port: target.pool.innerPort };
  }
  const { name, port } = target.workload.service!;
  return { name, port };
}
