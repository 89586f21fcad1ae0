import { WaypointNode } from './waypoint';

/** Circuit breaker settings: when a pod is ejected, and for how long. */
export interface CircuitBreakerFacts {
  readonly consecutiveFailures: number;
  readonly pauseSeconds: number;
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
  /** Whether the Service is headless, so that callers connect to pod addresses. */
  readonly headless?: boolean;
  /** Declared labels of an existing Service. Undefined if the library creates the Service. */
  readonly statedLabels?: Readonly<Record<string, string>>;
  /** DNS name of an external host behind a waypoint. Undefined for Services in the cluster. */
  readonly hostname?: string;
  /** Waypoint of the Service, if it has one. */
  readonly waypoint?: WaypointNode;
}

/** Returns the DNS name of a Service in the cluster. */
export function serviceHost({ name, namespace }: Pick<ServiceNode, 'name' | 'namespace'>): string {
  return `${name}.${namespace}.svc.cluster.local`;
}

/** Returns the URL that callers of a Service use, or of the external host behind it: plain HTTP, which the mesh encrypts. */
export function serviceUrl(service: ServiceNode, path: string): string {
  return `http://${service.hostname ?? serviceHost(service)}${service.port === 80 ? '' : `:${service.port}`}${path}`;
}
