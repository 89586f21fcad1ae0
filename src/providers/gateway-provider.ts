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
   * GatewayClass of the gateways. istiod appends its name to those of the Service and the ServiceAccount.
   *
   * @default 'istio'
   */
  readonly gatewayClassName?: string;
}

/**
 * The role of gateways for clients outside the mesh: hosts, TLS, routes, InferencePools.
 *
 * @example
 * new AgentMesh(chart, 'mesh', { namespace: 'voice', mesh: MeshProvider.linkerd(), gateway: GatewayProvider.istioAgentgateway() });
 */
export class GatewayProvider {
  /**
   * Istio's own gateway, an Envoy that istiod deploys for each Gateway (Istio 1.31, Kubernetes Gateway API). On Linkerd an InferenceGateway
   * of this provider is refused, since Linkerd does not inject pods with a container `istio-proxy`: use `GatewayProvider.istioAgentgateway`.
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
   * agentgateway as a data plane of Istio, deployed by istiod for each Gateway of class `istio-agentgateway` (Istio 1.31, experimental,
   * `PILOT_ENABLE_AGENTGATEWAY`). It serves hosts and routes and evaluates no Istio policy. The deny-all policy of its namespace has no effect
   * on it: its listeners accept only their own hosts, and the workload policies of the pods allow its ServiceAccount where routes lead.
   * Features that need more are refused. On Linkerd it is the only gateway: its pods are injected and prove their ServiceAccount through
   * Linkerd's proxy.
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
    /** As in a program: "GatewayProvider.istio". */
    public readonly label: string,
  ) {}
}

// Loaded when a program needs them: what each emits comes with large generated classes.
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

/** Returns Istio's own gateway; where its pods are not members of the mesh, the gateway that istiod deploys of agentgateway. */
export function defaultGateway(mesh: MeshBackend, cluster: ClusterFacts): GatewayBackend {
  const backendOf = (provider: GatewayProvider) => gatewayProviderFacts.of(provider).backendOn(mesh, cluster);
  const istio = backendOf(GatewayProvider.istio());
  return istio.refuses('gateway-route') ? backendOf(GatewayProvider.istioAgentgateway()) : istio;
}

/** Features that Istio's own gateway lacks on this cluster. */
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
