import { IConstruct } from 'constructs';
import { IInferenceGateway } from './gateway-facts';
import { PoolAutoscaling } from './pool-autoscaling';
import { PrefillServers } from './prefill-props';
import { ICallee } from '../../values/call';
import { EndpointPicker } from '../../values/endpoint-picker';
import { FailureMode } from '../../values/failure-mode';
import { Grant } from '../../values/grant';
import { ICaller } from '../../values/identity';
import { IRouteTarget } from '../../values/route-target';
import { Workload } from '../../values/workload';
import { MeshMemberProps } from '../membership/membership';

/** An InferencePool, emitted or existing. */
export interface IInferencePool extends IConstruct, IRouteTarget, ICallee {
  /** URL for callers inside the mesh with a grant. */
  readonly url: string;
  /** Allows callers inside the mesh to send requests to the pool at `url`. */
  grantInfer(...callers: ICaller[]): Grant;
}

/** Options of `InferenceGateway.addPool`. */
export interface InferencePoolOptions {
  /**
   * Pods of the model servers: a version of an agent (`agent.version()`), or a workload that only pools use. With `prefill` they decode. Both
   * workloads must then be workloads that only the pool uses, or both workloads of another pool with prefill servers.
   */
  readonly workload: Workload;
  /**
   * Ports of the pods that serve inference requests: 1 to 8 different ports of one protocol. Ports that speak gRPC (`Port.grpc`) need a
   * picker that parses gRPC: an existing one, or EndpointPickerConfig.custom with `parsers` such as "vllmgrpc-parser". The InferencePool then
   * has the `appProtocol` `kubernetes.io/h2c`.
   *
   * @default - the first port of the servers; with `prefill`, of the prefill servers; for `Workload.vllm` the port of each data parallel rank
   */
  readonly targetPorts?: number[];
  /**
   * Servers that process prompts, so that the pods of `workload` only decode. The endpoint picker must tell the two apart, as with
   * `EndpointPickerConfig.prefillDecode`. Emits the workload policy of the prefill pods, which allows only the decode pods and the picker.
   *
   * @default - the pods of `workload` process prompts and decode
   */
  readonly prefill?: PrefillServers;
  /**
   * Port of the pods where the endpoint picker scrapes metrics over HTTP/1.1, at the path `/metrics`. It must be stated where the serving ports
   * speak gRPC.
   *
   * @default - the serving ports
   */
  readonly metricsPort?: number;
  /**
   * Endpoint picker that chooses the pod for each request.
   *
   * @default EndpointPicker.deploy()
   */
  readonly picker?: EndpointPicker;
  /**
   * Names of the models, and of the LoRA adapters, that requests at this pool may name in their body. The endpoint picker answers requests
   * with another name, or without one, with status 400. The pool then serves only the paths whose model the picker reads, such as
   * `/v1/chat/completions`, and the list of models, `/v1/models`. To give callers different models of the same pods, add a pool with the same
   * `workload` for each list of models: a grant is for a pool. Emits an InferenceModelRewrite. Synth fails with FAIL_OPEN, with an existing
   * picker, and with a parser that reads no models (source: llm-d-router v0.10, pkg/epp/requestcontrol; tried).
   *
   * @default - every name
   */
  readonly allowedModels?: string[];
  /**
   * How the number of model servers follows the requests. Emits a ScaledObject of KEDA for their Deployment, which then states no `replicas`.
   * If several pools have the same `workload`, one of them has `autoscaling`, which counts the requests of all. Synth fails if the mesh has no
   * `metrics`, with an existing endpoint picker (AM239), and if the replicas are also set otherwise (AM238).
   *
   * @default - the number of replicas is that of the workload
   */
  readonly autoscaling?: PoolAutoscaling;
  /**
   * What happens to requests while the endpoint picker is unavailable. With FAIL_CLOSED all requests fail. With FAIL_OPEN the gateway sends
   * requests without a body to any pod, round robin. Most requests with a body, such as chat, still fail with status 500, because the
   * gateway has usually started to stream the body to the picker when it finds the picker unavailable (tested: Istio 1.31, Envoy 1.40;
   * see also kubernetes-sigs/gateway-api-inference-extension issue 1266).
   *
   * @default FailureMode.FAIL_CLOSED
   */
  readonly failureMode?: FailureMode;
  /**
   * Port of the pool at the inner gateway, the Gateway that the library emits in front of the pools of a namespace:
   * 1024 to 65535. Only the edge gateway and callers with a grant can connect to it.
   *
   * @default - a port from 20000 to 29999 that is derived from the name. Synth fails if another pool of the namespace has the same port
   */
  readonly innerPort?: number;
  /**
   * Name of the InferencePool. The names of its endpoint picker's objects begin with it.
   *
   * @default - the construct id
   */
  readonly name?: string;
}

/** Props of `InferencePool`. */
export interface InferencePoolProps extends InferencePoolOptions, MeshMemberProps {
  /**
   * Gateway through which requests reach the pool.
   *
   * @default - the gateway in whose scope the pool is defined
   */
  readonly gateway?: IInferenceGateway;
}

/** Props of `InferencePool.fromPoolName`. */
export interface ExistingPoolProps extends MeshMemberProps {
  /** Name of the existing InferencePool, in the namespace of its servers. */
  readonly poolName: string;
  /** Pods that the existing InferencePool selects. */
  readonly workload: Workload;
  /**
   * Ports in `spec.targetPorts` of the existing InferencePool. The list must contain the same ports as the InferencePool. If they speak gRPC
   * (`Port.grpc`), the InferencePool must have the `appProtocol` `kubernetes.io/h2c`.
   *
   * @default - the first port of the workload; with `prefill`, of the prefill servers; for `Workload.vllm` the port of each data parallel rank
   */
  readonly targetPorts?: number[];
  /**
   * Prefill servers that the existing InferencePool selects too. Its endpoint picker must tell them from the decode servers.
   *
   * @default - the pods of `workload` process prompts and decode
   */
  readonly prefill?: PrefillServers;
  /**
   * Port of the pods where the endpoint picker scrapes metrics.
   *
   * @default - the serving ports
   */
  readonly metricsPort?: number;
  /** Endpoint picker of the existing pool: `EndpointPicker.existing`. */
  readonly picker: EndpointPicker;
  /**
   * Port of the pool at the inner gateway, the Gateway that the library emits in front of the pools of a namespace:
   * 1024 to 65535.
   *
   * @default - a port from 20000 to 29999 that is derived from the name. Synth fails if another pool of the namespace has the same port
   */
  readonly innerPort?: number;
  /**
   * Gateway through which requests reach the pool.
   *
   * @default - the gateway in whose scope the pool is defined
   */
  readonly gateway?: IInferenceGateway;
}
