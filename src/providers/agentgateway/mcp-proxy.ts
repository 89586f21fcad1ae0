import { GROUP } from './policies';
import { AgentgatewayParametersSpec } from '../../../imports/agentgateway.dev';
import {
  GatewaySpec, GatewaySpecListenersAllowedRoutesNamespacesFrom, HttpRouteSpec, HttpRouteSpecRulesFiltersType, HttpRouteSpecRulesMatches,
  HttpRouteSpecRulesMatchesPathType,
} from '../../../imports/gateway.networking.k8s.io';
import { McpProxyNode } from '../../model/mcp-proxy';
import { MeshFacts } from '../../model/mesh';
import { ToolServerNode } from '../../model/tool-server';
import { McpProxyMembership } from '../backend';
import { HBONE_PORT } from '../shared/istio-targets';

/**
 * Nobody outside the cluster calls it: without this its controller has a load balancer made for it (agentgateway 1.4, deployer). Of
 * trust domains that it is not told of it takes no handshake, whatever its policies say (agentgateway 1.4, transport/tls).
 */
export function compileParameters({ speaksHbone }: McpProxyMembership, { trustDomain, trustedDomains }: MeshFacts): AgentgatewayParametersSpec {
  const others = trustedDomains.length > 0 && { additionalTrustDomains: [...trustedDomains] };
  return { service: { spec: { type: 'ClusterIP' } }, ...(speaksHbone && { istio: { enabled: true, trustDomain, ...others } }) };
}

/** The proxy's Gateway, and by its name what its controller is told of it. */
export function compileMcpProxy({ name, port }: McpProxyNode, { podMetadata, speaksHbone }: McpProxyMembership, className: string): GatewaySpec {
  const allowedRoutes = { namespaces: { from: GatewaySpecListenersAllowedRoutesNamespacesFrom.SAME } };
  return {
    gatewayClassName: className,
    infrastructure: {
      ...(podMetadata.labels && { labels: { ...podMetadata.labels } }),
      ...(podMetadata.annotations && { annotations: { ...podMetadata.annotations } }),
      parametersRef: { group: GROUP, kind: 'AgentgatewayParameters', name },
    },
    listeners: [
      { name: 'mcp', port, protocol: 'HTTP', allowedRoutes },
      ...speaksHbone ? [{ name: 'mesh', port: HBONE_PORT, protocol: 'HBONE', allowedRoutes }] : [],
    ],
  };
}

/** Where clients learn who issues tokens: answered by the proxy itself, before anybody is asked for one (agentgateway 1.4, MCP authentication). */
const METADATA_PATHS = ['/.well-known/oauth-protected-resource', '/.well-known/oauth-authorization-server'];

/** Where clients register at an issuer whose ways differ, below what is told of it. */
const REGISTRATION = '/client-registration';

/** The endpoint and no other path; no time bounds a stream. What callers prove themselves with elsewhere goes no further. */
export function compileRoute({ endpointPath, endpoint }: ToolServerNode, { name, handling }: McpProxyNode): HttpRouteSpec {
  const match = (type: HttpRouteSpecRulesMatchesPathType, value: string): HttpRouteSpecRulesMatches => ({ path: { type, value } });
  const told = METADATA_PATHS.flatMap((path) => [path, `${path}${endpointPath}`]);
  const registered = handling.oauth?.provider === undefined ? [] : [`${METADATA_PATHS[1]}${endpointPath}${REGISTRATION}`];
  const metadata = handling.oauth ? [...told, ...registered].map((path) => match(HttpRouteSpecRulesMatchesPathType.EXACT, path)) : [];
  return {
    parentRefs: [{ name, sectionName: 'mcp' }],
    rules: [{
      matches: [match(HttpRouteSpecRulesMatchesPathType.EXACT, endpointPath), ...metadata],
      ...(endpoint.tokens === 'stripped' && {
        filters: [{ type: HttpRouteSpecRulesFiltersType.REQUEST_HEADER_MODIFIER, requestHeaderModifier: { remove: ['authorization'] } }],
      }),
      backendRefs: [{ group: GROUP, kind: 'AgentgatewayBackend', name }],
    }],
  };
}
