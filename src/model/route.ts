import { GatewayNode } from './gateway';
import { PoolNode } from './pool';
import { Located } from './problem';
import { WorkloadNode } from './workload';

/** A route of a gateway, which distributes requests for its hostnames over targets. */
export interface RouteNode {
  readonly origin: Located;
  readonly name: string;
  /** Namespace of the route object, which is that of the first target. */
  readonly namespace: string;
  readonly gateway: GatewayNode;
  readonly rules: readonly RouteRule[];
  readonly retries?: RetryFacts;
  readonly requestTimeoutSeconds?: number;
}

export interface RouteRule {
  /** Path prefix that requests must match. All paths if undefined. */
  readonly pathPrefix?: string;
  /** Header that requests must match. All requests if undefined. */
  readonly header?: { readonly name: string; readonly value: string };
  /** Set for the rule that serves requests which match no other rule. Timeout and retries of the route do not apply to it. */
  readonly isRest?: true;
  readonly split: readonly RouteShare[];
}

export interface RouteShare {
  readonly target: RouteTarget;
  readonly weight: number;
}

/** Target of a route: an inference pool with its picker, or the Service of a workload. */
export type RouteTarget =
  | { readonly kind: 'pool'; readonly pool: PoolNode }
  | { readonly kind: 'service'; readonly workload: WorkloadNode };

export interface RetryFacts {
  readonly attempts: number;
  readonly codes: readonly number[];
}

/** Returns the namespace of a target. */
export function targetNamespace(target: RouteTarget): string {
  return target.kind === 'pool' ? target.pool.namespace : target.workload.namespace;
}

/** Returns the targets of a route, each once. */
export function targetsOf(route: Pick<RouteNode, 'rules'>): RouteTarget[] {
  const seen = new Map<PoolNode | WorkloadNode, RouteTarget>();
  for (const { target } of route.rules.flatMap((rule) => rule.split)) {
    seen.set(target.kind === 'pool' ? target.pool : target.workload, target);
  }
  return [...seen.values()];
}
