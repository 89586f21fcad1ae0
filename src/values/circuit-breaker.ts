/**
 * Settings of a circuit breaker, which ejects failing pods from load balancing for a time (sources: Linkerd 2.20, failure accrual; Istio
 * 1.30, OutlierDetection).
 */
export interface CircuitBreaker {
  /**
   * Number of consecutive failures (5xx or no connection) after which a pod is ejected: a whole number from 1 to 1000.
   *
   * @default 7
   */
  readonly consecutiveFailures?: number;
  /**
   * Duration of the first ejection of a pod in seconds: a whole number from 1 to 3600. Repeated ejections take longer.
   *
   * @default 10
   */
  readonly pauseSeconds?: number;
}
