/**
 * Most requests that each pod takes; more are answered with 429 (Linkerd 2.20, HTTPLocalRateLimitPolicy; agentgateway 1.4, rateLimit). On
 * Linkerd it is refused beside a `healthPath` of the same port, whose probes would be counted too: of what already runs, see to it that
 * its pods are not probed by HTTP there.
 */
export interface RateLimit {
  /**
   * Requests per second of all callers together: a whole number from 1.
   *
   * @default - no limit for all together
   */
  readonly requestsPerSecond?: number;
  /**
   * Requests per second of each caller, by its identity: a whole number from 1, not above that of all.
   *
   * @default - no limit for each
   */
  readonly requestsPerSecondOfCaller?: number;
}
