import { GatewayApiChannel, IstioRelease, LinkerdRelease } from './releases';
import { accepted } from '../input/guard';
import { Trait } from '../model/trait';

/** Options of `Cluster.of`. */
export interface ClusterOptions {
  /**
   * Name of the cluster, in an app that has a chart for each cluster. Meshes of two clusters may use the same namespaces and names, and
   * grant each other nothing.
   *
   * @default - none: all meshes of the app whose cluster has no name are on one cluster
   */
  readonly name?: string;
  /**
   * Release of Istio on the cluster, of the mesh and of the gateways. Features that it lacks are refused.
   *
   * @default IstioRelease.V1_31
   */
  readonly istioRelease?: IstioRelease;
  /**
   * Release of Linkerd on the cluster.
   *
   * @default LinkerdRelease.V2_20
   */
  readonly linkerdRelease?: LinkerdRelease;
  /**
   * Channel of the Gateway API CRDs on the cluster. Features that it lacks are refused.
   *
   * @default GatewayApiChannel.STANDARD
   */
  readonly gatewayApiChannel?: GatewayApiChannel;
  /**
   * SPIFFE trust domain with which the mesh was installed.
   *
   * @default 'cluster.local'
   */
  readonly trustDomain?: string;
  /**
   * Networks of the kubelets, as CIDRs. Used on Linkerd only: only these networks may call the `healthPath` of tool servers and of other
   * workloads whose AuthorizationPolicies target HTTPRoutes. For all other workloads Linkerd uses the value
   * `policyController.probeNetworks` of its Helm chart; set it to the same networks.
   *
   * @default - every network, which is Linkerd's own default
   */
  readonly kubeletCidrs?: string[];
}

/**
 * A Kubernetes cluster, as the team installed it: releases, channel of the Gateway API, trust domain. Stated once, for every mesh on it.
 *
 * @example
 * const cluster = Cluster.of({ istioRelease: IstioRelease.V1_31, gatewayApiChannel: GatewayApiChannel.EXPERIMENTAL });
 */
export class Cluster {
  /** Describes a cluster. */
  public static of(options: ClusterOptions = {}): Cluster {
    [options] = accepted('Cluster.of', [options]);
    const cluster = new Cluster();
    clusterFacts.give(cluster, {
      options: { ...options },
      name: options.name,
      istioRelease: options.istioRelease ?? IstioRelease.V1_31,
      linkerdRelease: options.linkerdRelease ?? LinkerdRelease.V2_20,
      gatewayApiChannel: options.gatewayApiChannel ?? GatewayApiChannel.STANDARD,
      trustDomain: options.trustDomain ?? 'cluster.local',
      kubeletNetworks: [...options.kubeletCidrs ?? ['0.0.0.0/0', '::/0']],
    });
    return cluster;
  }

  private constructor() {}
}

/** What is known of a cluster, with every default. */
export interface ClusterFacts {
  /** The options that the program passed to `Cluster.of`, without defaults. */
  readonly options: ClusterOptions;
  readonly name?: string;
  readonly istioRelease: IstioRelease;
  readonly linkerdRelease: LinkerdRelease;
  readonly gatewayApiChannel: GatewayApiChannel;
  readonly trustDomain: string;
  readonly kubeletNetworks: readonly string[];
}

export const clusterFacts = new Trait<ClusterFacts>('a Cluster');
