import { GatewayBackend, MeshBackend } from './backend';
import { accepted } from '../input/guard';
import { RETRIES_UNSUPPORTED_BY_STANDARD_CHANNEL } from './istio-shared/unsupported-by-istio';
import { UnsupportedFeatures } from '../model/feature';
import { Trait } from '../model/trait';
import { ClusterFacts } from '../values/cluster';
import { GatewayApiChannel, IstioRelease } from '../values/releases';

/** Options of `GatewayProvider.istio`. */
export interface IstioGatewayOptions {
  /**
   * Name of the GatewayClass of the gateways. istiod appends it to the names of the Service and the ServiceAccount of each gateway.
   *
   * @default 'istio'
   */
  readonly gatewayClassName?: string;
}

/**
 * The gateway implementation of an AgentMesh, for clients outside the mesh: hosts, TLS, routes and InferencePools.
 *
 * @example
 * new AgentMesh(chart, 'mesh', { namespace: 'voice', mesh: MeshProvider.linkerd(), gateway: GatewayProvider.istioAgentgateway() });
 */
export class GatewayProvider {
  /**
   * Istio's own gateway: an Envoy that istiod deploys for each Gateway (Istio 1.31, Kubernetes Gateway API). On Linkerd, synth fails for an
   * InferenceGateway of this provider, because Linkerd does not inject pods with a container `istio-proxy`. Use
   * `GatewayProvider.istioAgentgateway` there.
   */
  public static istio(options: IstioGatewayOptions = {}): GatewayProvider {
    [options] = accepted('GatewayProvider.istio', [options]);
    const className = options.gatewayClassName ?? 'istio';
    return GatewayProvider._of('GatewayProvider.istio', {
      options,
      backendOn: (mesh, cluster) => new (istioGateway().IstioGateway)(mesh, { className, unsupported: unsupportedByIstio(cluster) }),
    });
  }

  /**
   * agentgateway as a gateway of Istio: istiod deploys it for each Gateway of class `istio-agentgateway` (Istio 1.31, experimental,
   * `PILOT_ENABLE_AGENTGATEWAY`). It serves hosts and routes. It evaluates no Istio policies, so the deny-all policy of its namespace has
   * no effect on it. Instead, its listeners accept only their own hosts, and only the pods to which its routes lead accept its
   * ServiceAccount. Synth fails for features that it does not support: InferencePools, and `jwt`, `cors`, `requestTimeoutSeconds`,
   * `trustedProxies` and client certificates of a gateway. On Linkerd it is the only supported gateway: its pods get the Linkerd proxy,
   * which authenticates their ServiceAccount.
   *
   * @see https://istio.io/latest/docs/ambient/usage/agentgateway/
   */
  public static istioAgentgateway(): GatewayProvider {
    return GatewayProvider._of('GatewayProvider.istioAgentgateway', {
      options: {},
      backendOn: (mesh, { gatewayApiChannel, istioRelease }) => new (istioAgentgateway().IstioAgentgateway)(mesh, {
        unsupported: unsupportedByChannel(gatewayApiChannel), speaksMutualTls: istioRelease !== IstioRelease.V1_30,
      }),
    });
  }

  /**
   * A gateway of another implementation, for contributors.
   *
   * @internal
   */
  public static _of(label: string, facts: GatewayProviderFacts): GatewayProvider {
    const provider = new GatewayProvider(label);
    gatewayProviderFacts.give(provider, facts);
    return provider;
  }

  private constructor(
    /** Name of the factory, such as "GatewayProvider.istio". */
    public readonly label: string,
  ) {}
}

// Loaded only when a program needs them, because each loads large generated classes.
/* eslint-disable @typescript-eslint/no-require-imports */
const istioAgentgateway = () => require('./istio-agentgateway') as typeof import('./istio-agentgateway');
const istioGateway = () => require('./istio-gateway') as typeof import('./istio-gateway');
/* eslint-enable @typescript-eslint/no-require-imports */

export interface GatewayProviderFacts {
  /** The options that the program passed to the factory, without defaults. */
  readonly options: object;
  readonly backendOn: (mesh: MeshBackend, cluster: ClusterFacts) => GatewayBackend;
}

export const gatewayProviderFacts = new Trait<GatewayProviderFacts>('a GatewayProvider');

/** Returns Istio's own gateway, or agentgateway as deployed by istiod if the mesh does not support Istio's own gateway. */
export function defaultGateway(mesh: MeshBackend, cluster: ClusterFacts): GatewayBackend {
  const backendOf = (provider: GatewayProvider) => gatewayProviderFacts.of(provider).backendOn(mesh, cluster);
  const istio = backendOf(GatewayProvider.istio());
  return istio.refuses('gateway-route') ? backendOf(GatewayProvider.istioAgentgateway()) : istio;
}

/** Returns the features that Istio's own gateway does not support on this cluster. */
function unsupportedByIstio({ istioRelease, gatewayApiChannel }: ClusterFacts): UnsupportedFeatures {
  return {
    ...(istioRelease === IstioRelease.V1_30 && {
      'client-certificates': { reason: 'Istio 1.30 does not verify the certificates of a Gateway\'s clients', instead: 'IstioRelease.V1_31' },
    }),
    ...unsupportedByChannel(gatewayApiChannel),
  };
}

function unsupportedByChannel(channel: GatewayApiChannel): UnsupportedFeatures {
  return channel === GatewayApiChannel.STANDARD ? { 'gateway-retries': RETRIES_UNSUPPORTED_BY_STANDARD_CHANNEL } : {};
}
