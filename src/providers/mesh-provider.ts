import { MeshBackend } from './backend';
import { DEFAULT_CONTROL_PLANE } from './linkerd/facts';
import { RETRIES_UNSUPPORTED_BY_STANDARD_CHANNEL } from './shared/unsupported-by-istio';
import { UnsupportedFeatures } from '../model/feature';
import { Trait } from '../model/trait';
import { MigrationStage } from '../values/migration-stage';
import { GatewayApiChannel, IstioRelease, LinkerdRelease } from '../values/releases';

/** Options of `MeshProvider.istioAmbient`. */
export interface IstioAmbientOptions {
  /**
   * Release of Istio on the cluster; features that it lacks are refused.
   *
   * @default IstioRelease.V1_30
   */
  readonly release?: IstioRelease;
  /**
   * Namespaces that are on their way from sidecars to ambient, and how far each is. `AmbientMigration` writes every step.
   *
   * @default - none: every namespace is in ambient
   */
  readonly migration?: { [namespace: string]: MigrationStage };
  /**
   * Revision or tag of the control plane that injected the sidecars of namespaces on their way.
   *
   * @default - the default one, by the label `istio-injection: enabled`
   */
  readonly sidecarRevision?: string;
}

/** Options of `MeshProvider.istioSidecar`. */
export interface IstioSidecarProviderOptions {
  /**
   * Release of Istio on the cluster; features that it lacks are refused.
   *
   * @default IstioRelease.V1_30
   */
  readonly release?: IstioRelease;
  /**
   * Revision or tag of the control plane that injects, as in the label `istio.io/rev`.
   *
   * @default - the default one, by the label `istio-injection: enabled`
   */
  readonly revision?: string;
}

/** Options of `MeshProvider.linkerd`. */
export interface LinkerdOptions {
  /**
   * Release of Linkerd on the cluster.
   *
   * @default LinkerdRelease.V2_20
   */
  readonly release?: LinkerdRelease;
  /**
   * Namespace of Linkerd's control plane; it stands in every identity.
   *
   * @default 'linkerd'
   */
  readonly controlPlaneNamespace?: string;
  /**
   * Networks of the kubelets, as CIDRs: who may ask for the health (`healthPath`) of workloads whose requests are read, as those of tool
   * servers are. Of all others, agents among them, Linkerd lets probes in from the networks that its own installation states: set
   * `policyController.probeNetworks` of its chart to the same.
   *
   * @default - everywhere, as Linkerd's own
   */
  readonly probeNetworks?: string[];
}

/** Who proves identity and guards connections. */
export class MeshProvider {
  /** Istio's ambient mode: ztunnel for identity and connections, waypoints for requests (Istio 1.30, ambient). */
  public static istioAmbient(options: IstioAmbientOptions = {}): MeshProvider {
    const istioRelease = options.release ?? IstioRelease.V1_30;
    const stages = { ...options.migration };
    return MeshProvider.made('MeshProvider.istioAmbient', {
      options,
      istioRelease,
      backendOn: (channel) => {
        const unsupported = unsupportedMeshRoutes(channel);
        const ambient = new (istioAmbient().IstioAmbient)(unsupported);
        if (Object.keys(stages).length === 0) return ambient;
        const sidecar = new (istioSidecar().IstioSidecar)({ revision: options.sidecarRevision, unsupported });
        const { IstioMigration, MigrationPlan } = istioMigration();
        return new IstioMigration({ ambient, sidecar, plan: new MigrationPlan(stages) });
      },
    });
  }

  /** Istio's sidecars: an Envoy in each pod for identity, connections and requests (Istio 1.30, sidecar injection). */
  public static istioSidecar(options: IstioSidecarProviderOptions = {}): MeshProvider {
    const istioRelease = options.release ?? IstioRelease.V1_30;
    return MeshProvider.made('MeshProvider.istioSidecar', {
      options,
      istioRelease,
      backendOn: (channel) => new (istioSidecar().IstioSidecar)({ revision: options.revision, unsupported: unsupportedMeshRoutes(channel) }),
    });
  }

  /**
   * Linkerd: a proxy in each pod for identity, connections and requests (Linkerd 2.20). It has no gateways: for an InferenceGateway state
   * GatewayProvider.istioAgentgateway, whose pods become members by a proxy of Linkerd's.
   */
  public static linkerd(options: LinkerdOptions = {}): MeshProvider {
    const beta = options.release === LinkerdRelease.V2_19 ? 'beta.' : '';
    return MeshProvider.made('MeshProvider.linkerd', {
      options,
      backendOn: (channel) => new (linkerd().Linkerd)({
        controlPlaneNamespace: options.controlPlaneNamespace ?? DEFAULT_CONTROL_PLANE,
        probeNetworks: [...options.probeNetworks ?? ['0.0.0.0/0', '::/0']],
        nativeSidecarAnnotation: `config.${beta}linkerd.io/proxy-enable-native-sidecar`,
        unsupported: unsupportedByLinkerd(channel),
      }),
    });
  }

  private static made(label: string, facts: MeshProviderFacts): MeshProvider {
    const provider = new MeshProvider(label);
    meshProviderFacts.give(provider, facts);
    return provider;
  }

  private constructor(
    /** As in a program. */
    public readonly label: string,
  ) {}
}

// Loaded when a program asks for them: what each emits comes with large generated classes.
/* eslint-disable @typescript-eslint/no-require-imports */
const istioAmbient = () => require('./istio-ambient') as typeof import('./istio-ambient');
const istioSidecar = () => require('./istio-sidecar') as typeof import('./istio-sidecar');
const istioMigration = () => require('./istio-migration') as typeof import('./istio-migration');
const linkerd = () => require('./linkerd') as typeof import('./linkerd');
/* eslint-enable @typescript-eslint/no-require-imports */

export interface MeshProviderFacts {
  /** As they were stated. */
  readonly options: object;
  readonly backendOn: (channel: GatewayApiChannel) => MeshBackend;
  /** Of a mesh that is Istio's. */
  readonly istioRelease?: IstioRelease;
}

export const meshProviderFacts = new Trait<MeshProviderFacts>('a MeshProvider');

function unsupportedMeshRoutes(channel: GatewayApiChannel): UnsupportedFeatures {
  return channel === GatewayApiChannel.STANDARD ? { 'mesh-retries': RETRIES_UNSUPPORTED_BY_STANDARD_CHANNEL } : {};
}

/** Linkerd reads TLSRoutes as v1alpha2 alone, on purpose (Linkerd 2.20, policy-controller). */
function unsupportedByLinkerd(channel: GatewayApiChannel): UnsupportedFeatures {
  if (channel !== GatewayApiChannel.STANDARD) return {};
  const unserved = { reason: 'Linkerd reads TLSRoute v1alpha2, which only the experimental channel of the Gateway API serves', instead: 'GatewayApiChannel.EXPERIMENTAL' };
  return { 'egress': unserved, 'named-hosts': unserved };
}
