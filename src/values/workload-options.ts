import { ExternalAuthorizer } from './external-authorizer';
import { JwtRequirement } from './jwt';
import { MediaPort } from './media-port';
import { Port } from './port';
import { RateLimit } from './rate-limit';
import { UnauthenticatedPort } from './unauthenticated-port';
import { WorkloadEgress } from './workload-egress';

/** A reference to a key of an existing Secret. The value is never part of the manifests. */
export interface SecretKeyReference {
  /** Name of the Secret, in the namespace of the workload. */
  readonly secretName: string;
  /** Key in the Secret. */
  readonly key: string;
}

/** Options that all workloads have in common: deployed, existing, and from another construct. */
export interface CommonWorkloadOptions {
  /**
   * Pod ports that are excluded from the mesh, for example for WebRTC media. The mesh neither authenticates callers nor encrypts traffic at
   * these ports, only the application can. The access report lists these ports.
   *
   * @default - no media ports
   */
  readonly mediaPorts?: MediaPort[];
  /**
   * Port of the pods at which Prometheus scrapes metrics. It must be one of `ports`, but not the port that callers use. The `scraper` in
   * `metrics` of the mesh may connect to this port, and to no other port of the pods. In a pool,
   * the `metricsPort` of the model servers may also be the serving port. The scraper may then send any request to the serving port.
   *
   * @default - none: no metrics of the pods can be scraped
   */
  readonly metricsPort?: number;
  /**
   * Ports of the pods for callers that have no identity in the mesh, such as a webhook that the API server calls, health checks of a load
   * balancer, or an ingress controller outside the mesh. Each must be one of `ports`. Synth fails for a port that callers with an
   * identity use: the first port, a port with a grant, `metricsPort` or a port of a pool. It also fails if the workload has `jwt`. At
   * unauthenticated ports the mesh checks neither callers nor requests: if that matters, the application must serve TLS and verify clients.
   * All other ports still require mutual TLS. The access report lists the unauthenticated ports.
   *
   * @default - none: callers without an identity are denied at every port
   */
  readonly unauthenticatedPorts?: UnauthenticatedPort[];
  /**
   * Path of HTTP health probes at the first port. It must answer with status 2xx or 3xx if the workload is healthy. By default, unhealthy
   * pods get no calls after 30 seconds, and the kubelet restarts them after five minutes, so that a short outage of a dependency restarts
   * nothing. For existing pods, set it to the path of their probes: proxies in the pods that authorize requests then allow the probes.
   *
   * @default - the first port is probed by opening a TCP connection. `Workload.vllm` has '/health', unless it has a `rateLimit`,
   * which would count the probes
   */
  readonly healthPath?: string;
  /**
   * JWT validation of requests, in addition to the authorization by mesh identity. Synth fails if no component in the path supports it.
   *
   * @default - no JWT validation
   */
  readonly jwt?: JwtRequirement;
  /**
   * External authorizer that checks every request, and may deny requests that a grant allows. Synth fails if the mesh does not support it.
   *
   * @default - no external authorizer
   */
  readonly externalAuthorizer?: ExternalAuthorizer;
  /**
   * Allowed egress of the pods to destinations outside the mesh. If set, even to `{}`, all other egress outside the mesh is denied. Emits a
   * NetworkPolicy, which the network plugin of the cluster must enforce, and objects of the mesh for external hosts.
   *
   * @default - only the mesh restricts egress, and Istio ambient does not restrict it. For the server of an McpToolBoundary the default is
   * `{}`
   */
  readonly egress?: WorkloadEgress;
  /**
   * Rate limit of requests to each pod. Synth fails if the mesh does not support it.
   *
   * @default - no rate limit
   */
  readonly rateLimit?: RateLimit;
}

/** Options of workloads with ports: `Workload.deploy` and `Workload.existing`. */
export interface WorkloadOptions extends CommonWorkloadOptions {
  /**
   * TCP ports on which the pods listen, each with its protocol. Callers use the first port. The list is empty for an agent that only calls
   * others, such as a queue worker or a CronJob.
   */
  readonly ports: Port[];
}

/** An existing Service of a workload. */
export interface ExistingService {
  /** Name of the Service, in the namespace of the workload. */
  readonly name: string;
  /** Port of the Service. */
  readonly port: number;
  /**
   * Target port of the Service: the pod port to which it forwards.
   *
   * @default - the first port of the workload
   */
  readonly targetPort?: number;
  /**
   * Whether the Service is headless (`clusterIP: None`), as the governing Service of a StatefulSet is. Callers of a headless Service
   * connect to pods directly. Synth fails if a headless Service has a waypoint or is a route target, because callers would bypass the
   * waypoint or the route.
   *
   * @default false
   */
  readonly headless?: boolean;
  /**
   * Labels of the Service in the cluster, such as `istio.io/use-waypoint`.
   *
   * @default - no labels
   */
  readonly labels?: { [key: string]: string };
}

/** Options of `Workload.existing`. */
export interface ExistingWorkloadOptions extends WorkloadOptions {
  /** Labels that select the pods of this workload and no other pods. At least one is required. */
  readonly labels: { [key: string]: string };
  /** Name of the ServiceAccount of the pods. "default" is not allowed, because all pods that set no ServiceAccount share it. */
  readonly serviceAccount: string;
  /**
   * Namespace of the pods. It must be in the mesh: the namespace of the mesh, a namespace of another construct of the mesh, or one of
   * `existingNamespaces`.
   *
   * @default - the namespace of the construct that uses the workload
   */
  readonly namespace?: string;
  /**
   * Existing Service of the pods.
   *
   * @default - none: callers connect to the pods
   */
  readonly service?: ExistingService;
}

/** Options of `Workload.fromConstruct`. Ports and Service are read from the construct if they are not set. */
export interface ConstructWorkloadOptions extends CommonWorkloadOptions {
  /**
   * TCP ports on which the pods listen, each with its protocol. Callers use the first port.
   *
   * @default - the target ports of the Services of the app that select the pods, then the other TCP ports of the containers. The protocol
   * comes from `appProtocol` or the name of the Service port, otherwise from the name of the container port (`http`, `grpc-api`,
   * `https`, `tcp`), otherwise it is HTTP. A Job and a CronJob have no ports
   */
  readonly ports?: Port[];
  /**
   * Service of the pods. Set it if several Services of the app select the pods, or if the Service is not in this app.
   *
   * @default - the Service of the app that selects the pods. If several do, the only one that is not headless, otherwise synth fails
   */
  readonly service?: ExistingService;
}
