import { GatewayApiChannel, IstioRelease, LinkerdRelease } from './releases';
import { accepted } from '../input/guard';
import { Trait } from '../model/trait';

/** Options of `Cluster.of`. */
export interface ClusterOptions {
  /**
   * Name of the cluster, for apps that deploy to several clusters. Meshes on two clusters may use the same namespaces and names. Synth
   * fails for grants between two clusters.
   *
   * @default - no name. All meshes of the app without a cluster name are on the same cluster
   */
  readonly name?: string;
  /**
   * Istio release on the cluster, for the mesh and for the gateways. Synth fails for features that this release does not support.
   *
   * @default IstioRelease.V1_31
   */
  readonly istioRelease?: IstioRelease;
  /**
   * Linkerd release on the cluster.
   *
   * @default LinkerdRelease.V2_20
   */
  readonly linkerdRelease?: LinkerdRelease;
  /**
   * Channel of the Gateway API CRDs on the cluster. Synth fails for features that this channel does not contain.
   *
   * @default GatewayApiChannel.STANDARD
   */
  readonly gatewayApiChannel?: GatewayApiChannel;
  /**
   * SPIFFE trust domain of the Istio or Linkerd installation.
   *
   * @default 'cluster.local'
   */
  readonly trustDomain?: string;
  /**
   * Networks of the nodes' kubelets, as CIDRs. Used on Linkerd only. These networks may call the `healthPath` of tool servers, and of other
   * workloads whose requests are authorized by method and path, without a grant. If the mesh has `metrics`, they may also call `/live` and
   * `/ready` of the Linkerd proxies. For all other workloads Linkerd uses `policyController.probeNetworks` of its Helm chart; set it to the
   * same networks.
   *
   * @default - every network, which is Linkerd's own default
   */
  readonly kubeletCidrs?: string[];
}

/**
 * Facts about a Kubernetes cluster: releases, channel of the Gateway API CRDs, and trust domain. Pass one Cluster to every mesh on the
 * cluster.
 *
 * @example
 * const cluster = Cluster.of({ istioRelease: IstioRelease.V1_31, gatewayApiChannel: GatewayApiChannel.EXPERIMENTAL });
 */
export class Cluster {
  /** Returns the description of a cluster. */
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

/** The options of a cluster with their defaults. */
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
