import { GatewayNode } from './gateway';
import { PoolNode } from './pool';
import { Located } from './problem';
import { Endpoint } from './request-rule';
import { TokenLimits } from './token';
import { WorkloadNode } from './workload';

/** A route of a gateway, which distributes requests for its hostnames over targets. */
export interface RouteNode {
  readonly origin: Located;
  readonly name: string;
  /** Namespace of the route object: the namespace of the first target. */
  readonly namespace: string;
  readonly gateway: GatewayNode;
  readonly rules: readonly RouteRule[];
  /** Requests that the route handles. Each rule matches all of them or some of them. */
  readonly match: RouteMatch;
  /** Exact paths that the route handles, in place of a prefix. */
  readonly exact?: ExactPaths;
  /** Replacement of the path prefix in the path that the targets receive. */
  readonly replacePrefixMatch?: string;
  /** Workload that gets copies of the requests. */
  readonly mirror?: MirrorFacts;
  /** Workload whose Service has a waypoint that applies the rules. The gateway then sends every request to this Service. */
  readonly splitAt?: WorkloadNode;
  readonly retries?: RetryFacts;
  readonly requestTimeoutSeconds?: number;
  /** Tokens of the clients that may use the route, one of them. Every client of the gateway may if undefined. */
  readonly callers?: readonly TokenLimits[];
  /** Origins whose preflights the gateway answers. It answers none if undefined. */
  readonly cors?: CorsFacts;
}

/** CORS of a route. */
export interface CorsFacts {
  /** Origins, or "*" alone. */
  readonly allowedOrigins: readonly string[];
  readonly allowedMethods: readonly string[];
  readonly allowedHeaders: readonly string[];
  readonly exposedHeaders: readonly string[];
  readonly allowCredentials: boolean;
  readonly maxAgeSeconds?: number;
}

/** Exact paths of a route. */
export interface ExactPaths {
  readonly own: readonly string[];
  /** Paths that are left to other routes of the gateway, if one of them may handle them. */
  readonly yielding: readonly string[];
  /** Returns all paths that the route handles, once every route is known. */
  readonly all: () => readonly string[];
}

/** Returns whether browsers may read responses on pages of an origin. */
export function allowsOrigin({ allowedOrigins }: CorsFacts, origin: string): boolean {
  return allowedOrigins.includes(origin) || (allowedOrigins.includes('*') && origin !== 'null');
}

/** Requests that a route or one of its rules matches. */
export interface RouteMatch {
  /** Path prefix that requests must match. All paths if undefined. */
  readonly pathPrefix?: string;
  /** Headers that requests must match, all of them. All requests if there are none. */
  readonly headers: readonly HeaderMatch[];
}

/** A header with its exact value. Names are compared without case. */
export interface HeaderMatch {
  readonly name: string;
  readonly value: string;
}

/** Returns the headers of a match by name, as a program states them. */
export function headersOf({ headers }: { readonly headers: readonly HeaderMatch[] }): Record<string, string> {
  return Object.fromEntries(headers.map(({ name, value }) => [name, value]));
}

/** Returns headers as text such as "x-test: slow and x-id: 7". */
export function headersText(headers: readonly HeaderMatch[]): string {
  return headers.map(({ name, value }) => `${name}: ${value}`).join(' and ');
}

export interface RouteRule extends RouteMatch {
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

/** A Service that gets copies of requests, and the percentage that is copied. */
export interface MirrorFacts {
  readonly target: Extract<RouteTarget, { kind: 'service' }>;
  readonly percent: number;
}

export interface RetryFacts {
  readonly attempts: number;
  readonly codes: readonly number[];
}

/** Returns the namespace of a target. */
export function targetNamespace(target: RouteTarget): string {
  return target.kind === 'pool' ? target.pool.namespace : target.workload.namespace;
}

/** Returns the targets of a route including the mirror, each once. */
export function targetsOf(route: Pick<RouteNode, 'rules' | 'mirror'>): RouteTarget[] {
  const seen = new Map<PoolNode | WorkloadNode, RouteTarget>();
  const shares: readonly Pick<RouteShare, 'target'>[] = [...route.rules.flatMap((rule) => rule.split), ...route.mirror ? [route.mirror] : []];
  for (const { target } of shares) {
    seen.set(target.kind === 'pool' ? target.pool : target.workload, target);
  }
  return [...seen.values()];
}

/** Returns the path prefix of a route without a trailing slash, which has no effect. It is empty if the route matches every path. */
export function pathPrefixOf({ rules }: Pick<RouteNode, 'rules'>): string {
  return (rules[0]?.pathPrefix ?? '').replace(/\/+$/, '');
}

/** Returns the endpoints behind a route to which clients need no token. */
export function openEndpointsOf({ rules, exact }: RouteNode): Endpoint[] {
  if (!exact) return [];
  const paths = exact.all();
  return rules.flatMap(({ split }) => split.flatMap(({ target }) => (target.kind === 'service' ? target.workload.openEndpoints ?? [] : [])))
    .filter(({ path }) => paths.includes(path));
}

/** Returns the paths of a route as keys: two routes with one key for a host match the same paths. */
export function placesOf(route: Pick<RouteNode, 'rules' | 'exact'>): string[] {
  return route.exact ? route.exact.all().map((path) => `exactly ${path}`) : [`${pathPrefixOf(route)}/`];
}
