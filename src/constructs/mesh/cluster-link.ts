import { Construct } from 'constructs';
import { accepted } from '../../input/guard';
import { isSubdomain, nameProblem } from '../../model/names';
import { setMainObject } from '../membership/main-object';
import { freshId, Membership, MeshMemberProps } from '../membership/membership';

/** Props of `ClusterLink`. */
export interface ClusterLinkProps extends MeshMemberProps {
  /**
   * Name of the other cluster, and of the Link.
   *
   * @default - the construct id
   */
  readonly clusterName?: string;
  /**
   * DNS domain of the other cluster (`clusterDomain` of its kubelets).
   *
   * @default 'cluster.local'
   */
  readonly clusterDomain?: string;
  /**
   * Name of the Secret with the credentials for the API of the other cluster. The Secret must exist in the namespace of the link.
   *
   * @default - "cluster-credentials-" and the name of the cluster
   */
  readonly credentialsSecretName?: string;
  /**
   * Namespace in which Linkerd's multicluster extension is installed.
   *
   * @default 'linkerd-multicluster'
   */
  readonly namespace?: string;
}

/**
 * A link to another Linkerd cluster. Workloads here can then call the exported and federated Services of that cluster. The clusters must
 * share a flat network and a trust anchor. Emits a Link without a gateway, so that callers keep their identities (source: Linkerd
 * 2.20, multicluster.linkerd.io Link). Synth fails on meshes other than Linkerd.
 *
 * @example
 * new ClusterLink(mesh, 'west', { clusterName: 'west' });
 */
export class ClusterLink extends Construct {
  public constructor(scope: Construct, id: string, props: ClusterLinkProps = {}) {
    [scope, id, props] = accepted('new ClusterLink', [scope, id, props]);
    super(scope, freshId(scope, id, props.mesh));
    const member = Membership.of(this, props);
    const { model, context } = member;
    const clusterName = member.name('the name of the cluster', props.clusterName ?? this.node.id);
    const link = {
      origin: member,
      clusterName,
      clusterDomain: props.clusterDomain ?? 'cluster.local',
      credentialsSecretName: props.credentialsSecretName ?? `cluster-credentials-${clusterName}`,
      namespace: props.namespace ?? 'linkerd-multicluster',
    };
    member.report(nameProblem('the namespace of the link', link.namespace));
    for (const name of [link.clusterDomain, link.credentialsSecretName]) {
      if (!isSubdomain(name)) member.report({ message: 'a name of the link is not valid in Kubernetes', actual: name, expected: 'lower case letters, digits, "-" and "."', fix: 'correct the name' });
    }
    if (member.refuse('federation', 'a link to another cluster', clusterName)) return;
    model.clusterLinks.push(link);
    context.mesh.clusterLinks?.link(this, link);
    setMainObject(this, 'link');
  }
}
