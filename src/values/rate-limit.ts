/** Most requests that each pod takes; more are answered with 429 (Linkerd 2.20, HTTPLocalRateLimitPolicy; agentgateway 1.4, rateLimit). */
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
