import { ModelServerFacts } from './model-server';
import { PodFacts } from './pod-facts';

/** Settings of a Deployment that the library creates. */
export interface DeploymentFacts {
  readonly image: string;
  /** Existing ServiceAccount. The library creates one if undefined. */
  readonly existingServiceAccount?: string;
  readonly replicas: number;
  /** Value of `replicas` in the program. */
  readonly statedReplicas?: number;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly secretEnv: Readonly<Record<string, SecretKey>>;
  /** Variables with the path of the field of the pod that is their value. */
  readonly podFieldEnv: Readonly<Record<string, string>>;
  readonly podLabels: Readonly<Record<string, string>>;
  readonly writablePaths: readonly string[];
  readonly userId: number;
  readonly mountToken: boolean;
  /** Longest time in seconds until the first successful probe. */
  readonly startupSeconds: number;
  readonly cpuMillis: number;
  readonly memoryMebibytes: number;
  readonly pod: PodFacts;
  /** The model server, if the library knows what the pods serve. Its arguments come before `args`. */
  readonly modelServer?: ModelServerFacts;
}

/** Returns the greatest number of pods that a Deployment may have. */
export function mostReplicas({ replicas, pod: { autoscaler } }: Pick<DeploymentFacts, 'replicas' | 'pod'>): number {
  return autoscaler?.maxReplicas ?? replicas;
}

/** A key of an existing Secret. */
export interface SecretKey {
  readonly secretName: string;
  readonly key: string;
}
