import { GROUP } from './policies';
import {
  GatewaySpec, GatewaySpecListenersAllowedRoutesNamespacesFrom, HttpRouteSpec, HttpRouteSpecRulesFiltersType, HttpRouteSpecRulesMatches,
  HttpRouteSpecRulesMatchesPathType,
} from '../../../imports/gateway.networking.k8s.io';
import { ToolFront } from '../../model/tool-front';
import { ToolServerNode } from '../../model/tool-server';
import { FrontMembership } from '../backend';
import { HBONE_PORT } from '../shared/istio-targets';

/** The proxy's Gateway; where it takes part in Istio's mutual TLS itself, what it is told of that stands under the same name. */
export function compileFront({ name, port }: ToolFront, { marks, speaksHbone }: FrontMembership, className: string): GatewaySpec {
  const allowedRoutes = { namespaces: { from: GatewaySpecListenersAllowedRoutesNamespacesFrom.SAME } };
  return {
    gatewayClassName: className,
    infrastructure: {
      ...(marks.labels && { labels: { ...marks.labels } }),
      ...(marks.annotations && { annotations: { ...marks.annotations } }),
      ...(speaksHbone && { parametersRef: { group: GROUP, kind: 'AgentgatewayParameters', name } }),
    },
    listeners: [
      { name: 'mcp', port, protocol: 'HTTP', allowedRoutes },
      ...speaksHbone ? [{ name: 'mesh', port: HBONE_PORT, protocol: 'HBONE', allowedRoutes }] : [],
    ],
  };
}

/** Where clients learn who issues tokens: answered by the proxy itself, before anybody is asked for one (agentgateway 1.4, MCP authentication). */
const METADATA_PATHS = ['/.well-known/oauth-protected-resource', '/.well-known/oauth-authorization-server'];

/** The endpoint and no other path; no time bounds a stream. What callers prove themselves with elsewhere goes no further. */
export function compileRoute({ endpointPath, door }: ToolServerNode, { name, handling }: ToolFront): HttpRouteSpec {
  const match = (type: HttpRouteSpecRulesMatchesPathType, value: string): HttpRouteSpecRulesMatches => ({ path: { type, value } });
  const metadata = handling.oauth ? METADATA_PATHS.map((path) => match(HttpRouteSpecRulesMatchesPathType.PATH_PREFIX, path)) : [];
  return {
    parentRefs: [{ name, sectionName: 'mcp' }],
    rules: [{
      matches: [match(HttpRouteSpecRulesMatchesPathType.EXACT, endpointPath), ...metadata],
      ...(door.tokens === 'taken-away' && {
        filters: [{ type: HttpRouteSpecRulesFiltersType.REQUEST_HEADER_MODIFIER, requestHeaderModifier: { remove: ['authorization'] } }],
      }),
      backendRefs: [{ group: GROUP, kind: 'AgentgatewayBackend', name }],
    }],
  };
}
