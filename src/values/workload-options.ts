import { ExternalAuthorizer } from './external-authorizer';
import { JwtRequirement } from './jwt';
import { MediaPort } from './media-port';
import { RateLimit } from './rate-limit';

/** A key of a Secret that the team keeps; its value never reaches the manifests. */
export interface SecretKeyReference {
  /** Name of the Secret, in the workload's namespace. */
  readonly secretName: string;
  /** Key in the Secret. */
  readonly key: string;
}

/** What pods may call outside the cluster; inside, whom they may call is told by grants. */
export interface WorkloadEgress {
  /**
   * Exact DNS names of hosts, called over TLS at port 443; other ports need a NetworkPolicy of your own. In ambient every pod of the cluster
   * then reaches the host's ports 80 and 443 through a waypoint, and no other port by its name. The waypoint allows the workloads that name
   * the host, workloads without an `egress`, and pods outside the mesh's namespaces; it denies the rest. The access report lists them.
   *
   * @default - none
   */
  readonly hostnames?: string[];
  /**
   * Namespaces of the cluster whose pods they may call past the mesh, at any port: a database that is not in it, or DNS where that is not
   * in `kube-system`. Pods of the mesh need no mention.
   *
   * @default - none; on Linkerd every pod of the cluster is reached, whatever is said
   */
  readonly namespaces?: string[];
  /**
   * Addresses of the Kubernetes API server's endpoints, not of its Service, as CIDRs, for pods that have a token for it (`mountToken`):
   * `kubectl get endpointslices -l kubernetes.io/service-name=kubernetes` tells them. Ports 443 and 6443 are opened.
   *
   * @default - none
   */
  readonly kubernetesApiCidrs?: string[];
}

/** What can be said of any pods. */
export interface WorkloadOptions {
  /** TCP ports that the pods listen on; the first is the one that is called. Of an agent that only calls, such as a queue's worker or a CronJob's pods, none. */
  readonly ports: number[];
  /**
   * Those of the ports that speak something else than HTTP. Callers are admitted by identity; nobody reads what they send.
   *
   * @default - none: every port speaks HTTP
   */
  readonly opaquePorts?: number[];
  /**
   * Those of the ports that speak gRPC, or other HTTP/2 without TLS. The port of a Service that is made here says so (`appProtocol:
   * kubernetes.io/h2c`), and proxies call it by HTTP/2; the Service of what already runs must say so itself.
   *
   * @default - none: proxies call every port by HTTP/1.1
   */
  readonly grpcPorts?: number[];
  /**
   * Ports of media, such as WebRTC's, which the mesh leaves alone: nobody proves an identity there, and nothing is encrypted
   * but by the application. The access report says so.
   *
   * @default - none
   */
  readonly mediaPorts?: MediaPort[];
  /**
   * Path of an HTTP GET on the first port that answers 2xx or 3xx when the workload is well. Pods that are not get no calls after 30 seconds,
   * and are restarted after five minutes, so that the outage of what they depend on restarts none. Of what already runs, the path
   * that its probes ask for: where the mesh reads requests at the pods, it lets the kubelet through to it.
   *
   * @default - the first port is probed by opening a TCP connection
   */
  readonly healthPath?: string;
  /**
   * Tokens that requests must carry, beside the identity of who calls; refused where nobody in the path reads them.
   *
   * @default - none
   */
  readonly jwt?: JwtRequirement;
  /**
   * A service of the team that is asked about every request, and may refuse what a grant lets through; refused where the mesh
   * has no such thing.
   *
   * @default - nobody is asked
   */
  readonly externalAuthorizer?: ExternalAuthorizer;
  /**
   * What the pods may call outside the cluster. Emits a NetworkPolicy, which the cluster's network must enforce, and what the mesh
   * has for named hosts.
   *
   * @default - not limited beyond what the mesh limits; of a tool server, nothing
   */
  readonly egress?: WorkloadEgress;
  /**
   * Most requests that each pod takes; refused where the mesh has no such limit.
   *
   * @default - no limit
   */
  readonly rateLimit?: RateLimit;
}

/** Options of `Workload.deploy`. */
export interface DeployOptions extends WorkloadOptions {
  /** Container image with a tag or a digest; `latest` and no tag are refused. */
  readonly image: string;
  /**
   * The team's ServiceAccount to run under; never "default".
   *
   * @default - one is made, named after what the workload is given to
   */
  readonly existingServiceAccount?: string;
  /**
   * Number of pods.
   *
   * @default 2
   */
  readonly replicas?: number;
  /**
   * Entrypoint.
   *
   * @default - the image's
   */
  readonly command?: string[];
  /**
   * Arguments. What looks like a secret is refused: use `secretEnv`, and name the variable as in "$(DB_PASSWORD)".
   *
   * @default - the image's
   */
  readonly args?: string[];
  /**
   * Environment variables. A literal under a name such as `API_KEY` or `DB_PASSWORD`, or that looks like a secret, is refused: use
   * `secretEnv`, whose variables others may name as in "$(DB_PASSWORD)".
   *
   * @default - none
   */
  readonly env?: { [name: string]: string };
  /**
   * Environment variables whose values are keys of Secrets.
   *
   * @default - none
   */
  readonly secretEnv?: { [name: string]: SecretKeyReference };
  /**
   * More labels for the pods. Labels of Istio, of Linkerd and of the Gateway API are refused: they would move the pod out
   * of the mesh or behind a gateway.
   *
   * @default - none
   */
  readonly podLabels?: { [key: string]: string };
  /**
   * Folders to write to; each is an empty volume, the rest of the file system is read-only.
   *
   * @default ['/tmp']
   */
  readonly writablePaths?: string[];
  /**
   * User and group id of the process; never 0.
   *
   * @default 65532
   */
  readonly userId?: number;
  /**
   * Whether the pods get a token for the Kubernetes API.
   *
   * @default false
   */
  readonly mountToken?: boolean;
  /**
   * Most seconds that a pod may take until it first answers its probe: models that load, caches that warm up. Until then it gets no calls and is
   * not restarted; after that a longer start counts as dead. A whole number from 1 (Kubernetes 1.36, startup probes).
   *
   * @default 600
   */
  readonly startupSeconds?: number;
  /**
   * Requested CPU in thousandths of a core; no limit is set.
   *
   * @default 250
   */
  readonly cpuMillis?: number;
  /**
   * Requested memory in MiB, also the limit.
   *
   * @default 512
   */
  readonly memoryMebibytes?: number;
}

/** A Service that the team has already made. */
export interface ExistingServiceOptions {
  /** Name of the Service, in the workload's namespace. */
  readonly name: string;
  /** Port of the Service. */
  readonly port: number;
  /**
   * Port of the pods that it leads to.
   *
   * @default - the workload's first port
   */
  readonly targetPort?: number;
  /**
   * Whether it has no cluster IP (`clusterIP: None`), as the Services of StatefulSets have none: whoever calls it calls a pod. It is refused
   * before a waypoint and behind a route, which its callers would go past.
   *
   * @default false
   */
  readonly headless?: boolean;
  /**
   * Labels that the team says the Service has, such as `istio.io/use-waypoint`.
   *
   * @default - none
   */
  readonly labels?: { [key: string]: string };
}

/** Options of `Workload.existing`. */
export interface ExistingWorkloadOptions extends WorkloadOptions {
  /** Labels that select its pods and nobody else's; one or more. */
  readonly labels: { [key: string]: string };
  /** Its ServiceAccount; never "default". */
  readonly serviceAccount: string;
  /**
   * Namespace of the pods: the mesh's, one in which the library deploys something, or one of `existingNamespaces`.
   *
   * @default - the namespace of the construct that it is given to
   */
  readonly namespace?: string;
  /**
   * The team's Service before the pods.
   *
   * @default - none is known
   */
  readonly service?: ExistingServiceOptions;
}
