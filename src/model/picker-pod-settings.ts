import { DeploymentFacts } from './deployment-facts';
import { PodFacts } from './pod-facts';

/**
 * How the replicas of an endpoint picker share the work: one replica; one leader, which alone receives requests, with standbys; or all
 * replicas receive requests.
 */
export type Availability = 'Single' | 'LeaderElected' | 'ActiveActive';

/** Settings of the pods of an endpoint picker, beside its image, replicas and resource requests. */
export interface PickerPodSettings extends Pick<DeploymentFacts, 'env' | 'secretEnv' | 'podLabels'> {
  readonly release: string;
  readonly availability: Availability;
  readonly imagePullPolicy: string;
  /** Further flags of the picker, by name without dashes. */
  readonly flags: Readonly<Record<string, string>>;
  readonly podAnnotations: Readonly<Record<string, string>>;
  readonly cpuLimitMillis?: number;
  readonly memoryLimitMebibytes: number;
  readonly tracing?: TracingFacts;
  /** Whether the picker checks the token of a caller that reads its metrics. */
  readonly authenticatesScrapers: boolean;
  /** Largest gRPC message that the picker accepts. */
  readonly maxReceiveMebibytes?: number;
  readonly pod: PodFacts;
}

/** Export of traces by OTLP. */
export interface TracingFacts {
  readonly endpoint: string;
  readonly samplingRatio: number;
}
