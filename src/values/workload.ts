import { ICallee } from './call';
import { ExternalHost } from './external-host';
import { jwtFacts } from './jwt';
import { TransportProtocol } from './media-port';
import { Port, PortProtocol } from './port';
import { CalleeReference, RouteTargetReference } from './references';
import { IRouteTarget } from './route-target';
import { DeployWorkloadOptions, ExistingService, ExistingWorkloadOptions, WorkloadOptions } from './workload-options';
import { accepted } from '../input/guard';
import { Trait } from '../model/trait';
import { DeploymentFacts, SecretKey, WorkloadEgressFacts, WorkloadNode } from '../model/workload';

/**
 * A workload: pods that the library deploys, or existing pods.
 *
 * @example
 * const deployed = Workload.deploy({ image: 'registry.example.com/writer:1.4.2', ports: [Port.http(8000)] });
 * const running = Workload.existing({ labels: { app: 'writer' }, serviceAccount: 'writer', ports: [Port.http(8000)] });
 */
export class Workload implements IRouteTarget, ICallee {
  /** Emits a Deployment with safe defaults: non-root user, read-only root file system, no API token, probes and resource requests. */
  public static deploy(options: DeployWorkloadOptions): Workload {
    [options] = accepted('Workload.deploy', [options]);
    return described(new Workload(options.image), {
      kind: 'deploy',
      ...common(options),
      facts: {
        image: options.image,
        existingServiceAccount: options.existingServiceAccount,
        replicas: options.replicas ?? 2,
        command: options.command && [...options.command],
        args: options.args && [...options.args],
        env: { ...options.env },
        secretEnv: { ...options.secretEnv as Record<string, SecretKey> | undefined },
        podLabels: { ...options.podLabels },
        writablePaths: [...options.writablePaths ?? ['/tmp']],
        userId: options.userId ?? 65532,
        mountToken: options.mountToken ?? false,
        startupSeconds: options.startupSeconds ?? 600,
        cpuMillis: options.cpuMillis ?? 250,
        memoryMebibytes: options.memoryMebibytes ?? 512,
      },
    });
  }

  /** Returns existing pods as a workload, which the library protects but does not deploy. */
  public static existing(options: ExistingWorkloadOptions): Workload {
    [options] = accepted('Workload.existing', [options]);
    const labels = { ...options.labels };
    const title = Object.entries(labels).map(([key, value]) => `${key}=${value}`).join(',');
    return described(new Workload(title), {
      kind: 'existing',
      labels,
      serviceAccount: options.serviceAccount,
      ...common(options),
      namespace: options.namespace,
      service: options.service && {
        name: options.service.name,
        port: options.service.port,
        targetPort: options.service.targetPort,
        headless: options.service.headless,
        labels: { ...options.service.labels },
      },
    });
  }

  /** Reference to the workload as a callee. */
  public readonly asCallee: CalleeReference;
  /** Reference to the workload as the target of a route. */
  public readonly asRouteTarget: RouteTargetReference;

  private constructor(
    /** Display name: the image, or the labels of existing pods. */
    public readonly title: string,
  ) {
    this.asCallee = CalleeReference._of('a workload');
    this.asRouteTarget = RouteTargetReference._of('a workload');
    referencedWorkload.give(this.asCallee, this);
    referencedWorkload.give(this.asRouteTarget, this);
  }

  /** Returns the display name. */
  public toString(): string {
    return this.title;
  }
}

/** Options of a workload, or its node once a construct uses it. */
export type WorkloadDescription =
  | CommonDescription & { readonly kind: 'deploy'; readonly facts: DeploymentFacts }
  | CommonDescription & {
    readonly kind: 'existing'; readonly labels: Readonly<Record<string, string>>;
    readonly serviceAccount: string; readonly namespace?: string; readonly service?: ExistingService;
  }
  | { readonly kind: 'bound'; readonly node: WorkloadNode };

export const workloadDescription = new Trait<WorkloadDescription>('a Workload');

/** The workload of a reference to one. */
export const referencedWorkload = new Trait<Workload>('a Workload');

/** Returns the name of a callee or route target in messages: the title of its node once a construct uses it. */
export function titleOf(target: ICallee | IRouteTarget): string {
  const description = workloadDescription.find(target);
  return description?.kind === 'bound' ? description.node.title : target.title;
}

function described(workload: Workload, description: WorkloadDescription): Workload {
  workloadDescription.give(workload, description);
  return workload;
}

/** Options that all workloads have before a construct uses them. */
export type CommonDescription = Pick<
  WorkloadNode, 'ports' | 'opaquePorts' | 'grpcPorts' | 'mediaPorts' | 'healthPath' | 'rateLimit' | 'jwt' | 'externalAuthorizer'
> & { readonly egress?: EgressDescription };

/** Egress as the program states it. The hosts may have ports that cannot be enforced. */
export interface EgressDescription extends Pick<WorkloadEgressFacts, 'namespaces' | 'kubernetesNetworks'> {
  readonly hosts: readonly ExternalHost[];
}

function common(options: WorkloadOptions): CommonDescription {
  const { ports, mediaPorts, healthPath, rateLimit, jwt, externalAuthorizer, egress } = options;
  return {
    ports: ports.map(({ number }) => number),
    opaquePorts: speaking(PortProtocol.TCP, ports),
    grpcPorts: speaking(PortProtocol.GRPC, ports),
    mediaPorts: mediaPorts ? mediaPorts.map(({ port, protocol }) => ({ port, protocol: protocol === TransportProtocol.UDP ? 'UDP' : 'TCP' })) : NONE,
    healthPath,
    rateLimit: rateLimit && { ...rateLimit },
    jwt: jwt && jwtFacts(jwt),
    egress: egress && {
      hosts: [...egress.hosts ?? []], namespaces: [...egress.namespaces ?? []], kubernetesNetworks: [...egress.kubernetesApiCidrs ?? []],
    },
    externalAuthorizer: externalAuthorizer && { ...externalAuthorizer },
  };
}

function speaking(protocol: PortProtocol, ports: readonly Port[]): readonly number[] {
  const found = ports.filter((one) => one.protocol === protocol);
  return found.length === 0 ? NONE : found.map(({ number }) => number);
}

/** Shared empty list. */
const NONE: readonly never[] = [];
