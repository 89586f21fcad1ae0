/** When a pod that keeps failing is left out (Linkerd 2.20, failure accrual; Istio 1.30, OutlierDetection). */
export interface CircuitBreaker {
  /**
   * Failures in a row, 5xx or no connection, after which a pod is left out: a whole number from 1.
   *
   * @default 7
   */
  readonly consecutiveFailures?: number;
  /**
   * Seconds that it is left out for the first time; longer each time that it fails again. A whole number from 1.
   *
   * @default 10
   */
  readonly pauseSeconds?: number;
}
