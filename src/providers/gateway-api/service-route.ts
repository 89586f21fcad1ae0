import {
  HttpRouteSpec, HttpRouteSpecRules, HttpRouteSpecRulesBackendRefs, HttpRouteSpecRulesFiltersType, HttpRouteSpecRulesMatches,
  HttpRouteSpecRulesMatchesHeadersType, HttpRouteSpecRulesMatchesPathType,
} from '../../../imports/gateway.networking.k8s.io';
import { MeshRouteNode } from '../../model/mesh-route';
import { MirrorFacts, RouteMatch, RouteShare } from '../../model/route';

/** Returns the matches of a rule: a path prefix, headers, or none for every request. */
export function compileMatch({ pathPrefix, headers }: RouteMatch): Pick<HttpRouteSpecRules, 'matches'> {
  if (pathPrefix === undefined && headers.length === 0) return {};
  return { matches: [{ ...(pathPrefix !== undefined && pathMatch('PATH_PREFIX', pathPrefix)), ...headerMatch(headers) }] };
}

/** Returns one match for each exact path. */
export function compileExact(paths: readonly string[], { headers }: RouteMatch): Pick<HttpRouteSpecRules, 'matches'> {
  return { matches: paths.map((path) => ({ ...pathMatch('EXACT', path), ...headerMatch(headers) })) };
}

function pathMatch(type: keyof typeof HttpRouteSpecRulesMatchesPathType, value: string): Pick<HttpRouteSpecRulesMatches, 'path'> {
  return { path: { type: HttpRouteSpecRulesMatchesPathType[type], value } };
}

function headerMatch(headers: RouteMatch['headers']): Pick<HttpRouteSpecRulesMatches, 'headers'> {
  return headers.length > 0 ? { headers: headers.map(({ name, value }) => ({ type: HttpRouteSpecRulesMatchesHeadersType.EXACT, name, value })) } : {};
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
    rules: route.rules.map((rule) => ({ ...compileMatch(rule), ...compileMirror(route.mirror), backendRefs: rule.split.flatMap(backendRef) })),
  };
}

function compileMirror(mirror: MirrorFacts | undefined): Pick<HttpRouteSpecRules, 'filters'> {
  const service = mirror?.target.workload.service; // a check reports one that was withdrawn
  if (!mirror || !service) return {};
  const requestMirror = { backendRef: { name: service.name, port: service.port }, ...(mirror.percent < 100 && { percent: mirror.percent }) };
  return { filters: [{ type: HttpRouteSpecRulesFiltersType.REQUEST_MIRROR, requestMirror }] };
}

/** Returns the backendRefs of a share. Pools are refused as targets, and a check reports workloads that lost their Service. */
function backendRef({ target, weight }: RouteShare): HttpRouteSpecRulesBackendRefs[] {
  if (target.kind === 'pool' || !target.workload.service) return [];
  const { name, port } = target.workload.service;
  return [{ name, port, weight }];
}
