import { Feature, Refusal } from '../../model/feature';
import { MeshBackend } from '../backend';

/** Container name of Envoy in pods of an Istio gateway and in pods with a sidecar (Istio 1.31, kube-gateway template). */
export const ENVOY_CONTAINER = 'istio-proxy';

/** Features of the Envoy gateway of Istio that the agentgateway of istiod does not have. */
const BY_ENVOY_ALONE: readonly Feature[] = ['gateway-timeouts', 'gateway-jwt', 'gateway-cors', 'client-certificates', 'trusted-proxies'];

/** Features of the edge gateway for every implementation. */
const OF_GATEWAYS: readonly Feature[] = ['gateway-route', 'gateway-canary', 'gateway-retries', ...BY_ENVOY_ALONE];

/** Returns the name of the Istio gateway provider. If the mesh skips its pods, the text also names meshes that do not. */
export function gatewaysOfEnvoy(mesh: Pick<MeshBackend, 'proxy'>, stated = 'GatewayProvider.istio'): string {
  return skipsEnvoy(mesh) ? `${stated} on MeshProvider.istioAmbient or MeshProvider.istioSidecar` : stated;
}

/**
 * Returns why the mesh cannot run Istio gateways, if it cannot. A mesh that skips gateway pods gives them no identity, so workloads deny
 * their requests.
 */
export function skippedGateways(mesh: Pick<MeshBackend, 'proxy'>, feature: Feature): Refusal | undefined {
  if (!OF_GATEWAYS.includes(feature) || !skipsEnvoy(mesh)) return undefined;
  return {
    reason: `${mesh.proxy.skipped!.by} skips every pod with a container named ${ENVOY_CONTAINER}, so a gateway of GatewayProvider.istio has no identity and every agent answers it with 403`,
    instead: BY_ENVOY_ALONE.includes(feature) ? gatewaysOfEnvoy(mesh) : 'GatewayProvider.istioAgentgateway',
  };
}

function skipsEnvoy({ proxy: { skipped } }: Pick<MeshBackend, 'proxy'>): boolean {
  return skipped?.names.includes(ENVOY_CONTAINER) === true;
}
