/**
 * How the number of model servers of a pool follows its requests: a ScaledObject of KEDA (source: KEDA v2.20, `keda.sh/v1alpha1`) for their
 * Deployment, with triggers on the metrics of the endpoint picker in a Prometheus. KEDA must be installed.
 *
 * The Prometheus must be the `scraper` of the mesh, because nobody else may read the metrics of the picker. Its series must have the labels
 * `namespace` and `pod` of the picker's pods, as the Prometheus Operator sets them. While Prometheus has no metrics of the picker, the number
 * of replicas stays as it is.
 */
export interface PoolAutoscaling {
  /**
   * URL of the Prometheus, as KEDA calls it: http or https with a host, and a port and a path if it has them, such as
   * "http://prometheus.monitoring:9090". It has no user name and no password.
   */
  readonly serverAddress: string;
  /**
   * Minimum number of replicas. With 0, the pool has no pods while nobody calls it: the endpoint picker must have flow control, so that
   * requests wait until a pod serves. Synth fails for 0 without it (AM239), because each such request gets an error and starts no pod.
   *
   * @default 1
   */
  readonly minReplicas?: number;
  /** Maximum number of replicas. */
  readonly maxReplicas: number;
  /**
   * Number of requests in progress that one replica is to serve: 1 or more. With more requests there are more replicas.
   *
   * @default 16
   */
  readonly runningRequestsPerReplica?: number;
  /**
   * Number of requests that may wait in the endpoint picker for each replica: 1 or more. With more there are more replicas. Requests wait
   * only with flow control. Synth fails if this is set without it.
   *
   * @default - 1 with flow control
   */
  readonly queuedRequestsPerReplica?: number;
  /**
   * Seconds for which fewer replicas must be enough before replicas are removed, from 0 to 3600.
   *
   * @default 300
   */
  readonly cooldownSeconds?: number;
  /**
   * Further labels that the series of the picker have in Prometheus, such as `{ cluster: 'eu-1' }` for a Prometheus of several clusters.
   *
   * @default - only namespace and pods select the series
   */
  readonly seriesLabels?: { [label: string]: string };
  /**
   * Name of the Deployment of existing pods. It is required for Workload.existing, and must not be set for Workload.deploy and
   * Workload.fromConstruct, whose Deployment is known. An existing Deployment must not state `replicas`, because each apply would reset the
   * number; synth fails if one of the app does (AM238).
   *
   * @default - the Deployment that the library emits or has read
   */
  readonly deploymentName?: string;
}
