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
 * Returns the parameters of an MCP proxy. Its Service is ClusterIP, because its controller otherwise creates a load balancer
 * (agentgateway 1.4, deployer). The proxy accepts a TLS handshake only from the trust domains listed here, whatever its policies state
 * (agentgateway 1.4, transport/tls).
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
 * Metadata paths where clients find the token issuer. The proxy itself answers them before it requires a token (agentgateway 1.4, MCP
 * authentication).
 */
const METADATA_PATHS = ['/.well-known/oauth-protected-resource', '/.well-known/oauth-authorization-server'];

/** Path of client registration below the metadata path, for issuers with a non-standard registration. */
const REGISTRATION = '/client-registration';

/**
 * Returns the HTTPRoute of an MCP proxy. It matches the endpoint path only, and sets no timeout, because responses may be streams. The
 * credentials of callers are stripped if the endpoint strips tokens.
 */
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
