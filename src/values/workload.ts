import { IRouteTarget } from './route-target';
import { Trait } from '../model/trait';
import { DeploymentFacts, SecretKey, WorkloadNode } from '../model/workload';

/** A key of a Secret that the team keeps; its value never reaches the manifests. */
export interface SecretKeyReference {
  /** Name of the Secret, in the workload's namespace. */
  readonly secretName: string;
  /** Key in the Secret. */
  readonly key: string;
}

/** Options of `Workload.deploy`. */
export interface DeployOptions {
  /** Container image with a tag or a digest; `latest` and no tag are refused. */
  readonly image: string;
  /** TCP ports that the container listens on; the first is the one that is probed and called. */
  readonly ports: number[];
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
   * Arguments.
   *
   * @default - the image's
   */
  readonly args?: string[];
  /**
   * Environment variables. A literal under a name such as `API_KEY` or `DB_PASSWORD` is refused: use `secretEnv`.
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
   * More labels for the pods. Labels of Istio and of the Gateway API are refused: they would move the pod out of the
   * mesh or behind a gateway.
   *
   * @default - none
   */
  readonly podLabels?: { [key: string]: string };
  /**
   * Path of an HTTP GET on the first port that answers 2xx or 3xx when the workload is well.
   *
   * @default - the first port is probed by opening a TCP connection
   */
  readonly healthPath?: string;
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
   * Labels that the team says the Service has, such as `istio.io/use-waypoint`.
   *
   * @default - none
   */
  readonly labels?: { [key: string]: string };
}

/** Options of `Workload.existing`. */
export interface ExistingWorkloadOptions {
  /** Labels that select its pods and nobody else's; one or more. */
  readonly labels: { [key: string]: string };
  /** Its ServiceAccount; never "default". */
  readonly serviceAccount: string;
  /** TCP ports that the pods listen on; the first is the one that is called. */
  readonly ports: number[];
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

/** Pods: deployed here, or the team's own. */
export class Workload implements IRouteTarget {
  /** A Deployment that the library makes, with safe defaults: non-root, read-only root, no API token, probes, resources. */
  public static deploy(options: DeployOptions): Workload {
    return described(new Workload(), {
      kind: 'deploy',
      ports: [...options.ports],
      facts: {
        image: options.image,
        existingServiceAccount: options.existingServiceAccount,
        replicas: options.replicas ?? 2,
        command: options.command && [...options.command],
        args: options.args && [...options.args],
        env: { ...options.env },
        secretEnv: { ...options.secretEnv as Record<string, SecretKey> | undefined },
        podLabels: { ...options.podLabels },
        healthPath: options.healthPath,
        writablePaths: [...options.writablePaths ?? ['/tmp']],
        userId: options.userId ?? 65532,
        mountToken: options.mountToken ?? false,
        cpuMillis: options.cpuMillis ?? 250,
        memoryMebibytes: options.memoryMebibytes ?? 512,
      },
    });
  }

  /** Pods that already run; the library protects them and deploys nothing. */
  public static existing(options: ExistingWorkloadOptions): Workload {
    return described(new Workload(), {
      kind: 'existing',
      labels: { ...options.labels },
      serviceAccount: options.serviceAccount,
      ports: [...options.ports],
      namespace: options.namespace,
      service: options.service && {
        name: options.service.name,
        port: options.service.port,
        targetPort: options.service.targetPort,
        labels: { ...options.service.labels },
      },
    });
  }

  private constructor() {}

  /** What people call it in messages: its place in the mesh once it has one, before that its image or its labels. */
  public get title(): string {
    const description = workloadDescription.of(this);
    switch (description.kind) {
      case 'deploy': return description.facts.image;
      case 'existing': return Object.entries(description.labels).map(([key, value]) => `${key}=${value}`).join(',');
      case 'bound': return description.node.title;
    }
  }

  /** As in messages. */
  public toString(): string {
    return this.title;
  }
}

/** What the user said of pods, and the place that they got. */
export type WorkloadDescription =
  | { readonly kind: 'deploy'; readonly ports: readonly number[]; readonly facts: DeploymentFacts }
  | {
    readonly kind: 'existing'; readonly ports: readonly number[]; readonly labels: Readonly<Record<string, string>>;
    readonly serviceAccount: string; readonly namespace?: string; readonly service?: ExistingServiceOptions;
  }
  | { readonly kind: 'bound'; readonly node: WorkloadNode };

export const workloadDescription = new Trait<WorkloadDescription>('a Workload');

function described(workload: Workload, description: WorkloadDescription): Workload {
  workloadDescription.give(workload, description);
  return workload;
}
