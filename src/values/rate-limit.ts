/**
 * Rate limit of each pod, which answers further requests with 429 (Linkerd 2.20, HTTPLocalRateLimitPolicy; agentgateway 1.4, rateLimit). On
 * Linkerd it is an error together with a `healthPath` on the same port, because probes would count. Existing pods must not have HTTP probes
 * on that port.
 */
export interface RateLimit {
  /**
   * Requests per second of all callers together. A whole number from 1.
   *
   * @default - no total limit
   */
  readonly requestsPerSecond?: number;
  /**
   * Requests per second of each caller identity. A whole number from 1, at most `requestsPerSecond`.
   *
   * @default - no limit per caller
   */
  readonly requestsPerSecondOfCaller?: number;
}
