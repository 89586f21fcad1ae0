/**
 * Limits of the connections and requests of each proxy, so that callers cannot overload a workload. A request above a limit of requests gets
 * status 503 at once; a connection above the limit of connections waits, and its requests are pending. Each proxy counts on its own: on
 * ambient each pod of the waypoint, with sidecars each caller, and each pod of a gateway. A version of an agent is counted on its own too
 * (Istio 1.30, ConnectionPoolSettings). At least one limit is required.
 */
export interface ConnectionPool {
  /**
   * Most TCP connections. A whole number from 1. At a port that does not speak HTTP, further connections are closed.
   *
   * @default - no limit
   */
  readonly maxConnections?: number;
  /**
   * Longest time in seconds until a connection is established: a whole number from 1 to 3600.
   *
   * @default - 10 seconds, the default of Istio
   */
  readonly connectTimeoutSeconds?: number;
  /**
   * Most requests that wait for a connection. A whole number from 1. Only for ports that speak HTTP.
   *
   * @default - no limit
   */
  readonly maxPendingRequests?: number;
  /**
   * Most requests at the same time, with HTTP/1.1 and HTTP/2. A whole number from 1. Only for ports that speak HTTP. Streams of MCP and A2A
   * count until they end.
   *
   * @default - no limit
   */
  readonly maxRequests?: number;
  /**
   * Most requests of one connection, which is then closed. A whole number from 1. Only for ports that speak HTTP.
   *
   * @default - no limit
   */
  readonly maxRequestsPerConnection?: number;
}
