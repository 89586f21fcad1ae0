import { FaultRule } from './fault';
import { Located } from './problem';
import { MirrorFacts, RetryFacts, RouteRule } from './route';
import { ServiceNode } from './service';
import { WorkloadNode } from './workload';

/** A route for calls to a Service inside the mesh: weights of the versions of an agent, copies, retries, timeout and faults. */
export interface MeshRouteNode {
  readonly origin: Located;
  readonly name: string;
  readonly namespace: string;
  /** Service that callers use. For an agent, it is the Service of the stable version. */
  readonly service: ServiceNode;
  readonly stable: WorkloadNode;
  readonly rules: readonly RouteRule[];
  /** Version that gets copies of the requests, and no other ones. */
  readonly mirror?: MirrorFacts;
  readonly retries?: RetryFacts;
  readonly requestTimeoutSeconds?: number;
  /** Faults of the requests. A request gets the faults of the first entry whose headers match. */
  readonly faults?: readonly FaultRule[];
}
