import { GatewayNode } from './gateway';
import { PoolNode } from './pool';
import { Located } from './problem';
import { WorkloadNode } from './workload';

/** How the requests to a gateway's hosts are shared out. */
export interface RouteNode {
  readonly origin: Located;
  readonly name: string;
  /** Where its object lives: with what its first target is. */
  readonly namespace: string;
  readonly gateway: GatewayNode;
  readonly rules: readonly RouteRule[];
  readonly retries?: RetryFacts;
  readonly requestTimeoutSeconds?: number;
}

export interface RouteRule {
  /** The path must begin with these segments; without it, every path. */
  readonly pathPrefix?: string;
  /** The request must carry this header for the rule to hold; without it, every request. */
  readonly header?: { readonly name: string; readonly value: string };
  /** Set of the rule for requests that no other rule takes, so that they are served; their time and retries are not the route's. */
  readonly isRest?: true;
  readonly split: readonly RouteShare[];
}

export interface RouteShare {
  readonly target: RouteTarget;
  readonly weight: number;
}

/** Where a route leads: a pool through its picker, or a workload's Service. */
export type RouteTarget =
  | { readonly kind: 'pool'; readonly pool: PoolNode }
  | { readonly kind: 'service'; readonly workload: WorkloadNode };

export interface RetryFacts {
  readonly attempts: number;
  readonly codes: readonly number[];
}

/** The namespace of a target's objects. */
export function targetNamespace(target: RouteTarget): string {
  return target.kind === 'pool' ? target.pool.namespace : target.workload.namespace;
}

/** Every target of a route, each once. */
export function targetsOf(route: Pick<RouteNode, 'rules'>): RouteTarget[] {
  const seen = new Map<PoolNode | WorkloadNode, RouteTarget>();
  for (const { target } of route.rules.flatMap((rule) => rule.split)) {
    seen.set(target.kind === 'pool' ? target.pool : target.workload, target);
  }
  return [...seen.values()];
}
