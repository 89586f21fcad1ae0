/**
 * Rate limit of requests. The proxy of each pod counts separately, and answers requests above the limit with status 429 (sources: Linkerd
 * 2.20, HTTPLocalRateLimitPolicy; agentgateway 1.4, rateLimit). On Linkerd, synth fails if the workload has a `healthPath` on the same
 * port, because the probes would count. For the same reason, do not give existing pods HTTP probes on that port.
 */
export interface RateLimit {
  /**
   * Maximum number of requests per second from all callers together: a whole number from 1.
   *
   * @default - no total limit
   */
  readonly requestsPerSecond?: number;
  /**
   * Maximum number of requests per second from each caller identity: a whole number from 1, at most `requestsPerSecond`.
   *
   * @default - no limit per caller
   */
  readonly requestsPerSecondOfCaller?: number;
}
