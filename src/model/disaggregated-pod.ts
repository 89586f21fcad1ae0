/** The part of a pod in prefill/decode disaggregation, for pods that the library deploys. */
export interface DisaggregatedPod {
  readonly role: 'prefill' | 'decode';
  /** Name of the pool whose selector selects the pods of both roles. */
  readonly pool: string;
  /** Port of the NIXL handshake (side channel). */
  readonly sideChannelPort: number;
  /** The first and the last port of KV cache transfer over TCP. Undefined if UCX chooses. */
  readonly transferRange?: readonly [first: number, last: number];
  /** The routing sidecar of decode pods. */
  readonly sidecar?: RoutingSidecarFacts;
}

/** The sidecar of decode pods, which sends the prompt to the prefill pod that the endpoint picker chose. */
export interface RoutingSidecarFacts {
  readonly image: string;
  /** Port of the InferencePool at which it listens. */
  readonly port: number;
  /** Port of the pod at which the model server listens. */
  readonly modelServerPort: number;
  readonly cpuMillis: number;
  readonly memoryMebibytes: number;
}

/** Label that the pods of both roles of a pool have. */
export const POOL_LABEL = 'cdk8s-agent-mesh/pool';
