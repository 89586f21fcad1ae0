import { Workload } from '../../values/workload';

/**
 * Prefill servers of an InferencePool: pods that only process prompts. The pods of the `workload` of the pool then decode: they read the KV
 * cache of the prompt from the prefill pod by vLLM's NixlConnector (source: llm-d-router v0.10, docs/disaggregation.md).
 *
 * Decode pods that the library deploys get the routing sidecar of llm-d, which listens at the target port of the pool. Their model server
 * must listen at another port, the first of its `ports`. Existing decode pods must already have the sidecar. On Istio ambient decode pods need
 * `egress`, because clients of the pool can name a host to which vLLM connects.
 */
export interface PrefillServers {
  /**
   * Pods of the prefill servers: `Workload.deploy` or `Workload.existing`, with a ServiceAccount of their own. They must have the target port
   * of the pool, `sideChannelPort` and `kvTransferPorts` in their `ports`. Only the decode pods of the pool and its endpoint picker may
   * connect to them. Existing pods must have the label `llm-d.ai/role: prefill` in their `labels`, and at least one label with the same value
   * in the `labels` of both workloads, by which the InferencePool selects the pods of both.
   */
  readonly workload: Workload;
  /**
   * Port of the prefill pods for the NIXL handshake (vLLM's `VLLM_NIXL_SIDE_CHANNEL_PORT`), declared as `Port.tcp`. Pods that the library
   * deploys get the variable, and the address of the pod as `VLLM_NIXL_SIDE_CHANNEL_HOST`.
   *
   * @default - that of `kvTransfer` of Workload.vllm; 5600 for other servers
   */
  readonly sideChannelPort?: number;
  /**
   * Consecutive ports of the prefill pods for the transfer of KV cache over TCP, declared as `Port.tcp`. Pods that the library deploys get
   * them as `UCX_TCP_PORT_RANGE`; on existing pods, set this variable. RDMA needs no port, and the mesh neither encrypts nor restricts it.
   *
   * @default - those of `kvTransfer` of Workload.vllm; none for other servers: over TCP no KV cache is transferred, so the pods need RDMA
   */
  readonly kvTransferPorts?: number[];
  /**
   * Routing sidecar of the decode pods that the library deploys.
   *
   * @default - the sidecar of llm-d-router v0.10
   */
  readonly routingSidecar?: RoutingSidecarOptions;
}

/** Options of the routing sidecar of decode pods. */
export interface RoutingSidecarOptions {
  /**
   * Container image, with a tag or a digest.
   *
   * @default 'ghcr.io/llm-d/llm-d-router-disagg-sidecar:v0.10.0'
   */
  readonly image?: string;
  /**
   * CPU request in millicores. No CPU limit is set.
   *
   * @default 250
   */
  readonly cpuMillis?: number;
  /**
   * Memory request and limit in MiB.
   *
   * @default 512
   */
  readonly memoryMebibytes?: number;
}
