import { ExternalAuthorizer } from './external-authorizer';
import { ExternalHost } from './external-host';
import { JwtRequirement } from './jwt';
import { MediaPort } from './media-port';
import { Port } from './port';
import { RateLimit } from './rate-limit';

/** A reference to a key of an existing Secret, whose value is never part of the manifests. */
export interface SecretKeyReference {
  /** Name of the Secret, in the namespace of the workload. */
  readonly secretName: string;
  /** Key in the Secret. */
  readonly key: string;
}

/** Egress of pods to destinations outside the mesh. Calls inside the mesh are controlled by grants. */
export interface WorkloadEgress {
  /**
   * Allowed external hosts, called at port 443. Another port is an error. In ambient mode every pod of the cluster then reaches the ports 80
   * and 443 of the host through a waypoint, and no other port by name. The waypoint allows workloads that list the host, workloads without
   * `egress`, and pods outside the namespaces of the mesh. It denies all others. The access report lists the allowed callers.
   *
   * @default - no external hosts
   */
  readonly hosts?: ExternalHost[];
  /**
   * Namespaces of the cluster whose pods may be called outside the mesh, at any port. Examples are a database that is not in the mesh, or DNS
   * that is not in `kube-system`. Pods of the mesh need not be listed.
   *
   * @default - no namespaces; on Linkerd every pod of the cluster is reachable in any case
   */
  readonly namespaces?: string[];
  /**
   * CIDRs of the endpoints of the Kubernetes API server (not of its Service), for pods that have a token for it (`mountToken`). List the
   * addresses with `kubectl get endpointslices -l kubernetes.io/service-name=kubernetes`. Ports 443 and 6443 are opened.
   *
   * @default - no access to the API server
   */
  readonly kubernetesApiCidrs?: string[];
}

/** Options of all workloads, deployed or existing. */
export interface WorkloadOptions {
  /**
   * TCP ports that the pods listen on, each with its protocol. Callers use the first one. Empty for an agent that only calls, such as a queue
   * worker or a CronJob.
   */
  readonly ports: Port[];
  /**
   * Media ports, for example for WebRTC, that are excluded from the mesh. Callers are not authenticated there, and only the application
   * can encrypt. The access report lists these ports.
   *
   * @default - no media ports
   */
  readonly mediaPorts?: MediaPort[];
  /**
   * Path of the HTTP health probes on the first port, which answers 2xx or 3xx if the workload is healthy. Unhealthy pods get no calls after
   * 30 seconds and are restarted after five minutes, so that the outage of a dependency does not restart them. For existing pods, set the
   * path of their own probes. Meshes that inspect requests at the pods then allow the probes of the kubelet.
   *
   * @default - the first port is probed by opening a TCP connection
   */
  readonly healthPath?: string;
  /**
   * JWT validation of requests, in addition to the caller identity. An error if no provider in the path supports it.
   *
   * @default - no JWT validation
   */
  readonly jwt?: JwtRequirement;
  /**
   * External authorizer that checks every request and may deny requests that a grant allows. An error if the mesh does not support it.
   *
   * @default - no external authorizer
   */
  readonly externalAuthorizer?: ExternalAuthorizer;
  /**
   * Allowed egress of the pods to destinations outside the mesh. Emits a NetworkPolicy, which the network plugin of the cluster must enforce,
   * and the objects of the mesh for external hosts.
   *
   * @default - only limited by the mesh; a tool server has no egress
   */
  readonly egress?: WorkloadEgress;
  /**
   * Rate limit of each pod. An error if the mesh does not support it.
   *
   * @default - no rate limit
   */
  readonly rateLimit?: RateLimit;
}

/** Options of `Workload.deploy`. */
export interface DeployWorkloadOptions extends WorkloadOptions {
  /** Container image with a tag or a digest. `latest` and images without a tag are errors. */
  readonly image: string;
  /**
   * Name of an existing ServiceAccount for the pods. "default" is not allowed.
   *
   * @default - a ServiceAccount is created, named after the construct that uses the workload
   */
  readonly existingServiceAccount?: string;
  /**
   * Number of replicas.
   *
   * @default 2
   */
  readonly replicas?: number;
  /**
   * Entrypoint of the container.
   *
   * @default - the entrypoint of the image
   */
  readonly command?: string[];
  /**
   * Arguments of the container. Values that look like secrets are errors. Use `secretEnv` and refer to the variable as in "$(DB_PASSWORD)".
   *
   * @default - the arguments of the image
   */
  readonly args?: string[];
  /**
   * Environment variables with literal values. Names such as `API_KEY` or `DB_PASSWORD` and values that look like secrets are errors. Use
   * `secretEnv`, whose variables can be referred to as in "$(DB_PASSWORD)". Variables are written in the order of their names, each after
   * those that it refers to.
   *
   * @default - no environment variables
   */
  readonly env?: { [name: string]: string };
  /**
   * Environment variables whose values come from Secrets.
   *
   * @default - no environment variables from Secrets
   */
  readonly secretEnv?: { [name: string]: SecretKeyReference };
  /**
   * Additional labels for the pods. Labels of Istio, Linkerd and the Gateway API are errors, because they could remove the pods from the
   * mesh or bind them to a gateway.
   *
   * @default - no additional labels
   */
  readonly podLabels?: { [key: string]: string };
  /**
   * Writable directories, each an `emptyDir` volume. The rest of the file system is read-only.
   *
   * @default ['/tmp']
   */
  readonly writablePaths?: string[];
  /**
   * User id and group id of the process. 0 is not allowed.
   *
   * @default 65532
   */
  readonly userId?: number;
  /**
   * Whether the pods mount a token for the Kubernetes API.
   *
   * @default false
   */
  readonly mountToken?: boolean;
  /**
   * Longest time in seconds until the first successful probe, for example while models load or caches warm up. Until then the pod gets no
   * calls and is not restarted. After that it is restarted. A whole number from 1 (Kubernetes 1.36, startup probes).
   *
   * @default 600
   */
  readonly startupSeconds?: number;
  /**
   * CPU request in millicores. No CPU limit is set.
   *
   * @default 250
   */
  readonly cpuMillis?: number;
  /**
   * Memory request and limit in MiB.
   *
   * @default 512
   */
  readonly memoryMebibytes?: number;
}

/** An existing Service of a workload. */
export interface ExistingService {
  /** Name of the Service, in the namespace of the workload. */
  readonly name: string;
  /** Port of the Service. */
  readonly port: number;
  /**
   * Target port of the Service, which is a port of the pods.
   *
   * @default - the first port of the workload
   */
  readonly targetPort?: number;
  /**
   * Whether the Service is headless (`clusterIP: None`), like the Services of StatefulSets, so that callers connect to pods directly. A
   * headless Service is an error with a waypoint or as a route target, because its callers would bypass them.
   *
   * @default false
   */
  readonly headless?: boolean;
  /**
   * Labels that the Service has in the cluster, such as `istio.io/use-waypoint`.
   *
   * @default - no labels
   */
  readonly labels?: { [key: string]: string };
}

/** Options of `Workload.existing`. */
export interface ExistingWorkloadOptions extends WorkloadOptions {
  /** Labels that select the pods of this workload only. At least one is required. */
  readonly labels: { [key: string]: string };
  /** Name of the ServiceAccount of the pods. "default" is not allowed. */
  readonly serviceAccount: string;
  /**
   * Namespace of the pods. It is the namespace of the mesh, a namespace in which the library deploys something, or one of
   * `existingNamespaces`.
   *
   * @default - the namespace of the construct that uses the workload
   */
  readonly namespace?: string;
  /**
   * Existing Service of the pods.
   *
   * @default - no Service
   */
  readonly service?: ExistingService;
}
