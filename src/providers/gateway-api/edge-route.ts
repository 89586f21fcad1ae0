import { Construct } from 'constructs';
import { corsFilter } from './cors-filter';
import { compileExact, compileMatch, compileTraffic } from './service-route';
import {
  HttpRoute, HttpRouteSpec, HttpRouteSpecRules, HttpRouteSpecRulesBackendRefs, HttpRouteSpecRulesFilters, HttpRouteSpecRulesFiltersType,
  HttpRouteSpecRulesFiltersUrlRewritePathType,
  ReferenceGrant,
} from '../../../imports/gateway.networking.k8s.io';
import { RouteNode, RouteRule, RouteShare, RouteTarget, targetNamespace, targetsOf } from '../../model/route';
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
    rules: emittedRules(route).map((rule) => ({
      ...(route.exact ? compileExact(route.exact.all(), rule) : compileMatch(rule)),
      ...compileFilters(route, backendFor),
      backendRefs: rule.split.flatMap((share) => backendRef(route, share, backendFor) ?? []),
      ...compileTraffic(route),
    })),
  };
}

/** Returns the filters of a rule: CORS, the replacement of the path prefix, and the mirror. */
function compileFilters(route: RouteNode, backendFor: BackendOf): Pick<HttpRouteSpecRules, 'filters'> {
  const filters = [...corsFilter(route), ...rewrite(route), ...mirror(route, backendFor)];
  return filters.length === 0 ? {} : { filters };
}

function rewrite({ replacePrefixMatch }: RouteNode): HttpRouteSpecRulesFilters[] {
  if (replacePrefixMatch === undefined) return [];
  const path = { type: HttpRouteSpecRulesFiltersUrlRewritePathType.REPLACE_PREFIX_MATCH, replacePrefixMatch };
  return [{ type: HttpRouteSpecRulesFiltersType.URL_REWRITE, urlRewrite: { path } }];
}

function mirror(route: RouteNode, backendFor: BackendOf): HttpRouteSpecRulesFilters[] {
  const service = route.mirror && serviceRef(route, route.mirror.target, backendFor);
  if (!service) return [];
  const { percent } = route.mirror!;
  return [{ type: HttpRouteSpecRulesFiltersType.REQUEST_MIRROR, requestMirror: { backendRef: service, ...(percent < 100 && { percent }) } }];
}

/** Returns the rules of the HTTPRoute. If a waypoint splits the requests, it is one rule that sends all requests to the Service of the waypoint. */
function emittedRules({ rules, match, splitAt }: RouteNode): readonly RouteRule[] {
  if (!splitAt) return rules;
  return [{ ...match, split: [{ target: { kind: 'service', workload: splitAt }, weight: 100 }] }];
}

function backendRef(route: RouteNode, { target, weight }: RouteShare, backendFor: BackendOf): HttpRouteSpecRulesBackendRefs | undefined {
  const service = serviceRef(route, target, backendFor);
  return service && { ...service, weight };
}

function serviceRef(route: RouteNode, target: RouteTarget, backendFor: BackendOf): { name: string; port: number; namespace?: string } | undefined {
  const namespace = targetNamespace(target);
  const service = backendFor(target);
  return service && { name: service.name, port: service.port, ...(namespace !== route.namespace && { namespace }) };
}
