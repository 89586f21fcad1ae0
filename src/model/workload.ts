import { Callers } from './callers';
import { DeploymentFacts } from './deployment-facts';
import { DisaggregatedPod } from './disaggregated-pod';
import { ItemGrants, itemRules } from './item-grants';
import { McpProxyNode } from './mcp-proxy';
import { PortCallers } from './port-callers';
import { Principal } from './principal';
import { Located } from './problem';
import { Endpoint, exemptLimits, ExternalAuthorizerFacts, JwtFacts, preflights, RequestLimits, RequestRule, splitByToken } from './request-rule';
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
  /** Ports of `opaquePorts` where the workload itself terminates TLS. */
  readonly tlsPorts?: readonly number[];
  /** Ports that speak gRPC or other HTTP/2 without TLS. */
  readonly grpcPorts: readonly number[];
  /**
   * Whether the workload trusts headers that the mesh proxy sets. Opaque traffic must then be denied, because it could carry forged
   * headers.
   */
  readonly trustsHeaders?: boolean;
  /** Ports that are excluded from the mesh, without mutual TLS or identity. */
  readonly mediaPorts: readonly MediaPortFacts[];
  /** Ports of the mesh that accept callers without an identity. */
  readonly unauthenticatedPorts?: readonly UnauthenticatedPortFacts[];
  /** Path of the object of the app that makes the pods, if the description was read from it. */
  readonly readFrom?: string;
  /** Whether the pods end by themselves, as those of a Job. */
  readonly ends?: boolean;
  /** Deployment settings. Undefined for existing pods. */
  readonly deployment?: DeploymentFacts;
  /** Part of deployed pods in the prefill/decode disaggregation of a pool. */
  readonly disaggregated?: DisaggregatedPod;
  /** Further labels of the pods of a deployed endpoint picker. */
  readonly pickerLabels?: Readonly<Record<string, string>>;
  /** Service of the workload. Undefined if only a pool or a gateway reaches it. */
  service?: ServiceNode;
  /** Service that was removed, because a pool serves the pods. */
  withdrawnService?: ServiceNode;
  /** Pool whose `autoscaling` sets the number of replicas, in words. */
  autoscaledBy?: string;
  /** Callers with a grant for the workload or for items of it. */
  readonly callers: Callers;
  /** Callers with a grant for single ports. */
  readonly portCallers?: PortCallers;
  /** Port of the pods with metrics, and the scraper of the mesh, if there is one. */
  readonly metrics?: MetricsFacts;
  /** Origins that are allowed for browser requests. The Origin header is not validated if undefined. */
  readonly allowedOrigins?: readonly string[];
  /** MCP proxy in front of the workload, which is then the only allowed caller of the pods. */
  readonly mcpProxy?: McpProxyNode;
  /** Grants of single items. Callers may make all requests within `requests` if undefined. */
  readonly items?: ItemGrants;
  /** Requests that callers may make. All requests if undefined. */
  readonly requests?: RequestLimits;
  /** Endpoints beside `requests` that callers and the clients of gateways reach without a token. */
  readonly openEndpoints?: readonly Endpoint[];
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
  /**
   * Whether a gateway route lets the clients of the gateway in. True for agent versions and pool servers. Clients of a route to a tool server
   * need a grant to their token.
   */
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

/** Returns whether the workload itself terminates TLS at a port. */
export function terminatesTls({ tlsPorts }: Pick<WorkloadNode, 'tlsPorts'>, port: number): boolean {
  return tlsPorts?.includes(port) ?? false;
}

/** Returns how the program declares a port whose requests proxies do not read. */
export function opaqueDeclaration(workload: Pick<WorkloadNode, 'tlsPorts'>, port: number): string {
  return `Port.${terminatesTls(workload, port) ? 'tls' : 'tcp'}(${port})`;
}

/** Returns why proxies read no requests at an opaque port, and what to do. */
export function unreadPort(workload: Pick<WorkloadNode, 'tlsPorts'>, port: number): { readonly reason: string; readonly fix: string } {
  return terminatesTls(workload, port)
    ? { reason: `port ${port} carries TLS that the workload itself terminates`, fix: `serve HTTP without TLS at the port, which the mesh encrypts, and declare it as \`Port.http(${port})\`` }
    : { reason: `port ${port} does not speak HTTP`, fix: `declare the port as \`Port.http(${port})\` if it speaks HTTP` };
}

/** Returns the known labels of the pods. */
export function podLabelsOf({ labels, deployment, pickerLabels = deployment?.podLabels }: WorkloadNode): Readonly<Record<string, string>> {
  return pickerLabels ? { ...pickerLabels, ...labels } : labels;
}

/** Returns the request rules of a workload: for its granted callers, and for gateways with a route to it. */
export function requestRules(workload: WorkloadNode, gateways: readonly Principal[] = []): RequestRule[] {
  const { callers, items, requests, allowedOrigins, openEndpoints = [], routable } = workload;
  const others = routable ? gateways : [];
  const rules = items
    ? [...itemRules(items, requests?.endpoints ?? []), { principals: others, ...requests }]
    : [{ principals: [...callers.principals, ...others], ...requests }];
  return [
    ...splitByToken(rules.filter(({ principals }) => principals.length > 0), requests?.token),
    ...preflights(allowedOrigins, requests?.endpoints && [...requests.endpoints, ...openEndpoints], [...callers.principals, ...others]),
    ...openLimits(workload).map((limits) => ({ principals: [...callers.principals, ...gateways], ...limits }))
      .filter(({ principals }) => principals.length > 0),
  ];
}

/** Returns the limits of requests that need no token although others need one. */
function openLimits({ jwt, openEndpoints = [] }: WorkloadNode): RequestLimits[] {
  return [...exemptLimits(jwt), ...openEndpoints.length > 0 ? [{ endpoints: openEndpoints }] : []];
}

/** Returns the limits of requests that gateways may forward to a workload without a grant. A request must be within one of them. */
export function forwardedLimits(workload: WorkloadNode): (RequestLimits | undefined)[] {
  return [...workload.routable ? [workload.requests] : [], ...openLimits(workload)];
}

/** Port and scraper of the metrics of pods. */
export interface MetricsFacts {
  readonly port: number;
  /** The scraper of the mesh. Empty if the mesh has no `metrics`. */
  readonly callers: Callers;
}

/** A port that accepts callers without an identity. */
export interface UnauthenticatedPortFacts {
  readonly port: number;
  /** CIDRs of the callers. Undefined for every address. */
  readonly networks?: readonly string[];
}

/** A media port, for example for WebRTC. */
export interface MediaPortFacts {
  readonly port: number;
  readonly protocol: 'UDP' | 'TCP';
}

/** Egress of pods outside the mesh. */
export interface WorkloadEgressFacts {
  /** External hosts, each at a port. */
  readonly hosts: readonly HostFacts[];
  /** Networks outside the mesh, each with its TCP ports. */
  readonly networks: readonly NetworkFacts[];
  /** Namespaces whose pods may be called outside the mesh. */
  readonly namespaces: readonly string[];
  /** CIDRs of the Kubernetes API server endpoints. */
  readonly kubernetesNetworks: readonly string[];
  /** Waypoint for the external hosts, if the mesh has one. */
  readonly waypoint?: WaypointNode;
}

/** An external host that pods may call. */
export interface HostFacts {
  /** DNS name of the host, exact or with a leading "*.". */
  readonly hostname: string;
  readonly port: number;
  readonly protocol: HostProtocol;
  /** Networks of its addresses. Empty for public addresses. */
  readonly cidrs: readonly string[];
}

/** Returns the names of the external hosts of a workload, each once. */
export function hostnamesOf({ egress }: Pick<WorkloadNode, 'egress'>): string[] {
  return [...new Set((egress?.hosts ?? []).map(({ hostname }) => hostname))];
}

/** TLS from the first byte, or any protocol over TCP. */
export type HostProtocol = 'TLS' | 'TCP';

/** A network outside the mesh that pods may call, by address. */
export interface NetworkFacts {
  readonly cidr: string;
  readonly ports: readonly number[];
}

/** How requests with an `Authorization` header are handled: denied, forwarded without the header, or forwarded with it. */
export type TokenHandling = 'refused' | 'stripped' | 'forwarded';

/** Requests per second that each pod accepts, as whole numbers. */
export interface RateLimitFacts {
  readonly requestsPerSecond?: number;
  readonly requestsPerSecondOfCaller?: number;
}

/** Returns the paths of all HTTP probes of the first port: `healthPath`, and the `path` of each probe. */
export function healthPaths({ healthPath, ports: [first], deployment }: Pick<WorkloadNode, 'healthPath' | 'ports' | 'deployment'>): readonly string[] {
  if (!deployment) return healthPath === undefined ? [] : [healthPath];
  const { livenessProbe, readinessProbe, startupProbe } = deployment.pod;
  const paths = [livenessProbe, readinessProbe, startupProbe].filter(({ command, port = first }) => command === undefined && port === first)
    .flatMap(({ path = healthPath }) => path ?? []);
  return [...new Set(paths)];
}
