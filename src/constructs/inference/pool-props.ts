import { IConstruct } from 'constructs';
import { IInferenceGateway } from './gateway-facts';
import { ICallee } from '../../values/call';
import { EndpointPicker } from '../../values/endpoint-picker';
import { FailureMode } from '../../values/failure-mode';
import { IRouteTarget } from '../../values/route-target';
import { Workload } from '../../values/workload';
import { MeshMemberProps } from '../membership/membership';

/** An InferencePool, emitted here or existing. */
export interface IInferencePool extends IConstruct, IRouteTarget, ICallee {}

/** Options of `InferenceGateway.addPool`. */
export interface InferencePoolOptions {
  /** The model servers: a version of an agent, or a workload of the pool alone. */
  readonly workload: Workload;
  /**
   * Ports of the pods that serve requests: 1 to 8 ports, each once.
   *
   * @default - the first port of the servers
   */
  readonly targetPorts?: number[];
  /**
   * Port of the pods where the endpoint picker scrapes metrics, at the path `/metrics`.
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
   * Whether requests fail while the endpoint picker is unavailable, or continue. If open, requests without a body are sent to any pod,
   * round robin. Most or all requests with a body, such as chat, still fail, because the body is streamed to the unavailable picker.
   *
   * @default FailureMode.FAIL_CLOSED
   */
  readonly failureMode?: FailureMode;
  /**
   * Port of the pool between the gateway and its endpoint picker: 1024 to 65535. Nothing else can reach it.
   *
   * @default - derived from the name, between 20000 and 29999. If the names of two pools give the same port, the second pool gets another
   * port
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
   * Gateway whose requests the pool serves.
   *
   * @default - the gateway in whose scope the pool is defined
   */
  readonly gateway?: IInferenceGateway;
}

/** Props of `InferencePool.fromPoolName`. */
export interface ExistingPoolProps extends MeshMemberProps {
  /** Name of the existing InferencePool, in the namespace of its servers. */
  readonly poolName: string;
  /** The pods that the pool selects. */
  readonly workload: Workload;
  /**
   * Port numbers in `spec.targetPorts` of the InferencePool, which the library does not create.
   *
   * @default - the first port of the workload
   */
  readonly targetPorts?: number[];
  /**
   * Port of the pods where the endpoint picker scrapes metrics.
   *
   * @default - the serving ports
   */
  readonly metricsPort?: number;
  /** Endpoint picker of the existing pool: `EndpointPicker.existing`. */
  readonly picker: EndpointPicker;
  /**
   * Port of the pool between the gateway and its endpoint picker: 1024 to 65535.
   *
   * @default - derived from the name, between 20000 and 29999. If the names of two pools give the same port, the second pool gets another
   * port
   */
  readonly innerPort?: number;
  /**
   * Gateway whose requests the pool serves.
   *
   * @default - the gateway in whose scope the pool is defined
   */
  readonly gateway?: IInferenceGateway;
}
