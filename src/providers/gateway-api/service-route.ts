import {
  HttpRouteSpec, HttpRouteSpecRules, HttpRouteSpecRulesBackendRefs, HttpRouteSpecRulesMatchesHeadersType, HttpRouteSpecRulesMatchesPathType,
} from '../../../imports/gateway.networking.k8s.io';
import { MeshRouteNode } from '../../model/mesh-route';
import { RouteRule, RouteShare } from '../../model/route';

/** Returns the matches of a rule: a path prefix, a header, or none for every request. */
export function compileMatch({ pathPrefix, header }: RouteRule): Pick<HttpRouteSpecRules, 'matches'> {
  if (pathPrefix === undefined && !header) return {};
  return {
    matches: [{
      ...(pathPrefix !== undefined && { path: { type: HttpRouteSpecRulesMatchesPathType.PATH_PREFIX, value: pathPrefix } }),
      ...(header && { headers: [{ type: HttpRouteSpecRulesMatchesHeadersType.EXACT, name: header.name, value: header.value }] }),
    }],
  };
}

/** Returns the retries and the timeout of a rule. Retries need the experimental channel of the Gateway API. */
export function compileTraffic({ retries, requestTimeoutSeconds }: Pick<MeshRouteNode, 'retries' | 'requestTimeoutSeconds'>): Pick<HttpRouteSpecRules, 'retry' | 'timeouts'> {
  return {
    ...(retries && { retry: { attempts: retries.attempts, ...(retries.codes.length > 0 && { codes: [...retries.codes] }) } }),
    ...(requestTimeoutSeconds !== undefined && { timeouts: { request: `${requestTimeoutSeconds}s` } }),
  };
}

/** Returns an HTTPRoute that splits calls of a Service inside the mesh (Gateway API v1.6, GAMMA: a Service as parent). */
export function compileServiceRoute(route: MeshRouteNode): HttpRouteSpec {
  return {
    parentRefs: [{ group: '', kind: 'Service', name: route.service.name, port: route.service.port }],
    rules: route.rules.map((rule) => ({ ...compileMatch(rule), backendRefs: rule.split.flatMap(backendRef) })),
  };
}

/** Returns the backendRefs of a share. Pools are refused as targets, and a check reports workloads that lost their Service. */
function backendRef({ target, weight }: RouteShare): HttpRouteSpecRulesBackendRefs[] {
  if (target.kind === 'pool' || !target.workload.service) return [];
  const { name, port } = target.workload.service;
  return [{ name, port, weight }];
}
