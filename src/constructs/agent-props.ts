import { MeshMemberProps } from './membership';
import { Waypoint } from './waypoint';
import { CircuitBreaker } from '../values/circuit-breaker';
import { Workload } from '../values/workload';

/** Props of `Agent`. */
export interface AgentProps extends MeshMemberProps {
  /**
   * What runs, where there is one version.
   *
   * @default - none: the versions are named in `versions` or added by `addVersion`
   */
  readonly workload?: Workload;
  /**
   * What runs, by version, such as `v1` and `v2`. All share the agent's ServiceAccount.
   *
   * @default - none
   */
  readonly versions?: { [version: string]: Workload };
  /**
   * Name of the ServiceAccount, and stem of the names of Deployments and Services.
   *
   * @default - the id
   */
  readonly name?: string;
  /**
   * Namespace of what is deployed here.
   *
   * @default - the mesh's
   */
  readonly namespace?: string;
  /**
   * Whether what is deployed here gets a Service.
   *
   * @default - yes, except for versions whose pods a pool serves: there it would be a way around the picker
   */
  readonly service?: boolean;
  /**
   * Port of the Services.
   *
   * @default 80
   */
  readonly servicePort?: number;
  /**
   * Who reads the requests to the Services. Callers are then admitted there, and the pods admit the waypoint alone.
   *
   * @default - nobody: callers are admitted at the pods, by identity and port; but where something is asked of requests (`jwt`,
   * `externalAuthorizer`, `circuitBreaker`) and the mesh reads them at waypoints, that of the namespace
   */
  readonly waypoint?: Waypoint;
  /**
   * When callers leave out a pod that keeps failing; refused where nobody in the path does.
   *
   * @default - never
   */
  readonly circuitBreaker?: CircuitBreaker;
  /**
   * Whether its Services are one with their namesakes in linked clusters. Mind that whoever has a caller's namespace and
   * ServiceAccount in a linked cluster is that caller here.
   *
   * @default false
   */
  readonly federated?: boolean;
}
