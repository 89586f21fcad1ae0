import { Located } from './problem';

/** A link to another cluster, whose exported Services are available in this one. */
export interface ClusterLinkNode {
  readonly origin: Located;
  readonly clusterName: string;
  readonly clusterDomain: string;
  /** Secret with credentials for the API of the other cluster, in the namespace of the link. */
  readonly credentialsSecretName: string;
  readonly namespace: string;
}
