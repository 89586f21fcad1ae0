import { UnsupportedFeatures } from '../../model/feature';

const TOOLS = 'McpProvider.agentgateway';

/** What no data plane of Istio does without configuration of Envoy itself. */
export const UNSUPPORTED_BY_ISTIO: UnsupportedFeatures = {
  'tool': { reason: 'Envoy reads paths, methods and headers, not the MCP messages in the body', instead: TOOLS },
  'rate-limit': { reason: 'Istio has no rate limits but in Envoy\'s own configuration', instead: 'MeshProvider.linkerd' },
  'tool-rate-limit': { reason: 'Istio has no rate limits but in Envoy\'s own configuration', instead: 'McpProvider.agentgateway or MeshProvider.linkerd' },
  'federation': { reason: 'Istio\'s clusters are joined where they are installed, not by objects of a mesh', instead: 'MeshProvider.linkerd' },
};

/** What HTTPRoutes lack on the standard channel of the Gateway API. */
export const RETRIES_UNSUPPORTED_BY_STANDARD_CHANNEL = {
  reason: 'HTTPRoute has retries only in the experimental channel of the Gateway API',
  instead: 'GatewayApiChannel.EXPERIMENTAL',
};
