import { WaypointNode } from './waypoint';

/** Circuit breaker settings: when a pod is ejected, and for how long. */
export interface CircuitBreakerFacts {
  readonly consecutiveFailures: number;
  readonly pauseSeconds: number;
}

/** Limits of the connections and requests of each proxy. */
export interface ConnectionPoolFacts {
  readonly maxConnections?: number;
  readonly connectTimeoutSeconds?: number;
  readonly maxPendingRequests?: number;
  readonly maxRequests?: number;
  readonly maxRequestsPerConnection?: number;
}

/** Protocol of a pod port: HTTP/1.1; gRPC or other HTTP/2 without TLS; or opaque, which proxies do not inspect. */
export type AppProtocol = 'http' | 'grpc' | 'opaque';

/** A Service of a workload. */
export interface ServiceNode {
  readonly name: string;
  readonly namespace: string;
  readonly port: number;
  /** Port of the pods. */
  readonly targetPort: number;
  /** Protocol of the port. HTTP/1.1 if undefined. */
  readonly protocol?: AppProtocol;
  /** Whether the Service is federated with Services of the same name in linked clusters. */
  readonly federated?: boolean;
  /** Header for session affinity: requests with the same value reach the same pod. */
  readonly affinityHeader?: string;
  /** Circuit breaker for failing pods. */
  readonly circuitBreaker?: CircuitBreakerFacts;
  /** Limits of the connections and requests of each proxy. */
  readonly connectionPool?: ConnectionPoolFacts;
  /** Whether the Service is headless, so that callers connect to pod addresses. */
  readonly headless?: boolean;
  /** Declared labels of an existing Service. Undefined if the library creates the Service. */
  readonly statedLabels?: Readonly<Record<string, string>>;
  /** DNS name of an external host behind a waypoint. Undefined for Services in the cluster. */
  readonly hostname?: string;
  /** Waypoint of the Service, if it has one. */
  readonly waypoint?: WaypointNode;
  /** Whether the waypoint only routes requests and authorizes nothing that the pods do not, so that callers may also connect to the pods. */
  readonly waypointOnlyRoutes?: boolean;
}

/** Returns the limits of a Service that only HTTP has, by name. */
export function httpLimits(service: ServiceNode | undefined): string[] {
  const { maxPendingRequests, maxRequests, maxRequestsPerConnection } = service?.connectionPool ?? {};
  const limits = Object.entries({ maxPendingRequests, maxRequests, maxRequestsPerConnection });
  return limits.filter(([, limit]) => limit !== undefined).map(([name]) => name);
}

/** Returns the waypoint that authorizes the requests to a Service. The pods then accept connections from it only. */
export function enforcingWaypoint(service: ServiceNode | undefined): WaypointNode | undefined {
  return service?.waypointOnlyRoutes ? undefined : service?.waypoint;
}

/** Returns the DNS name of a Service in the cluster. */
export function serviceHost({ name, namespace }: Pick<ServiceNode, 'name' | 'namespace'>): string {
  return `${name}.${namespace}.svc.cluster.local`;
}

/** Returns the host names by which callers may address a Service, from the shortest to the full one. */
export function serviceNames({ name, namespace }: Pick<ServiceNode, 'name' | 'namespace'>): string[] {
  return [name, `${name}.${namespace}`, `${name}.${namespace}.svc`, serviceHost({ name, namespace })];
}

/** Returns the URL that callers of a Service use, or of the external host behind it: plain HTTP, which the mesh encrypts. */
export function serviceUrl(service: ServiceNode, path: string): string {
  return `http://${service.hostname ?? serviceHost(service)}${service.port === 80 ? '' : `:${service.port}`}${path}`;
}
