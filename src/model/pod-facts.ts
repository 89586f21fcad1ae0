/** Settings of deployed pods, except their container: scheduling, volumes, probes and scaling. */
export interface PodFacts {
  readonly livenessProbe: ProbeFacts;
  readonly readinessProbe: ProbeFacts;
  readonly startupProbe: ProbeFacts;
  /** Undefined for the default: spread over nodes and zones if possible. */
  readonly spread?: readonly SpreadFacts[];
  readonly priorityClassName?: string;
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly tolerations: readonly TolerationFacts[];
  readonly affinity: readonly AffinityFacts[];
  /** By mount path. */
  readonly volumes: Readonly<Record<string, VolumeFacts>>;
  readonly imagePullSecrets: readonly string[];
  readonly extendedResources: Readonly<Record<string, number>>;
  readonly disruptionBudget?: DisruptionBudgetFacts;
  readonly autoscaler?: AutoscalerFacts;
}

/** Settings of a probe that differ from the defaults. */
export interface ProbeFacts {
  readonly path?: string;
  readonly port?: number;
  readonly command?: readonly string[];
  readonly periodSeconds?: number;
  readonly timeoutSeconds?: number;
  readonly failureThreshold?: number;
}

export interface SpreadFacts {
  readonly topologyKey: string;
  readonly maxSkew: number;
  readonly whenUnsatisfiable: string;
}

export interface TolerationFacts {
  readonly key?: string;
  readonly value?: string;
  readonly effect?: string;
  readonly tolerationSeconds?: number;
}

/** A rule for the nodes of pods: by labels of nodes, or by labels of pods that run there or do not. */
export type AffinityFacts =
  | { readonly kind: 'nodes'; readonly labels: Readonly<Record<string, readonly string[]>>; readonly required: boolean }
  | { readonly kind: 'pods' | 'awayFromPods'; readonly labels: Readonly<Record<string, string>>; readonly required: boolean; readonly topologyKey: string };

export interface VolumeFacts {
  readonly source: VolumeSource;
  readonly subPath?: string;
  readonly readOnly: boolean;
}

export type VolumeSource =
  | { readonly kind: 'configMap' | 'secret' | 'persistentVolumeClaim'; readonly name: string }
  | { readonly kind: 'emptyDir'; readonly inMemory: boolean; readonly sizeMebibytes?: number };

export interface DisruptionBudgetFacts {
  readonly minAvailable?: number;
  readonly maxUnavailable?: number;
}

export interface AutoscalerFacts {
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly cpuUtilization: number;
  /** Value of `replicas` in the program. The autoscaler would override it. */
  readonly replicas?: number;
}
