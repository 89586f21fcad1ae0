/** Circuit breaker that ejects failing pods from load balancing (Linkerd 2.20, failure accrual; Istio 1.30, OutlierDetection). */
export interface CircuitBreaker {
  /**
   * Number of consecutive failures (5xx or no connection) after which a pod is ejected. A whole number from 1.
   *
   * @default 7
   */
  readonly consecutiveFailures?: number;
  /**
   * Seconds of the first ejection. Repeated ejections take longer. A whole number from 1.
   *
   * @default 10
   */
  readonly pauseSeconds?: number;
}
