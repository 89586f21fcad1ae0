import { MeshBackend } from './backend';
import { accepted } from '../input/guard';
import { RETRIES_UNSUPPORTED_BY_STANDARD_CHANNEL } from './istio-shared/unsupported-by-istio';
import { DEFAULT_CONTROL_PLANE } from './linkerd/facts';
import { UnsupportedFeatures } from '../model/feature';
import { Trait } from '../model/trait';
import { AccessLogs, accessLogsOf } from '../values/access-logs';
import { ClusterFacts } from '../values/cluster';
import { LinkerdAccessLog } from '../values/linkerd-access-log';
import { MigrationStage } from '../values/migration-stage';
import { GatewayApiChannel, LinkerdRelease } from '../values/releases';

/** Options of `MeshProvider.istioAmbient`. */
export interface IstioAmbientOptions {
  /**
   * Namespaces that migrate from sidecars to ambient mode, with the stage of each. `AmbientMigration` sets it for each step of a migration.
   *
   * @default - none: every namespace is in ambient mode
   */
  readonly migration?: { [namespace: string]: MigrationStage };
  /**
   * Revision or tag of the istiod that injected the sidecars of the migrating namespaces, as in the label `istio.io/rev`.
   *
   * @default - the default revision, selected by the label `istio-injection: enabled`
   */
  readonly sidecarRevision?: string;
  /**
   * Access logs of gateways, waypoints and sidecars.
   *
   * @default AccessLogs.envoy()
   */
  readonly accessLogs?: AccessLogs;
}

/** Options of `MeshProvider.istioSidecar`. */
export interface IstioSidecarOptions {
  /**
   * Revision or tag of the istiod that injects the sidecars, as in the label `istio.io/rev`.
   *
   * @default - the default revision, selected by the label `istio-injection: enabled`
   */
  readonly revision?: string;
  /**
   * Access logs of gateways and sidecars.
   *
   * @default AccessLogs.envoy()
   */
  readonly accessLogs?: AccessLogs;
}

/** Options of `MeshProvider.linkerd`. */
export interface LinkerdOptions {
  /**
   * Namespace of Linkerd's control plane. It is part of every mesh identity.
   *
   * @default 'linkerd'
   */
  readonly controlPlaneNamespace?: string;
  /**
   * Access log of the Linkerd proxies, in namespaces that the library creates.
   *
   * @default LinkerdAccessLog.JSON
   */
  readonly accessLog?: LinkerdAccessLog;
}

/**
 * The mesh data plane of an AgentMesh, which authenticates workloads by mutual TLS and authorizes connections: Istio ambient, Istio
 * sidecars or Linkerd.
 *
 * @example
 * new AgentMesh(chart, 'mesh', { namespace: 'voice', mesh: MeshProvider.istioSidecar() });
 */
export class MeshProvider {
  /** Istio's ambient mode: ztunnel authenticates workloads and authorizes connections, waypoints authorize requests (Istio 1.31, ambient). */
  public static istioAmbient(options: IstioAmbientOptions = {}): MeshProvider {
    [options] = accepted('MeshProvider.istioAmbient', [options]);
    const stages = options.migration ?? {};
    const accessLogs = accessLogsOf(options.accessLogs);
    return MeshProvider._of('MeshProvider.istioAmbient', {
      options: { ...options, accessLogs },
      backendOn: ({ gatewayApiChannel }) => {
        const unsupported = unsupportedMeshRoutes(gatewayApiChannel);
        const ambient = new (istioAmbient().IstioAmbient)(unsupported, accessLogs);
        if (Object.keys(stages).length === 0) return ambient;
        const sidecar = new (istioSidecar().IstioSidecar)({ revision: options.sidecarRevision, unsupported, accessLogs });
        const { IstioMigration, MigrationPlan } = istioMigration();
        return new IstioMigration({ ambient, sidecar, plan: new MigrationPlan(stages), accessLogs });
      },
    });
  }

  /** Istio's sidecars: an Envoy in each pod authenticates workloads and authorizes connections and requests (Istio 1.31, sidecar injection). */
  public static istioSidecar(options: IstioSidecarOptions = {}): MeshProvider {
    [options] = accepted('MeshProvider.istioSidecar', [options]);
    const accessLogs = accessLogsOf(options.accessLogs);
    return MeshProvider._of('MeshProvider.istioSidecar', {
      options: { ...options, accessLogs },
      backendOn: ({ gatewayApiChannel }) =>
        new (istioSidecar().IstioSidecar)({ revision: options.revision, unsupported: unsupportedMeshRoutes(gatewayApiChannel), accessLogs }),
    });
  }

  /**
   * Linkerd: a proxy in each pod authenticates workloads and authorizes connections and requests (Linkerd 2.20). Linkerd has no gateways.
   * An InferenceGateway uses `GatewayProvider.istioAgentgateway`, whose pods get the Linkerd proxy.
   */
  public static linkerd(options: LinkerdOptions = {}): MeshProvider {
    [options] = accepted('MeshProvider.linkerd', [options]);
    return MeshProvider._of('MeshProvider.linkerd', {
      options,
      backendOn: ({ gatewayApiChannel, linkerdRelease, kubeletNetworks }) => new (linkerd().Linkerd)({
        controlPlaneNamespace: options.controlPlaneNamespace ?? DEFAULT_CONTROL_PLANE,
        probeNetworks: kubeletNetworks,
        nativeSidecarAnnotation: `config.${linkerdRelease === LinkerdRelease.V2_19 ? 'beta.' : ''}linkerd.io/proxy-enable-native-sidecar`,
        accessLog: ACCESS_LOGS[options.accessLog ?? LinkerdAccessLog.JSON],
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
    /** Name of the factory, such as "MeshProvider.linkerd". */
    public readonly label: string,
  ) {}
}

// Loaded only when a program needs them, because each loads large generated classes.
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

/** Values of the annotation. An empty value overrides the access log of the Linkerd installation (Linkerd 2.20, pkg/inject). */
const ACCESS_LOGS = { [LinkerdAccessLog.JSON]: 'json', [LinkerdAccessLog.APACHE]: 'apache', [LinkerdAccessLog.OFF]: '' } as const;

/** Returns the features that Linkerd lacks on a channel. Linkerd uses only TLSRoute v1alpha2, on purpose (Linkerd 2.20, policy-controller). */
function unsupportedByLinkerd(channel: GatewayApiChannel): UnsupportedFeatures {
  if (channel !== GatewayApiChannel.STANDARD) return {};
  const unserved = { reason: 'Linkerd uses TLSRoute v1alpha2, which only the experimental channel of the Gateway API serves', instead: 'GatewayApiChannel.EXPERIMENTAL' };
  const networks = { reason: 'Linkerd uses TCPRoute v1alpha2, which only the experimental channel of the Gateway API serves', instead: 'GatewayApiChannel.EXPERIMENTAL' };
  return { 'egress': unserved, 'named-hosts': unserved, 'wildcard-hosts': unserved, 'external-networks': networks };
}
