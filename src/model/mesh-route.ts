import { Located } from './problem';
import { RetryFacts, RouteRule } from './route';
import { ServiceNode } from './service';
import { WorkloadNode } from './workload';

/** A traffic split inside the mesh: calls to the Service of an agent are distributed over its versions. */
export interface MeshRouteNode {
  readonly origin: Located;
  readonly name: string;
  readonly namespace: string;
  /** Service that callers use. Its selector matches the pods of the stable version. */
  readonly service: ServiceNode;
  readonly stable: WorkloadNode;
  readonly rules: readonly RouteRule[];
  readonly retries?: RetryFacts;
  readonly requestTimeoutSeconds?: number;
}
