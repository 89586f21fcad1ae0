import { Caller } from './callers';

/**
 * How the readers of the metrics of a proxy are limited: to the identity of the scraper, to its namespace by a NetworkPolicy, to nobody,
 * or not at all.
 */
export type ReadBy = 'identity' | 'namespace' | 'nobody' | 'anyone';

/** Metrics that a proxy serves at ports of its own. */
export interface ProxyMetrics {
  /** The proxy, in words: "waypoint voice/waypoint". */
  readonly title: string;
  readonly ports: readonly number[];
  readonly readBy: ReadBy;
}

/** Metrics port of pilot-agent, which includes the metrics of Envoy, and that of agentgateway (Istio 1.31, gateway templates). */
export const MERGED_METRICS = 15020;

/** Metrics port of Envoy itself. */
export const ENVOY_METRICS = 15090;

export const READINESS = 15021;

/** Returns who reads metrics that a policy limits to the identity of the scraper. */
export function byIdentity(scraper: Caller | undefined): ReadBy {
  return scraper ? 'identity' : 'nobody';
}
