import { CircuitBreaker } from '../../values/circuit-breaker';
import { Workload } from '../../values/workload';
import { MeshMemberProps } from '../membership/membership';
import { IWaypoint } from '../routing/waypoint';

/** Props of `Agent`. */
export interface AgentProps extends MeshMemberProps {
  /**
   * The only workload of the agent.
   *
   * @default - none: the workloads are in `versions`, or are added by `addVersion`
   */
  readonly workload?: Workload;
  /**
   * Workloads by version name, such as `v1` and `v2`, taken in the order of their names. All run with the ServiceAccount of the agent.
   *
   * @default - none
   */
  readonly versions?: { [version: string]: Workload };
  /**
   * Name of the ServiceAccount. The names of Deployments and Services begin with it.
   *
   * @default - the construct id
   */
  readonly name?: string;
  /**
   * Namespace of what is deployed here.
   *
   * @default - the namespace of the mesh
   */
  readonly namespace?: string;
  /**
   * Whether the versions that are deployed here get a Service.
   *
   * @default - true, except for versions whose pods a pool serves: their Service would bypass the endpoint picker
   */
  readonly service?: boolean;
  /**
   * Port of the Services.
   *
   * @default 80
   */
  readonly servicePort?: number;
  /**
   * Waypoint that inspects and authorizes the requests to the Services. The pods then accept connections from this waypoint only.
   *
   * @default - none: the pods authorize callers by identity and port. If `jwt`, `externalAuthorizer` or `circuitBreaker` is set and the
   * mesh enforces it at waypoints: the waypoint of the namespace
   */
  readonly waypoint?: IWaypoint;
  /**
   * Outlier detection: when callers stop sending requests to a pod that keeps failing. Synth fails if no proxy in the path enforces it.
   *
   * @default - none
   */
  readonly circuitBreaker?: CircuitBreaker;
  /**
   * Whether Linkerd merges the Services of the agent with those of the same name in linked clusters (federated Services). A caller in a
   * linked cluster has the grants of the caller here with the same namespace and ServiceAccount. Synth fails on other meshes.
   *
   * @default false
   */
  readonly federated?: boolean;
}
