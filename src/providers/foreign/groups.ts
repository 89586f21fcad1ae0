/** API groups whose objects several checks read. */
export const GATEWAY_API = 'gateway.networking.k8s.io';
export const ISTIO_SECURITY = 'security.istio.io';
export const ISTIO_NETWORKING = 'networking.istio.io';

/** Kinds of routes that attach to Gateways (Gateway API 1.6). */
export const GATEWAY_ROUTES: readonly string[] = ['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute'];
