import { Construct } from 'constructs';
import { ICallee } from './call';
import { DeployWorkloadOptions } from './deploy-workload-options';
import { deploymentFacts } from './deployment-facts';
import { ExternalHost, ExternalHostProtocol } from './external-host';
import { ICaller } from './identity';
import { jwtFacts } from './jwt';
import { TransportProtocol } from './media-port';
import { Port, PortProtocol } from './port';
import { CalleeReference, CallerReference, RouteTargetReference } from './references';
import { IRouteTarget } from './route-target';
import { vllmFacts, vllmPods } from './vllm';
import { VllmOptions } from './vllm-options';
import { CommonWorkloadOptions, ConstructWorkloadOptions, ExistingService, ExistingWorkloadOptions } from './workload-options';
import { accepted, meshOf, refusalAt } from '../input/guard';
import { DeploymentFacts } from '../model/deployment-facts';
import { Trait } from '../model/trait';
import { HostFacts, WorkloadEgressFacts, WorkloadNode } from '../model/workload';
import { AppPods, readAppPods, usedService } from '../providers/foreign/app-pods';

/**
 * A set of pods with one ServiceAccount: pods that the library deploys, existing pods, or pods of another construct of the app. A workload
 * has an effect only if another construct uses it, such as an Agent.
 *
 * @example
 * const deployed = Workload.deploy({ image: 'registry.example.com/writer:1.4.2', ports: [Port.http(8000)] });
 * const servers = Workload.vllm({ image: 'registry.example.com/vllm:0.29.0', model: '/models/llama', modelVolume: Volume.persistentVolumeClaim('models') });
 * const running = Workload.existing({ labels: { app: 'writer' }, serviceAccount: 'writer', ports: [Port.http(8000)] });
 * const written = Workload.fromConstruct(deployment); // `deployment`: a Deployment of cdk8s-plus, or any ApiObject with a pod template
 */
export class Workload implements IRouteTarget, ICallee, ICaller {
  /**
   * Returns a workload that the library deploys. The construct that uses it emits a Deployment with safe defaults: non-root user, read-only
   * root file system, no API token, probes and resource requests.
   */
  public static deploy(options: DeployWorkloadOptions): Workload {
    [options] = accepted('Workload.deploy', [options]);
    return described(new Workload(options.image), { kind: 'deploy', ...common(options), facts: deploymentFacts(options) });
  }

  /**
   * Returns vLLM servers that the library deploys: pods as from `Workload.deploy`, with the arguments, ports, volumes, probes and
   * accelerators of vLLM. In an InferencePool, synth compares the servers with the endpoint picker and the models of the pool (AM237).
   */
  public static vllm(options: VllmOptions): Workload {
    [options] = accepted('Workload.vllm', [options]);
    const server = vllmFacts(options);
    const pods = vllmPods(options, server);
    return described(new Workload(options.image), {
      kind: 'deploy', ...common(pods), facts: { ...deploymentFacts(pods), modelServer: server }, vllm: options,
    });
  }

  /** Returns existing pods as a workload. The library emits policies for them, but does not deploy them. */
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
      service: options.service && statedService(options.service),
    });
  }

  /**
   * Returns the pods of another construct of the app as a workload: a Deployment, StatefulSet, DaemonSet, Job, CronJob or Pod of
   * cdk8s-plus, or any ApiObject with one pod template. This call reads labels, ServiceAccount, namespace, ports and Service from the
   * construct, and synth fails if they change afterwards. The construct that uses the workload adds the labels and annotations of the mesh
   * to the pod template.
   *
   * @param construct construct with complete containers and ServiceAccount. The ServiceAccount must not be "default"
   * @param options options of the mesh for the pods, and options that cannot be read from the construct
   * @throws if the construct has no pod template, has several, or cannot be rendered yet
   */
  public static fromConstruct(construct: Construct, options?: ConstructWorkloadOptions): Workload {
    [construct, options = {}] = accepted('Workload.fromConstruct', [construct, options]);
    const pods = readAppPods(construct);
    if ('fix' in pods) throw refusalAt(construct.node.path, meshOf(construct), [pods]);
    const ports = options.ports ?? pods.ports.map(({ number, spoken }) => (spoken === 'opaque' ? Port.tcp(number) : Port[spoken](number)));
    return described(new Workload(pods.title), {
      kind: 'existing',
      labels: pods.labels,
      serviceAccount: pods.serviceAccount ?? pods.object.name, // reported by the construct that uses the workload
      ...common({ ...options, healthPath: options.healthPath ?? pods.healthPath, ports }),
      namespace: pods.namespace ?? 'default',
      service: options.service ? statedService(options.service) : usedService(pods, ports.map(({ number }) => number)),
      app: { pods, hasOwnPorts: options.ports !== undefined, hasOwnService: options.service !== undefined },
    });
  }

  /**
   * Reference to the workload as a caller, such as for the pods of a tool server that call a database. Define the construct that uses the
   * workload before the grant.
   */
  public readonly asCaller: CallerReference;
  /** Reference to the workload as a callee. */
  public readonly asCallee: CalleeReference;
  /** Reference to the workload as the target of a route. */
  public readonly asRouteTarget: RouteTargetReference;

  private constructor(
    /** Display name in messages: the image, or the labels of existing pods. */
    public readonly title: string,
  ) {
    this.asCaller = CallerReference._of('a workload');
    this.asCallee = CalleeReference._of('a workload');
    callingWorkload.give(this.asCaller, this);
    this.asRouteTarget = RouteTargetReference._of('a workload');
    referencedWorkload.give(this.asCallee, this);
    referencedWorkload.give(this.asRouteTarget, this);
  }

  /** Returns the display name. */
  public toString(): string {
    return this.title;
  }
}

/** The options of a workload, or its node after a construct has used it. */
export type WorkloadDescription =
  | CommonDescription & { readonly kind: 'deploy'; readonly facts: DeploymentFacts; readonly vllm?: VllmOptions }
  | CommonDescription & {
    readonly kind: 'existing'; readonly labels: Readonly<Record<string, string>>;
    readonly serviceAccount: string; readonly namespace?: string; readonly service?: ExistingService; readonly app?: AppDescription;
  }
  | { readonly kind: 'bound'; readonly node: WorkloadNode };

/** Pods that were read from an object of the app. */
export interface AppDescription {
  readonly pods: AppPods;
  /** Whether the program sets the ports, and the Service. */
  readonly hasOwnPorts: boolean;
  readonly hasOwnService: boolean;
}

export const workloadDescription = new Trait<WorkloadDescription>('a Workload');

/** The workload behind a caller reference. */
export const callingWorkload = new Trait<Workload>('a Workload');

/** The workload behind a callee or route target reference. */
export const referencedWorkload = new Trait<Workload>('a Workload');

/** Returns the name of a callee or route target in messages. For a workload that a construct uses, it is the title of its node. */
export function titleOf(target: ICallee | IRouteTarget): string {
  const description = workloadDescription.find(target);
  return description?.kind === 'bound' ? description.node.title : target.title;
}

function described(workload: Workload, description: WorkloadDescription): Workload {
  workloadDescription.give(workload, description);
  return workload;
}

/** Options of all workloads before a construct uses them. */
export type CommonDescription = Pick<
  WorkloadNode, 'ports' | 'opaquePorts' | 'tlsPorts' | 'grpcPorts' | 'mediaPorts' | 'unauthenticatedPorts' | 'healthPath' | 'rateLimit' | 'jwt' | 'externalAuthorizer'
> & { readonly egress?: EgressDescription; readonly metricsPort?: number };

/** Egress as the program states it. */
export type EgressDescription = Omit<WorkloadEgressFacts, 'waypoint'>;

/** Returns the facts of an external host. */
export function hostFacts({ hostname, port, protocol, cidrs }: ExternalHost): HostFacts {
  return { hostname, port, protocol: protocol === ExternalHostProtocol.TCP ? 'TCP' : 'TLS', cidrs: [...cidrs] };
}

function statedService({ name, port, targetPort, headless, labels }: ExistingService): ExistingService {
  return { name, port, targetPort, headless, labels: { ...labels } };
}

function common(options: CommonWorkloadOptions & { readonly ports: readonly Port[] }): CommonDescription {
  const { ports, mediaPorts, metricsPort, unauthenticatedPorts, healthPath, rateLimit, jwt, externalAuthorizer, egress } = options;
  return {
    ports: ports.map(({ number }) => number),
    opaquePorts: speaking([PortProtocol.TCP, PortProtocol.TLS], ports),
    tlsPorts: speaking([PortProtocol.TLS], ports),
    grpcPorts: speaking([PortProtocol.GRPC], ports),
    mediaPorts: mediaPorts ? mediaPorts.map(({ port, protocol }) => ({ port, protocol: protocol === TransportProtocol.UDP ? 'UDP' : 'TCP' })) : NONE,
    metricsPort,
    unauthenticatedPorts: unauthenticatedPorts?.map(({ port, networks }) => ({ port, ...(networks && { networks: [...networks] }) })),
    healthPath,
    rateLimit: rateLimit && { ...rateLimit },
    jwt: jwt && jwtFacts(jwt),
    egress: egress && {
      hosts: (egress.hosts ?? []).map(hostFacts), networks: (egress.networks ?? []).map((one) => ({ cidr: one.cidr, ports: [...one.ports] })),
      namespaces: [...egress.namespaces ?? []], kubernetesNetworks: [...egress.kubernetesApiCidrs ?? []],
    },
    externalAuthorizer: externalAuthorizer && { ...externalAuthorizer },
  };
}

function speaking(protocols: readonly PortProtocol[], ports: readonly Port[]): readonly number[] {
  const found = ports.filter(({ protocol }) => protocols.includes(protocol));
  return found.length === 0 ? NONE : found.map(({ number }) => number);
}

/** Shared empty list. */
const NONE: readonly never[] = [];
