import { Construct } from 'constructs';
import { freshId, Membership, MeshMemberProps } from './membership';
import { isSubdomain, nameProblem } from '../model/names';

/** Props of `ClusterLink`. */
export interface ClusterLinkProps extends MeshMemberProps {
  /**
   * Name of the other cluster.
   *
   * @default - the id
   */
  readonly clusterName?: string;
  /**
   * DNS domain of the other cluster.
   *
   * @default 'cluster.local'
   */
  readonly clusterDomain?: string;
  /**
   * Secret with the credentials for the other cluster's API, which the team keeps in the link's namespace.
   *
   * @default - "cluster-credentials-" and the name of the cluster
   */
  readonly credentialsSecret?: string;
  /**
   * Namespace of Linkerd's multicluster extension.
   *
   * @default 'linkerd-multicluster'
   */
  readonly namespace?: string;
}

/**
 * Another cluster, on one network and with a common root of trust, whose exported and federated Services are seen here.
 * Emits a Link without a gateway, so that callers keep their identities (Linkerd 2.20, multicluster.linkerd.io Link).
 */
export class ClusterLink extends Construct {
  public constructor(scope: Construct, id: string, props: ClusterLinkProps = {}) {
    super(scope, freshId(scope, id, props.mesh));
    const member = Membership.of(this, props);
    const { model, context } = member;
    const clusterName = member.name('the name of the cluster', props.clusterName ?? this.node.id);
    const link = {
      origin: member,
      clusterName,
      clusterDomain: props.clusterDomain ?? 'cluster.local',
      credentialsSecret: props.credentialsSecret ?? `cluster-credentials-${clusterName}`,
      namespace: props.namespace ?? 'linkerd-multicluster',
    };
    member.report(nameProblem('the namespace of the link', link.namespace));
    for (const name of [link.clusterDomain, link.credentialsSecret]) {
      if (!isSubdomain(name)) member.report({ message: 'a name of the link is not one that Kubernetes takes', actual: name, expected: 'lower case letters, digits, "-" and "."', fix: 'correct it' });
    }
    if (member.refuse('federation', 'a link to another cluster', clusterName)) return;
    model.clusterLinks.push(link);
    context.mesh.clusterLinks?.link(this, link);
  }
}
