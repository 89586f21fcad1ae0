import {
  HttpRouteSpec, HttpRouteSpecRules, HttpRouteSpecRulesBackendRefs, HttpRouteSpecRulesMatchesHeadersType, HttpRouteSpecRulesMatchesPathType,
} from '../../../imports/gateway.networking.k8s.io';
import { MeshRouteNode } from '../../model/mesh-route';
import { RouteRule, RouteShare } from '../../model/route';

/** What a rule of an HTTPRoute takes: a path prefix, a header, or every request. */
export function compileMatch({ pathPrefix, header }: RouteRule): Pick<HttpRouteSpecRules, 'matches'> {
  if (pathPrefix === undefined && !header) return {};
  return {
    matches: [{
      ...(pathPrefix !== undefined && { path: { type: HttpRouteSpecRulesMatchesPathType.PATH_PREFIX, value: pathPrefix } }),
      ...(header && { headers: [{ type: HttpRouteSpecRulesMatchesHeadersType.EXACT, name: header.name, value: header.value }] }),
    }],
  };
}

/** Retries, in the experimental channel, and time as the Gateway API states them for a rule. */
export function compileTraffic({ retries, requestTimeoutSeconds }: Pick<MeshRouteNode, 'retries' | 'requestTimeoutSeconds'>): Pick<HttpRouteSpecRules, 'retry' | 'timeouts'> {
  return {
    ...(retries && { retry: { attempts: retries.attempts, ...(retries.codes.length > 0 && { codes: [...retries.codes] }) } }),
    ...(requestTimeoutSeconds !== undefined && { timeouts: { request: `${requestTimeoutSeconds}s` } }),
  };
}

/** How calls of a Service are shared out by whoever carries them inside the mesh (Gateway API v1.6, GAMMA: a Service as parent). */
export function compileServiceRoute(route: MeshRouteNode): HttpRouteSpec {
  return {
    parentRefs: [{ group: '', kind: 'Service', name: route.service.name, port: route.service.port }],
    rules: route.rules.map((rule) => ({ ...compileMatch(rule), backendRefs: rule.split.flatMap(backendRef) })),
  };
}

/** Pools are refused as targets, and a check reports a workload that lost its Service. */
function backendRef({ target, weight }: RouteShare): HttpRouteSpecRulesBackendRefs[] {
  if (target.kind === 'pool' || !target.workload.service) return [];
  const { name, port } = target.workload.service;
  return [{ name, port, weight }];
}
