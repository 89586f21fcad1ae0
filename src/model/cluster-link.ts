import { Located } from './problem';

/** Another cluster whose exported Services are seen here. */
export interface ClusterLinkNode {
  readonly origin: Located;
  readonly clusterName: string;
  readonly clusterDomain: string;
  /** Secret of the credentials for the other cluster's API, in the namespace of the link. */
  readonly credentialsSecret: string;
  readonly namespace: string;
}
