import { Callers } from './callers';
import { ItemGrants, itemRules } from './item-grants';
import { McpProxyNode } from './mcp-proxy';
import { Principal } from './principal';
import { Located } from './problem';
import { ExternalAuthorizerFacts, JwtFacts, preflights, RequestLimits, RequestRule, splitByToken } from './request-rule';
import { AppProtocol, ServiceNode } from './service';
import { WaypointNode } from './waypoint';

/** A workload: pods with an identity that call, are called and are protected by policies. */
export interface WorkloadNode {
  /** Construct that declares the workload. */
  readonly origin: Located;
  /** Display name in messages, such as "agent assistant v1". */
  readonly title: string;
  /** Base name of the emitted objects, unique in the namespace. */
  readonly name: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  /** Labels that select the pods of this workload only. */
  readonly labels: Readonly<Record<string, string>>;
  /** TCP ports of the pods. */
  readonly ports: readonly number[];
  /** Ports that do not speak HTTP, which proxies do not inspect. */
  readonly opaquePorts: readonly number[];
  /** Ports that speak gRPC or other HTTP/2 without TLS. */
  readonly grpcPorts: readonly number[];
  /**
   * Whether the workload trusts headers that the mesh proxy sets. Opaque traffic must then be denied, because it could carry forged
   * headers.
   */
  readonly trustsHeaders?: boolean;
  /** Ports that are excluded from the mesh, without mutual TLS or identity. */
  readonly mediaPorts: readonly MediaPortFacts[];
  /** Deployment settings. Undefined for existing pods. */
  readonly deployment?: DeploymentFacts;
  /** Service of the workload. Undefined if only a pool or a gateway reaches it. */
  service?: ServiceNode;
  /** Callers with a grant for the workload or for items of it. */
  readonly callers: Callers;
  /** Origins that are allowed for browser requests. The Origin header is not validated if undefined. */
  readonly allowedOrigins?: readonly string[];
  /** MCP proxy in front of the workload, which is then the only allowed caller of the pods. */
  readonly mcpProxy?: McpProxyNode;
  /** Grants of single items. Callers may make all requests within `requests` if undefined. */
  readonly items?: ItemGrants;
  /** Requests that callers may make. All requests if undefined. */
  readonly requests?: RequestLimits;
  readonly jwt?: JwtFacts;
  readonly externalAuthorizer?: ExternalAuthorizerFacts;
  /** Path of the HTTP health probes on the first port. */
  readonly healthPath?: string;
  /** Rate limit of each pod. */
  readonly rateLimit?: RateLimitFacts;
  /** Egress limits of the pods. Egress is not limited if undefined. */
  readonly egress?: WorkloadEgressFacts;
  /** How the `Authorization` header of callers is handled. With JWT validation, this applies to credentials that are not valid tokens. */
  readonly tokens?: TokenHandling;
  /** Whether gateway routes may target the workload. True for agent versions and pool servers, false for tool servers and pickers. */
  readonly routable: boolean;
}

/**
 * Returns the pod ports that callers use: the target port of the Service. An existing workload without a Service has its first port,
 * a deployed workload without a Service has none.
 */
export function calledPorts({ service, deployment, ports }: Pick<WorkloadNode, 'service' | 'deployment' | 'ports'>): readonly number[] {
  if (service) return [service.targetPort];
  return deployment ? [] : ports.slice(0, 1);
}

/** Returns the protocol of a pod port. */
export function protocolAt({ opaquePorts, grpcPorts }: Pick<WorkloadNode, 'opaquePorts' | 'grpcPorts'>, port: number): AppProtocol {
  if (opaquePorts.includes(port)) return 'opaque';
  return grpcPorts.includes(port) ? 'grpc' : 'http';
}

/** Returns the known labels of the pods. */
export function podLabelsOf({ labels, deployment }: WorkloadNode): Readonly<Record<string, string>> {
  return deployment ? { ...deployment.podLabels, ...labels } : labels;
}

/** Returns the request rules of a workload: for its granted callers, and for `others`, which may make every allowed request. */
export function requestRules({ callers, items, requests, allowedOrigins }: WorkloadNode, others: readonly Principal[] = []): RequestRule[] {
  const rules = items
    ? [...itemRules(items, requests?.endpoints ?? []), { principals: others, ...requests }]
    : [{ principals: [...callers.principals, ...others], ...requests }];
  return [
    ...splitByToken(rules.filter(({ principals }) => principals.length > 0), requests?.token),
    ...preflights(allowedOrigins, requests?.endpoints, [...callers.principals, ...others]),
  ];
}

/** A media port, for example for WebRTC. */
export interface MediaPortFacts {
  readonly port: number;
  readonly protocol: 'UDP' | 'TCP';
}

/** Egress of pods beside grants. */
export interface WorkloadEgressFacts {
  /** Exact DNS names of external hosts, called over TLS at port 443. */
  readonly hostnames: readonly string[];
  /** Namespaces whose pods may be called outside the mesh. */
  readonly namespaces: readonly string[];
  /** CIDRs of the Kubernetes API server endpoints. */
  readonly kubernetesNetworks: readonly string[];
  /** Waypoint for the external hosts, if the mesh has one. */
  readonly waypoint?: WaypointNode;
}

/** How requests with an `Authorization` header are handled: denied, forwarded without the header, or forwarded with it. */
export type TokenHandling = 'refused' | 'stripped' | 'forwarded';

/** Requests per second that each pod accepts, as whole numbers. */
export interface RateLimitFacts {
  readonly requestsPerSecond?: number;
  readonly requestsPerSecondOfCaller?: number;
}

/** Settings of a Deployment that the library creates. */
export interface DeploymentFacts {
  readonly image: string;
  /** Existing ServiceAccount. The library creates one if undefined. */
  readonly existingServiceAccount?: string;
  readonly replicas: number;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly secretEnv: Readonly<Record<string, SecretKey>>;
  readonly podLabels: Readonly<Record<string, string>>;
  readonly writablePaths: readonly string[];
  readonly userId: number;
  readonly mountToken: boolean;
  /** Longest time in seconds until the first successful probe. */
  readonly startupSeconds: number;
  readonly cpuMillis: number;
  readonly memoryMebibytes: number;
}

/** A key of an existing Secret. */
export interface SecretKey {
  readonly secretName: string;
  readonly key: string;
}
