import { WaypointNode } from './waypoint';

/** When a pod is left out, and for how long. */
export interface CircuitBreakerFacts {
  readonly consecutiveFailures: number;
  readonly pauseSeconds: number;
}

/** What pods speak at a port, as far as proxies must know: HTTP/1.1; gRPC, which is HTTP/2 without TLS; or what none of them reads. */
export type PortProtocol = 'http' | 'grpc' | 'opaque';

/** A Service before a workload. */
export interface ServiceNode {
  readonly name: string;
  readonly namespace: string;
  readonly port: number;
  /** The pods' port that it leads to. */
  readonly targetPort: number;
  /** What its pods speak there; HTTP/1.1 where nothing is stated. */
  readonly protocol?: PortProtocol;
  /** Whether it is one with its namesakes in linked clusters. */
  readonly federated?: boolean;
  /** Header whose requests, of one value, come to one pod. */
  readonly affinityHeader?: string;
  /** When a pod that keeps failing is left out. */
  readonly circuitBreaker?: CircuitBreakerFacts;
  /** Whether it has no address of its own: callers go to its pods. */
  readonly headless?: boolean;
  /** Set where the team owns the Service: the labels that it says the Service has. */
  readonly statedLabels?: Readonly<Record<string, string>>;
  /** Of a host outside the cluster that a waypoint stands for: its name, by which it is called. */
  readonly hostname?: string;
  /** The waypoint that reads the requests to it, where one does. */
  readonly waypoint?: WaypointNode;
}
