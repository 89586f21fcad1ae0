import { CircuitBreaker } from '../../values/circuit-breaker';
import { ConnectionPool } from '../../values/connection-pool';
import { Workload } from '../../values/workload';
import { MeshMemberProps } from '../membership/membership';

/** Props of `Backend`. */
export interface BackendProps extends MeshMemberProps {
  /** Pods of the backend, deployed or existing. Callers use the first port, or the target port of the existing Service. */
  readonly workload: Workload;
  /**
   * Name of the ServiceAccount, the Deployment and the Service. The names of all other objects begin with it.
   *
   * @default - the construct id
   */
  readonly name?: string;
  /**
   * Namespace of the objects that the library deploys.
   *
   * @default - the namespace of the mesh
   */
  readonly namespace?: string;
  /**
   * Port of the Service that the library creates.
   *
   * @default - the first port of the workload
   */
  readonly servicePort?: number;
  /**
   * Whether the pods of the backend may connect to each other at all their ports except `metricsPort`, as the members of a database or
   * cache cluster do. With sidecars, existing pods need a headless Service with these ports, from which the sidecars learn the pod
   * addresses. State it as `service` of `Workload.existing`.
   *
   * @default false
   */
  readonly peers?: boolean;
  /**
   * Limits of the connections of each proxy, and of its requests if the port speaks HTTP, also for an existing Service. On ambient the waypoint of
   * the namespace enforces them, and the pods accept callers of their first port from it only, so synth fails with `peers`. Synth fails on Linkerd.
   *
   * @default - no limits
   */
  readonly connectionPool?: ConnectionPool;
  /**
   * Outlier detection of a backend that is deployed here and speaks HTTP, as `circuitBreaker` of an `Agent`. On ambient synth fails with `peers`.
   *
   * @default - none
   */
  readonly circuitBreaker?: CircuitBreaker;
}
