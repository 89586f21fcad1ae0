import { GatewayBackend, MeshBackend } from './backend';
import { RETRIES_UNSUPPORTED_BY_STANDARD_CHANNEL } from './shared/unsupported-by-istio';
import { unsupportedInMesh } from './shared/unsupported-in-mesh';
import { UnsupportedFeatures } from '../model/feature';
import { Trait } from '../model/trait';
import { GatewayApiChannel, IstioRelease } from '../values/releases';

/** Options of `GatewayProvider.istio`. */
export interface IstioGatewayProviderOptions {
  /**
   * GatewayClass of the gateways; istiod appends its name to those of the Service and the ServiceAccount.
   *
   * @default 'istio'
   */
  readonly gatewayClassName?: string;
  /**
   * Release of the Istio that runs the gateways; features that it lacks are refused.
   *
   * @default - the release of the mesh, or IstioRelease.V1_30 where the mesh is another's
   */
  readonly release?: IstioRelease;
}

/** Options of `GatewayProvider.istioAgentgateway`. */
export interface IstioAgentgatewayProviderOptions {
  /**
   * Release of the Istio that runs the gateways; features that it lacks are refused.
   *
   * @default - the release of the mesh, or IstioRelease.V1_30 where the mesh is another's
   */
  readonly release?: IstioRelease;
}

/** Options of `GatewayProvider.agentgateway`. */
export interface AgentgatewayProviderOptions {
  /**
   * GatewayClass of agentgateway's own controller.
   *
   * @default 'agentgateway'
   */
  readonly gatewayClassName?: string;
  /**
   * Who reads what comes from outside: hosts, routes, pools.
   *
   * @default - GatewayProvider.istio(); where its gateways are no members of the mesh, as on Linkerd, GatewayProvider.istioAgentgateway()
   */
  readonly clients?: GatewayProvider;
}

/** Who reads the requests: hosts, routes, models, tools. */
export class GatewayProvider {
  /**
   * agentgateway, with its own controller, before each tool server: it reads MCP, so that single tools are granted whatever
   * the server checks (agentgateway 1.4). What comes from outside is read by `clients`.
   */
  public static agentgateway(options: AgentgatewayProviderOptions = {}): GatewayProvider {
    const clients = options.clients && gatewayProviderFacts.of(options.clients);
    const className = options.gatewayClassName ?? 'agentgateway';
    const provider = new GatewayProvider('GatewayProvider.agentgateway');
    gatewayProviderFacts.give(provider, {
      options: { ...options, clients: clients?.options },
      backendOn: (mesh, meshRelease, channel) => {
        const { AgentgatewayGateway } = agentgateway();
        const backendOn = clients?.backendOn ?? clientsOn;
        return new AgentgatewayGateway(backendOn(mesh, meshRelease, channel), mesh, className);
      },
    });
    return provider;
  }

  /**
   * Istio's own gateway, an Envoy that istiod deploys for each Gateway (Istio 1.30, Kubernetes Gateway API). On Linkerd an
   * InferenceGateway of it is refused: Linkerd injects no pod with Istio's proxy. GatewayProvider.istioAgentgateway is the gateway there.
   */
  public static istio(options: IstioGatewayProviderOptions = {}): GatewayProvider {
    const className = options.gatewayClassName ?? 'istio';
    const provider = new GatewayProvider('GatewayProvider.istio');
    gatewayProviderFacts.give(provider, {
      options,
      backendOn: (mesh, meshRelease, channel) => new (istioGateway().IstioGateway)(mesh, {
        className, unsupported: { ...unsupportedInMesh(mesh), ...unsupported(options.release ?? meshRelease ?? IstioRelease.V1_30, channel) },
      }),
    });
    return provider;
  }

  /**
   * agentgateway as a data plane of Istio, one that istiod deploys for each Gateway of class `istio-agentgateway`
   * (Istio 1.30, experimental, `PILOT_ENABLE_AGENTGATEWAY`). A door for clients, and nothing but a door: it reads Gateways and
   * HTTPRoutes, and no policy of Istio's at all. The deny-all of its namespace does not hold for it; its listeners close it
   * for every host but its own, and the workload policy of pods admit its ServiceAccount where routes lead. What asks for more is refused.
   * On Linkerd it is the only gateway: its pods are injected, and prove their ServiceAccount by Linkerd's proxy.
   *
   * @see https://istio.io/latest/docs/ambient/usage/agentgateway/
   */
  public static istioAgentgateway(options: IstioAgentgatewayProviderOptions = {}): GatewayProvider {
    const provider = new GatewayProvider('GatewayProvider.istioAgentgateway');
    gatewayProviderFacts.give(provider, {
      options,
      backendOn: (mesh, meshRelease, channel) => new (istioAgentgateway().IstioAgentgateway)(mesh, {
        unsupported: unsupportedByChannel(channel),
        speaksMutualTls: (options.release ?? meshRelease ?? IstioRelease.V1_30) !== IstioRelease.V1_30,
      }),
    });
    return provider;
  }

  private constructor(
    /** As in a program. */
    public readonly label: string,
  ) {}
}

// Loaded when a program asks for them: what each emits comes with large generated classes.
/* eslint-disable @typescript-eslint/no-require-imports */
const agentgateway = () => require('./agentgateway') as typeof import('./agentgateway');
const istioAgentgateway = () => require('./istio-agentgateway') as typeof import('./istio-agentgateway');
const istioGateway = () => require('./istio-gateway') as typeof import('./istio-gateway');
/* eslint-enable @typescript-eslint/no-require-imports */

export interface GatewayProviderFacts {
  /** As they were stated. */
  readonly options: object;
  readonly backendOn: (mesh: MeshBackend, meshRelease: IstioRelease | undefined, channel: GatewayApiChannel) => GatewayBackend;
}

export const gatewayProviderFacts = new Trait<GatewayProviderFacts>('a GatewayProvider');

/** Istio's own gateway for clients; where the mesh has no place for it, the one that istiod makes of agentgateway. */
const clientsOn: GatewayProviderFacts['backendOn'] = (mesh, meshRelease, channel) => {
  const backendOf = (provider: GatewayProvider) => gatewayProviderFacts.of(provider).backendOn(mesh, meshRelease, channel);
  const istio = backendOf(GatewayProvider.istio());
  return istio.refuses('gateway-route') ? backendOf(GatewayProvider.istioAgentgateway()) : istio;
};

/** What Istio's own gateway lacks on a release and a channel, and from when on it has it. */
function unsupported(release: IstioRelease, channel: GatewayApiChannel): UnsupportedFeatures {
  return {
    ...(release === IstioRelease.V1_30 && {
      'client-certificates': { reason: 'Istio 1.30 does not verify the certificates of a Gateway\'s clients', instead: 'IstioRelease.V1_31' },
    }),
    ...unsupportedByChannel(channel),
  };
}

function unsupportedByChannel(channel: GatewayApiChannel): UnsupportedFeatures {
  return channel === GatewayApiChannel.STANDARD ? { 'gateway-retries': RETRIES_UNSUPPORTED_BY_STANDARD_CHANNEL } : {};
}
