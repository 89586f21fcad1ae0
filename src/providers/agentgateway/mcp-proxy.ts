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
import { HBONE_PORT } from '../istio-shared/istio-targets';

/**
 * Returns the parameters of an MCP proxy. Its Service is ClusterIP, because its controller otherwise creates a load balancer (agentgateway
 * 1.4, deployer). The proxy rejects a TLS handshake from a trust domain that is not listed here, before its policies apply (agentgateway
 * 1.4, transport/tls).
 */
export function compileParameters({ speaksHbone }: McpProxyMembership, { trustDomain, trustedDomains }: MeshFacts): AgentgatewayParametersSpec {
  const others = trustedDomains.length > 0 && { additionalTrustDomains: [...trustedDomains] };
  return { service: { spec: { type: 'ClusterIP' } }, ...(speaksHbone && { istio: { enabled: true, trustDomain, ...others } }) };
}

/** Returns the Gateway of an MCP proxy. It refers to its parameters by name. */
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

/**
 * Returns the HTTPRoute of an MCP proxy. It matches the endpoint path and the paths of metadata, which the proxy itself answers before it
 * requires a token (agentgateway 1.4, MCP authentication). It sets no timeout, because responses may be streams. The credentials of callers
 * are stripped if the endpoint strips tokens.
 */
export function compileRoute({ endpointPath, endpoint }: ToolServerNode, { name }: McpProxyNode): HttpRouteSpec {
  const match = (type: HttpRouteSpecRulesMatchesPathType, value: string): HttpRouteSpecRulesMatches => ({ path: { type, value } });
  const metadata = (endpoint.openEndpoints ?? []).map(({ path }) => match(HttpRouteSpecRulesMatchesPathType.EXACT, path));
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
