import { Affinity, affinityFacts } from './affinity';
import { Volume, volumeFacts } from './volume';
import { PodFacts, ProbeFacts } from '../model/pod-facts';

/** Settings of a kubelet probe. Every setting has a default. */
export interface WorkloadProbe {
  /**
   * Path of an HTTP probe. The probe succeeds if the response has status 2xx or 3xx.
   *
   * @default - the `healthPath` of the workload. If it has none, the kubelet opens a TCP connection to the port instead
   */
  readonly path?: string;
  /**
   * Port that the kubelet probes. It must be one of `ports`.
   *
   * @default - the first port
   */
  readonly port?: number;
  /**
   * Command that the kubelet runs in the container instead of an HTTP or TCP probe. The probe succeeds if the command exits with 0.
   *
   * @default - no command
   */
  readonly command?: string[];
  /**
   * Seconds between two probes.
   *
   * @default - 10; 2 for the startup probe
   */
  readonly periodSeconds?: number;
  /**
   * Timeout of a probe in seconds.
   *
   * @default 1
   */
  readonly timeoutSeconds?: number;
  /**
   * Number of consecutive failed probes that count as a failure. Synth fails if it is set for the startup probe, which uses
   * `startupSeconds`.
   *
   * @default - 3; 30 for a liveness probe by HTTP or by a command, so that the outage of a dependency does not restart the pods
   */
  readonly failureThreshold?: number;
}

/** What the scheduler does with a pod that would violate a constraint. */
export enum WhenUnsatisfiable {
  /** The pod stays pending until it can be placed. */
  DO_NOT_SCHEDULE = 'DoNotSchedule',
  /** The pod is placed where it violates the constraint least. */
  SCHEDULE_ANYWAY = 'ScheduleAnyway',
}

/**
 * A constraint on how the pods of a workload are spread over nodes or zones (source: Kubernetes 1.36, topology spread constraints).
 * Only the pods of this workload count.
 */
export interface TopologySpreadConstraint {
  /** Node label whose values define the topology domains, such as `kubernetes.io/hostname` or `topology.kubernetes.io/zone`. */
  readonly topologyKey: string;
  /**
   * Maximum difference between the numbers of pods in two domains.
   *
   * @default 1
   */
  readonly maxSkew?: number;
  /**
   * What the scheduler does with a pod that would violate the constraint.
   *
   * @default WhenUnsatisfiable.SCHEDULE_ANYWAY
   */
  readonly whenUnsatisfiable?: WhenUnsatisfiable;
}

/** Effect of a taint. */
export enum TaintEffect {
  /** No new pods are scheduled on the node. */
  NO_SCHEDULE = 'NoSchedule',
  /** The scheduler avoids the node for new pods, if possible. */
  PREFER_NO_SCHEDULE = 'PreferNoSchedule',
  /** No new pods are scheduled on the node, and running pods are evicted. */
  NO_EXECUTE = 'NoExecute',
}

/** A node taint that the pods tolerate. */
export interface Toleration {
  /**
   * Key of the taint.
   *
   * @default - every key
   */
  readonly key?: string;
  /**
   * Value of the taint.
   *
   * @default - every value
   */
  readonly value?: string;
  /**
   * Effect of the taint.
   *
   * @default - every effect
   */
  readonly effect?: TaintEffect;
  /**
   * Seconds for which a running pod stays on a node with the taint. Only for `TaintEffect.NO_EXECUTE`.
   *
   * @default - forever
   */
  readonly tolerationSeconds?: number;
}

/** A PodDisruptionBudget: how many pods stay available while nodes are drained. Set exactly one of `minAvailable` and `maxUnavailable`. */
export interface PodDisruptionBudget {
  /**
   * Minimum number of ready pods. It must be lower than the number of replicas, because otherwise nodes with these pods could not be
   * drained.
   *
   * @default - none: `maxUnavailable` applies
   */
  readonly minAvailable?: number;
  /**
   * Maximum number of pods that are unavailable at the same time.
   *
   * @default - none: `minAvailable` applies
   */
  readonly maxUnavailable?: number;
}

/** A HorizontalPodAutoscaler: how the number of replicas follows the CPU load. */
export interface HorizontalPodAutoscaler {
  /**
   * Minimum number of replicas.
   *
   * @default 2
   */
  readonly minReplicas?: number;
  /** Maximum number of replicas. */
  readonly maxReplicas: number;
  /**
   * Target for the average CPU usage of the container, in percent of its CPU request (`cpuMillis`).
   *
   * @default 80
   */
  readonly cpuUtilization?: number;
}

/** Options of all pods that the library deploys: where they run, and what they mount. */
export interface CommonPodOptions {
  /**
   * Constraints on how the pods are spread over nodes and zones. With an empty list the defaults of the cluster apply.
   *
   * @default - several replicas are spread over nodes and zones if possible (SCHEDULE_ANYWAY)
   */
  readonly topologySpreadConstraints?: TopologySpreadConstraint[];
  /**
   * Name of an existing PriorityClass.
   *
   * @default - the default priority of the cluster
   */
  readonly priorityClassName?: string;
  /**
   * Labels that a node must have to run the pods.
   *
   * @default - any node
   */
  readonly nodeSelector?: { [key: string]: string };
  /**
   * Taints that the pods tolerate.
   *
   * @default - none
   */
  readonly tolerations?: Toleration[];
  /**
   * Rules on which nodes the pods run, or near which other pods.
   *
   * @default - none
   */
  readonly affinity?: Affinity[];
  /**
   * Volumes by mount path, such as `{ '/etc/agent': Volume.configMap('agent') }`.
   *
   * @default - no further volumes
   */
  readonly volumes?: { [mountPath: string]: Volume };
  /**
   * Names of existing Secrets with credentials for image registries.
   *
   * @default - those of the ServiceAccount
   */
  readonly imagePullSecrets?: string[];
}

/** Options of deployed pods: scheduling, volumes, probes and scaling. */
export interface PodOptions extends CommonPodOptions {
  /**
   * Liveness probe. If it fails, the kubelet restarts the container.
   *
   * @default - a probe of the first port, or no probe if `ports` is empty
   */
  readonly livenessProbe?: WorkloadProbe;
  /**
   * Readiness probe. While it fails, the pod gets no calls.
   *
   * @default - a probe of the first port, or no probe if `ports` is empty
   */
  readonly readinessProbe?: WorkloadProbe;
  /**
   * Startup probe. The other probes begin after its first success. If it has no success within `startupSeconds`, the kubelet restarts the
   * container.
   *
   * @default - a probe of the first port every 2 seconds, or no probe if `ports` is empty
   */
  readonly startupProbe?: WorkloadProbe;
  /**
   * Extended resources of the container by name, such as `{ 'nvidia.com/gpu': 1 }`. Each number is both request and limit.
   *
   * @default - none
   */
  readonly extendedResources?: { [name: string]: number };
  /**
   * PodDisruptionBudget of the pods. If set, the library emits it.
   *
   * @default - none: a drain may evict all pods at the same time
   */
  readonly podDisruptionBudget?: PodDisruptionBudget;
  /**
   * HorizontalPodAutoscaler of the Deployment, which replaces `replicas`. If set, the library emits it. It needs the metrics server in the
   * cluster.
   *
   * @default - none
   */
  readonly horizontalPodAutoscaler?: HorizontalPodAutoscaler;
}

/** Returns the options with their defaults. `replicas` has the value of the program. */
export function podFacts(options: PodOptions, replicas: number | undefined): PodFacts {
  const { podDisruptionBudget: budget, horizontalPodAutoscaler: autoscaler } = options;
  return {
    livenessProbe: probeFacts(options.livenessProbe),
    readinessProbe: probeFacts(options.readinessProbe),
    startupProbe: probeFacts(options.startupProbe),
    spread: options.topologySpreadConstraints?.map(({ topologyKey, maxSkew, whenUnsatisfiable }) =>
      ({ topologyKey, maxSkew: maxSkew ?? 1, whenUnsatisfiable: whenUnsatisfiable ?? WhenUnsatisfiable.SCHEDULE_ANYWAY })),
    priorityClassName: options.priorityClassName,
    nodeSelector: { ...options.nodeSelector },
    tolerations: (options.tolerations ?? []).map((one) => ({ ...one })),
    affinity: (options.affinity ?? []).map((one) => affinityFacts.of(one)),
    volumes: Object.fromEntries(Object.entries(options.volumes ?? {}).map(([path, volume]) => [path, volumeFacts.of(volume)])),
    imagePullSecrets: [...options.imagePullSecrets ?? []],
    extendedResources: { ...options.extendedResources },
    disruptionBudget: budget && { ...budget },
    autoscaler: autoscaler && { ...autoscaler, minReplicas: autoscaler.minReplicas ?? 2, cpuUtilization: autoscaler.cpuUtilization ?? 80, replicas },
  };
}

function probeFacts({ command, ...probe }: WorkloadProbe = {}): ProbeFacts {
  return { ...probe, ...command && { command: [...command] } };
}
