import { Refusal, UnsupportedFeatures } from '../../model/feature';

const TOOLS = 'McpProvider.agentgateway';

/** Features that no data plane of Istio supports without direct configuration of Envoy. */
export const UNSUPPORTED_BY_ISTIO: UnsupportedFeatures = {
  'tool': { reason: 'Envoy inspects paths, methods and headers, but not MCP messages in the body', instead: TOOLS },
  'rate-limit': { reason: 'Istio configures rate limits only through EnvoyFilter, which the library does not emit', instead: 'MeshProvider.linkerd' },
  'tool-rate-limit': { reason: 'Istio configures rate limits only through EnvoyFilter, which the library does not emit', instead: 'McpProvider.agentgateway or MeshProvider.linkerd' },
  'federation': { reason: 'the clusters of an Istio mesh are joined when Istio is installed, not by objects that the library could emit', instead: 'MeshProvider.linkerd' },
};

/** Refusal of retries, which HTTPRoutes do not have on the standard channel of the Gateway API. */
export const RETRIES_UNSUPPORTED_BY_STANDARD_CHANNEL = {
  reason: 'HTTPRoute has retries only in the experimental channel of the Gateway API',
  instead: 'GatewayApiChannel.EXPERIMENTAL',
};

/** Refusal of `closesExternalHosts`. */
export const CLOSED_BY_NAMESPACE: Refusal = {
  reason: 'each external host is configured only for the sidecars of the namespace that states it, so pods of other namespaces stay unrestricted', instead: 'MeshProvider.istioAmbient, or NetworkPolicies in the other namespaces',
};
