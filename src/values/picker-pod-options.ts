import { CommonPodOptions, HorizontalPodAutoscaler, PodDisruptionBudget, podFacts } from './pod-options';
import { PickerRelease } from './releases';
import { SecretKeyReference } from './workload-options';
import { SecretKey } from '../model/deployment-facts';
import { Availability, PickerPodSettings } from '../model/picker-pod-settings';

/** How the replicas of an endpoint picker share the work (source: llm-d-router v0.10, docs/operations.md). */
export enum AvailabilityMode {
  /** One replica. Kubernetes replaces a failed pod. */
  SINGLE = 'Single',
  /**
   * Several replicas, of which only the leader is ready and receives requests. A standby takes over when the leader is gone. Every
   * configuration works. The Deployment never reports all replicas as available.
   */
  LEADER_ELECTED = 'LeaderElected',
  /**
   * All replicas receive requests. Plugins that keep state in the picker are refused, because each replica would know only the requests that
   * it handled itself.
   */
  ACTIVE_ACTIVE = 'ActiveActive',
}

/** When the kubelet pulls an image. */
export enum ImagePullPolicy {
  /** At every start of a container. */
  ALWAYS = 'Always',
  /** If the node does not have it. */
  IF_NOT_PRESENT = 'IfNotPresent',
  /** Never: the node must have it. */
  NEVER = 'Never',
}

/** Export of the traces of an endpoint picker to an OpenTelemetry collector. */
export interface PickerTracing {
  /** URL of the OTLP endpoint (gRPC), such as `http://collector.observability:4317`. The collector must admit the picker. */
  readonly endpoint: string;
  /**
   * Ratio of the requests without a sampling decision that are traced, from 0 to 1. The decision of a caller is kept.
   *
   * @default 0.1
   */
  readonly samplingRatio?: number;
}

/** Options of the pods of an endpoint picker that the library deploys. */
export interface PickerPodOptions extends CommonPodOptions {
  /**
   * How the replicas share the work. It determines their number, the rollout strategy, the probes, the rights in the Kubernetes API, the
   * PodDisruptionBudget, and which plugins are allowed (source: llm-d-router v0.10, docs/operations.md).
   *
   * @default - AvailabilityMode.SINGLE; ACTIVE_ACTIVE if `replicas` is above 1
   */
  readonly availability?: AvailabilityMode;
  /**
   * Release of the picker. Synth fails if `image` is another release of the same picker.
   *
   * @default PickerRelease.V0_10
   */
  readonly release?: PickerRelease;
  /**
   * When the kubelet pulls the image.
   *
   * @default ImagePullPolicy.IF_NOT_PRESENT
   */
  readonly imagePullPolicy?: ImagePullPolicy;
  /**
   * Further flags of the picker by name, without dashes, such as `{ 'v': '4', 'drain-timeout': '45s' }`. Synth fails for flags that the
   * release does not know or rejects at start, and for flags that the library sets.
   *
   * @default - no further flags
   */
  readonly flags?: { [name: string]: string };
  /**
   * Environment variables with literal values, by name. Synth fails for variables that the library sets, and for values that look like
   * secrets. Use `secretEnv` for them.
   *
   * @default - no further environment variables
   */
  readonly env?: { [name: string]: string };
  /**
   * Environment variables by name, whose values come from Secrets.
   *
   * @default - no environment variables from Secrets
   */
  readonly secretEnv?: { [name: string]: SecretKeyReference };
  /**
   * Additional labels for the pods. Synth fails for labels of the mesh and of the library.
   *
   * @default - no additional labels
   */
  readonly podLabels?: { [key: string]: string };
  /**
   * Additional annotations for the pods. Synth fails for annotations of the mesh and of the library.
   *
   * @default - no additional annotations
   */
  readonly podAnnotations?: { [key: string]: string };
  /**
   * CPU limit of a picker pod in millicores. It must not be below `cpuMillis`.
   *
   * @default - no limit
   */
  readonly cpuLimitMillis?: number;
  /**
   * Memory limit of a picker pod in MiB. It must not be below `memoryMebibytes`.
   *
   * @default - `memoryMebibytes`
   */
  readonly memoryLimitMebibytes?: number;
  /**
   * Export of traces. If the collector is in a mesh, it needs a grant for the ServiceAccount of the picker.
   *
   * @default - no traces
   */
  readonly tracing?: PickerTracing;
  /**
   * Whether the picker also checks the ServiceAccount token of a scraper, in addition to its mesh identity. If set, the library emits a
   * ClusterRole for token reviews. The scraper must send a token, and its ServiceAccount needs `get` on the non-resource URL `/metrics`.
   *
   * @default false: the mesh identity decides who may scrape
   */
  readonly metricsAuthentication?: boolean;
  /**
   * Largest gRPC message in MiB that the picker accepts from the gateway, from 1 to 1024. Raise it for large request bodies, such as images.
   *
   * @default - 4, the limit of gRPC
   */
  readonly maxReceiveMebibytes?: number;
  /**
   * PodDisruptionBudget of the pods. Synth fails for `AvailabilityMode.LEADER_ELECTED`: only the leader is ready, so a budget would never
   * let it be evicted, and its node could not be drained.
   *
   * @default - `maxUnavailable` 1 for `AvailabilityMode.ACTIVE_ACTIVE`, otherwise none
   */
  readonly podDisruptionBudget?: PodDisruptionBudget;
  /**
   * HorizontalPodAutoscaler of the picker, which replaces `replicas`. Only for `AvailabilityMode.ACTIVE_ACTIVE`: in the other modes one
   * replica does all the work.
   *
   * @default - none
   */
  readonly horizontalPodAutoscaler?: HorizontalPodAutoscaler;
}

/** Returns the availability mode, and the number of replicas that follows from it. */
export function availabilityOf({ availability, horizontalPodAutoscaler, replicas }: PickerPodOptions & { readonly replicas?: number }) {
  const mode = availability ?? ((replicas ?? 1) > 1 ? AvailabilityMode.ACTIVE_ACTIVE : AvailabilityMode.SINGLE);
  const least = horizontalPodAutoscaler && (horizontalPodAutoscaler.minReplicas ?? 2);
  return { mode, replicas: least ?? replicas ?? (mode === AvailabilityMode.SINGLE ? 1 : 2) };
}

/** Returns the settings with their defaults. `replicas` has the value of the program. */
export function pickerPodSettings(options: PickerPodOptions & { readonly replicas?: number }, memoryMebibytes: number): PickerPodSettings {
  const { mode } = availabilityOf(options);
  const budget = mode === AvailabilityMode.ACTIVE_ACTIVE ? { maxUnavailable: 1 } : undefined;
  return {
    release: options.release ?? PickerRelease.V0_10,
    availability: mode as string as Availability,
    imagePullPolicy: options.imagePullPolicy ?? ImagePullPolicy.IF_NOT_PRESENT,
    flags: { ...options.flags },
    env: { ...options.env },
    secretEnv: { ...options.secretEnv as Record<string, SecretKey> | undefined },
    podLabels: { ...options.podLabels },
    podAnnotations: { ...options.podAnnotations },
    cpuLimitMillis: options.cpuLimitMillis,
    memoryLimitMebibytes: options.memoryLimitMebibytes ?? memoryMebibytes,
    tracing: options.tracing && { endpoint: options.tracing.endpoint, samplingRatio: options.tracing.samplingRatio ?? 0.1 },
    authenticatesScrapers: options.metricsAuthentication ?? false,
    maxReceiveMebibytes: options.maxReceiveMebibytes,
    pod: podFacts({ ...options, podDisruptionBudget: options.podDisruptionBudget ?? budget }, options.replicas),
  };
}
