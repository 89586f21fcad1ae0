import { MeshBackend } from './backend';
import { accepted } from '../input/guard';
import { RETRIES_UNSUPPORTED_BY_STANDARD_CHANNEL } from './istio-shared/unsupported-by-istio';
import { DEFAULT_CONTROL_PLANE } from './linkerd/facts';
import { UnsupportedFeatures } from '../model/feature';
import { Trait } from '../model/trait';
import { ClusterFacts } from '../values/cluster';
import { MigrationStage } from '../values/migration-stage';
import { GatewayApiChannel, LinkerdRelease } from '../values/releases';

/** Options of `MeshProvider.istioAmbient`. */
export interface IstioAmbientOptions {
  /**
   * Namespaces that move from sidecars to ambient, and the stage of each. `AmbientMigration` writes every step.
   *
   * @default - none: every namespace is in ambient
   */
  readonly migration?: { [namespace: string]: MigrationStage };
  /**
   * Revision or tag of the control plane that injected the sidecars of namespaces that move.
   *
   * @default - the default one, by the label `istio-injection: enabled`
   */
  readonly sidecarRevision?: string;
}

/** Options of `MeshProvider.istioSidecar`. */
export interface IstioSidecarOptions {
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
   * Namespace of Linkerd's control plane. It is part of every identity.
   *
   * @default 'linkerd'
   */
  readonly controlPlaneNamespace?: string;
}

/**
 * The role of the mesh data plane: it proves identity and authorizes connections.
 *
 * @example
 * new AgentMesh(chart, 'mesh', { namespace: 'voice', mesh: MeshProvider.istioSidecar() });
 */
export class MeshProvider {
  /** Istio's ambient mode: ztunnel for identity and connections, waypoints for requests (Istio 1.31, ambient). */
  public static istioAmbient(options: IstioAmbientOptions = {}): MeshProvider {
    [options] = accepted('MeshProvider.istioAmbient', [options]);
    const stages = options.migration ?? {};
    return MeshProvider._of('MeshProvider.istioAmbient', {
      options,
      backendOn: ({ gatewayApiChannel }) => {
        const unsupported = unsupportedMeshRoutes(gatewayApiChannel);
        const ambient = new (istioAmbient().IstioAmbient)(unsupported);
        if (Object.keys(stages).length === 0) return ambient;
        const sidecar = new (istioSidecar().IstioSidecar)({ revision: options.sidecarRevision, unsupported });
        const { IstioMigration, MigrationPlan } = istioMigration();
        return new IstioMigration({ ambient, sidecar, plan: new MigrationPlan(stages) });
      },
    });
  }

  /** Istio's sidecars: an Envoy in each pod for identity, connections and requests (Istio 1.31, sidecar injection). */
  public static istioSidecar(options: IstioSidecarOptions = {}): MeshProvider {
    [options] = accepted('MeshProvider.istioSidecar', [options]);
    return MeshProvider._of('MeshProvider.istioSidecar', {
      options,
      backendOn: ({ gatewayApiChannel }) =>
        new (istioSidecar().IstioSidecar)({ revision: options.revision, unsupported: unsupportedMeshRoutes(gatewayApiChannel) }),
    });
  }

  /**
   * Linkerd: a proxy in each pod for identity, connections and requests (Linkerd 2.20). It has no gateways of its own: an InferenceGateway is
   * one of `GatewayProvider.istioAgentgateway`, whose pods Linkerd injects.
   */
  public static linkerd(options: LinkerdOptions = {}): MeshProvider {
    [options] = accepted('MeshProvider.linkerd', [options]);
    return MeshProvider._of('MeshProvider.linkerd', {
      options,
      backendOn: ({ gatewayApiChannel, linkerdRelease, kubeletNetworks }) => new (linkerd().Linkerd)({
        controlPlaneNamespace: options.controlPlaneNamespace ?? DEFAULT_CONTROL_PLANE,
        probeNetworks: kubeletNetworks,
        nativeSidecarAnnotation: `config.${linkerdRelease === LinkerdRelease.V2_19 ? 'beta.' : ''}linkerd.io/proxy-enable-native-sidecar`,
        unsupported: unsupportedByLinkerd(gatewayApiChannel),
      }),
    });
  }

  /**
   * A mesh of another implementation, for contributors.
   *
   * @internal
   */
  public static _of(label: string, facts: MeshProviderFacts): MeshProvider {
    const provider = new MeshProvider(label);
    meshProviderFacts.give(provider, facts);
    return provider;
  }

  private constructor(
    /** As in a program: "MeshProvider.linkerd". */
    public readonly label: string,
  ) {}
}

// Loaded when a program needs them: what each emits comes with large generated classes.
/* eslint-disable @typescript-eslint/no-require-imports */
const istioAmbient = () => require('./istio-ambient') as typeof import('./istio-ambient');
const istioSidecar = () => require('./istio-sidecar') as typeof import('./istio-sidecar');
const istioMigration = () => require('./istio-migration') as typeof import('./istio-migration');
const linkerd = () => require('./linkerd') as typeof import('./linkerd');
/* eslint-enable @typescript-eslint/no-require-imports */

export interface MeshProviderFacts {
  /** The options that the program passed to the factory, without defaults. */
  readonly options: object;
  readonly backendOn: (cluster: ClusterFacts) => MeshBackend;
}

export const meshProviderFacts = new Trait<MeshProviderFacts>('a MeshProvider');

function unsupportedMeshRoutes(channel: GatewayApiChannel): UnsupportedFeatures {
  return channel === GatewayApiChannel.STANDARD ? { 'mesh-retries': RETRIES_UNSUPPORTED_BY_STANDARD_CHANNEL } : {};
}

/** Linkerd serves TLSRoute v1alpha2 alone, on purpose (Linkerd 2.20, policy-controller). */
function unsupportedByLinkerd(channel: GatewayApiChannel): UnsupportedFeatures {
  if (channel !== GatewayApiChannel.STANDARD) return {};
  const unserved = { reason: 'Linkerd uses TLSRoute v1alpha2, which only the experimental channel of the Gateway API serves', instead: 'GatewayApiChannel.EXPERIMENTAL' };
  return { 'egress': unserved, 'named-hosts': unserved };
}
