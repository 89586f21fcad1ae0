/** How the number of model servers of a pool follows its requests. */
export interface AutoscalingFacts {
  /** URL of the Prometheus with the metrics of the endpoint picker, without a slash at the end. */
  readonly serverAddress: string;
  /** Deployment whose replicas are set, in the namespace of the pool. */
  readonly deploymentName: string;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** Requests in progress for each replica. */
  readonly runningRequests: number;
  /** Requests that wait in the endpoint picker, for each replica. */
  readonly queuedRequests: number;
  readonly cooldownSeconds: number;
  /** Further labels of the series in Prometheus. */
  readonly seriesLabels: Readonly<Record<string, string>>;
}
