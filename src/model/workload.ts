import { Callers } from './callers';
import { ItemGrants, itemRules } from './item-grants';
import { Principal } from './principal';
import { Located } from './problem';
import { ExternalAuthorizerFacts, JwtFacts, preflights, RequestLimits, RequestRule, splitByToken } from './request-rule';
import { PortProtocol, ServiceNode } from './service';
import { ToolFront } from './tool-front';
import { WaypointNode } from './waypoint';

/** Pods that have an identity: what can be called, what calls, and what is protected. */
export interface WorkloadNode {
  /** Where it was asked for. */
  readonly origin: Located;
  /** What people call it: "agent assistant v1". */
  readonly title: string;
  /** Stem of its objects' names; one in its namespace. */
  readonly name: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  /** Labels that select its pods and nobody else's. */
  readonly labels: Readonly<Record<string, string>>;
  /** TCP ports of the pods. */
  readonly ports: readonly number[];
  /** Those of them that speak something else than HTTP: nobody reads what they carry. */
  readonly opaquePorts: readonly number[];
  /** Those of them that speak gRPC, or other HTTP/2 without TLS. */
  readonly grpcPorts: readonly number[];
  /** Whether it trusts headers that the mesh's own proxy sets: what is not HTTP, and would carry a caller's own, is none of its business. */
  readonly trustsHeaders?: boolean;
  /** Ports that the mesh is told to leave alone: nobody proves an identity there. */
  readonly mediaPorts: readonly MediaPortFacts[];
  /** What runs, where the library deploys it. */
  readonly deployment?: DeploymentFacts;
  /** The Service before it; none where only a pool or a gateway leads to it. */
  service?: ServiceNode;
  /** Who was granted to call it, or something of it. */
  readonly callers: Callers;
  /** The only web pages whose requests it takes; none stated means that nobody looks. */
  readonly allowedOrigins?: readonly string[];
  /** Who alone may connect to it, where callers come to a proxy that reads MCP. */
  readonly front?: ToolFront;
  /** What of it they were granted, where that is told apart; otherwise everything that `requests` lets through. */
  readonly items?: ItemGrants;
  /** The only requests that callers may make; none stated means all. */
  readonly requests?: RequestLimits;
  readonly jwt?: JwtFacts;
  readonly externalAuthorizer?: ExternalAuthorizerFacts;
  /** Path of an HTTP GET on the first port by which the kubelet asks whether the pods are well. */
  readonly healthPath?: string;
  /** Most requests that each of its pods takes. */
  readonly rateLimit?: RateLimitFacts;
  /** The only hosts outside the cluster that its pods may call; none stated where nobody limits them. */
  readonly egress?: WorkloadEgressFacts;
  /** What becomes of credentials that callers send along; where tokens are verified, of those that are none. */
  readonly tokens?: TokenHandling;
  /** Whether gateways may lead to it: to versions of agents and servers of pools; to tool servers and pickers only grants do. */
  readonly routable: boolean;
}

/**
 * The pods' port that callers use: the one behind the Service; the first where the team has not said how its own workload
 * is called; none where the library deploys it without a Service.
 */
export function calledPorts({ service, deployment, ports }: Pick<WorkloadNode, 'service' | 'deployment' | 'ports'>): readonly number[] {
  if (service) return [service.targetPort];
  return deployment ? [] : ports.slice(0, 1);
}

/** What the pods of a workload speak at a port. */
export function protocolAt({ opaquePorts, grpcPorts }: Pick<WorkloadNode, 'opaquePorts' | 'grpcPorts'>, port: number): PortProtocol {
  if (opaquePorts.includes(port)) return 'opaque';
  return grpcPorts.includes(port) ? 'grpc' : 'http';
}

/** What is known of the labels of its pods. */
export function podLabelsOf({ labels, deployment }: WorkloadNode): Readonly<Record<string, string>> {
  return deployment ? { ...deployment.podLabels, ...labels } : labels;
}

/** The requests that a workload takes from those who were granted something, and from others who may make every one of them. */
export function requestRules({ callers, items, requests, allowedOrigins }: WorkloadNode, others: readonly Principal[] = []): RequestRule[] {
  const rules = items
    ? [...itemRules(items, requests?.endpoints ?? []), { principals: others, ...requests }]
    : [{ principals: [...callers.principals, ...others], ...requests }];
  return [
    ...splitByToken(rules.filter(({ principals }) => principals.length > 0), requests?.token),
    ...preflights(allowedOrigins, requests?.endpoints, [...callers.principals, ...others]),
  ];
}

/** A port of media, such as WebRTC's. */
export interface MediaPortFacts {
  readonly port: number;
  readonly protocol: 'UDP' | 'TCP';
}

/** What pods may call outside the cluster. */
export interface WorkloadEgressFacts {
  /** Exact names, over TLS at port 443. */
  readonly hostnames: readonly string[];
  /** Namespaces whose pods may be called past the mesh. */
  readonly namespaces: readonly string[];
  /** Networks of the Kubernetes API server, as CIDRs. */
  readonly kubernetesNetworks: readonly string[];
  /** Who reads what goes to the hosts, where the mesh has somebody. */
  readonly waypoint?: WaypointNode;
}

/** What becomes of requests that carry their callers' credentials (the header `Authorization`): refused, stripped of them, or let through with them. */
export type TokenHandling = 'refused' | 'taken-away' | 'passed-on';

/** Requests per second that one pod takes, whole numbers. */
export interface RateLimitFacts {
  readonly requestsPerSecond?: number;
  readonly requestsPerSecondOfCaller?: number;
}

/** How a workload is deployed here. */
export interface DeploymentFacts {
  readonly image: string;
  /** The team's own; without it the library makes one. */
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
  /** How long pods may take until they first answer their probe. */
  readonly startupSeconds: number;
  readonly cpuMillis: number;
  readonly memoryMebibytes: number;
}

/** One key of a Secret that the team keeps. */
export interface SecretKey {
  readonly secretName: string;
  readonly key: string;
}
