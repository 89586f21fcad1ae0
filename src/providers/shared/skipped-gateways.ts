import { Feature, Refusal } from '../../model/feature';
import { MeshBackend } from '../backend';

/** The container of Istio's Envoys, in pods of a gateway as in pods with a sidecar (Istio 1.31, kube-gateway template). */
export const ENVOY_CONTAINER = 'istio-proxy';

/** What only a gateway of Istio's own does for clients, and istiod's agentgateway does not. */
const BY_ENVOY_ALONE: readonly Feature[] = ['gateway-timeouts', 'client-certificates'];

/** What is asked of a gateway for clients, whoever it is. */
const OF_GATEWAYS: readonly Feature[] = ['gateway-route', 'gateway-canary', 'gateway-retries', ...BY_ENVOY_ALONE];

/** Istio's own gateway, as it is stated; where the mesh skips its pods, on another mesh. */
export function gatewaysOfEnvoy(mesh: Pick<MeshBackend, 'proxy'>, stated = 'GatewayProvider.istio'): string {
  return skipsEnvoy(mesh) ? `${stated} on MeshProvider.istioAmbient or MeshProvider.istioSidecar` : stated;
}

/** Why no gateway of Istio's own is to be had: a mesh that skips its pods gives them no identity, and workloads refuse what they send. */
export function skippedGateways(mesh: Pick<MeshBackend, 'proxy'>, feature: Feature): Refusal | undefined {
  if (!OF_GATEWAYS.includes(feature) || !skipsEnvoy(mesh)) return undefined;
  return {
    reason: `${mesh.proxy.skipped!.by} skips every pod that has a container named ${ENVOY_CONTAINER}, so that a gateway of GatewayProvider.istio proves no identity and every agent answers it with 403`,
    instead: BY_ENVOY_ALONE.includes(feature) ? gatewaysOfEnvoy(mesh) : 'GatewayProvider.istioAgentgateway',
  };
}

function skipsEnvoy({ proxy: { skipped } }: Pick<MeshBackend, 'proxy'>): boolean {
  return skipped?.names.includes(ENVOY_CONTAINER) === true;
}
