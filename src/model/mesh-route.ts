import { Located } from './problem';
import { RetryFacts, RouteRule } from './route';
import { ServiceNode } from './service';
import { WorkloadNode } from './workload';

/** How calls of an agent's own Service, inside the mesh, are shared out over its versions. */
export interface MeshRouteNode {
  readonly origin: Located;
  readonly name: string;
  readonly namespace: string;
  /** The Service that callers address; its own pods are those of the stable version. */
  readonly service: ServiceNode;
  readonly stable: WorkloadNode;
  readonly rules: readonly RouteRule[];
  readonly retries?: RetryFacts;
  readonly requestTimeoutSeconds?: number;
}
