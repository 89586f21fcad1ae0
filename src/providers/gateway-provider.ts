import { GatewayBackend, MeshBackend } from './backend';
import { STANDARD_CHANNEL_LACKS_RETRIES } from './shared/istio-lacking';
import { Lacking } from '../model/capability';
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

/** Who reads the requests: hosts, routes, models, tools. */
export class GatewayProvider {
  /** Istio's own gateway, an Envoy that istiod deploys for each Gateway (Istio 1.30, Kubernetes Gateway API). */
  public static istio(options: IstioGatewayProviderOptions = {}): GatewayProvider {
    const className = options.gatewayClassName ?? 'istio';
    const provider = new GatewayProvider('GatewayProvider.istio');
    gatewayProviderFacts.give(provider, {
      gatewayClassName: className,
      backendOn: (mesh, meshRelease, channel) => new (istioGateway().IstioGateway)(mesh, {
        className, lacking: lacking(options.release ?? meshRelease ?? IstioRelease.V1_30, channel),
      }),
    });
    return provider;
  }

  private constructor(
    /** As in a program. */
    public readonly label: string,
  ) {}
}

// Loaded when a program asks for it: what it emits comes with large generated classes.
// eslint-disable-next-line @typescript-eslint/no-require-imports
const istioGateway = () => require('./istio-gateway') as typeof import('./istio-gateway');

export interface GatewayProviderFacts {
  readonly gatewayClassName: string;
  readonly backendOn: (mesh: MeshBackend, meshRelease: IstioRelease | undefined, channel: GatewayApiChannel) => GatewayBackend;
}

export const gatewayProviderFacts = new Trait<GatewayProviderFacts>('a GatewayProvider');

/** What this gateway lacks on a release and a channel, and from when on it has it. */
function lacking(release: IstioRelease, channel: GatewayApiChannel): Lacking {
  return {
    tool: { reason: 'Istio\'s gateway does not read MCP messages', instead: 'a gateway provider that reads MCP (agentgateway)' },
    ...(release === IstioRelease.V1_30 && {
      'client-certificates': { reason: 'Istio 1.30 does not verify the certificates of a Gateway\'s clients', instead: 'IstioRelease.V1_31' },
    }),
    ...(channel === GatewayApiChannel.STANDARD && { 'gateway-retries': STANDARD_CHANNEL_LACKS_RETRIES }),
  };
}
