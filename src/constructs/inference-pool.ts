import { Construct } from 'constructs';
import { restrictWorkloadEgress, deployWorkload, authorizeWorkload } from './authorize';
import { bindPicker } from './bind-picker';
import { bindWorkload } from './bind-workload';
import { gatewayOf, IInferenceGateway, reportNoGateway } from './gateway-facts';
import { isAtHome } from './home-mesh';
import { freshId, Membership, MeshMemberProps } from './membership';
import { withdrawService } from './own-service';
import { poolNode } from './route-facts';
import { Callers } from '../model/callers';
import { Refusal } from '../model/feature';
import { innerPortOf } from '../model/inner-port';
import { isPort } from '../model/names';
import { LONGEST_POOL_SUFFIX, PoolNode } from '../model/pool';
import { Trait } from '../model/trait';
import { WorkloadNode } from '../model/workload';
import { EndpointPicker, FailureMode } from '../values/endpoint-picker';
import { IRouteTarget } from '../values/route-target';
import { Workload, workloadDescription } from '../values/workload';

/** Options of `InferenceGateway.addPool`. */
export interface InferencePoolOptions {
  /** The pods: a version of an agent, or a workload of its own. */
  readonly servers: Workload;
  /**
   * Ports of the pods that serve: 1 to 8, each once.
   *
   * @default - the first port of the servers
   */
  readonly targetPorts?: number[];
  /**
   * Port of the pods where the picker reads metrics, at `/metrics`.
   *
   * @default - the ports that serve
   */
  readonly metricsPort?: number;
  /**
   * Who chooses the pod that serves.
   *
   * @default EndpointPicker.deploy()
   */
  readonly picker?: EndpointPicker;
  /**
   * What requests get while the picker is away.
   *
   * @default FailureMode.FAIL_CLOSE
   */
  readonly failureMode?: FailureMode;
  /**
   * Port that stands for the pool between the gateway and its picker; nobody else reaches it.
   *
   * @default - derived from the name, between 20000 and 29999; of two pools whose names give one port, the second that is defined gets another
   */
  readonly innerPort?: number;
  /**
   * Name of the InferencePool, and stem of its picker's names.
   *
   * @default - the id
   */
  readonly name?: string;
}

/** Props of `InferencePool`. */
export interface InferencePoolProps extends InferencePoolOptions, MeshMemberProps {
  /**
   * The gateway whose requests it serves.
   *
   * @default - the gateway in whose scope it is defined
   */
  readonly gateway?: IInferenceGateway;
}

/** Props of `InferencePool.fromPoolName`. */
export interface ExistingPoolProps extends MeshMemberProps {
  /** Name of the team's InferencePool, in the namespace of its servers. */
  readonly poolName: string;
  /** The pods that it selects. */
  readonly servers: Workload;
  /**
   * Its `targetPorts`.
   *
   * @default - the first port of the servers
   */
  readonly targetPorts?: number[];
  /**
   * Port of the pods where its picker reads metrics.
   *
   * @default - the ports that serve
   */
  readonly metricsPort?: number;
  /** Its endpoint picker: `EndpointPicker.existing`. */
  readonly picker: EndpointPicker;
  /**
   * Port that stands for the pool between the gateway and its picker.
   *
   * @default - derived from the name, between 20000 and 29999; of two pools whose names give one port, the second that is defined gets another
   */
  readonly innerPort?: number;
  /**
   * The gateway whose requests it serves.
   *
   * @default - the gateway in whose scope it is defined
   */
  readonly gateway?: IInferenceGateway;
}

const MOST_PORTS = 8;

/**
 * Model-serving pods and the endpoint picker that chooses among them. Emits an InferencePool, its picker (Deployment,
 * Service, ServiceAccount, Role, RoleBinding, ConfigMap), the workload policy of both, and the way from the gateway: the pod that
 * the picker names is the pod that serves, over mutual TLS (Gateway API Inference Extension v1.6, InferencePool v1). It is called
 * through its gateway alone, by whoever reaches that, agents of the mesh among them: nobody can be granted a pool.
 */
export class InferencePool extends Construct implements IRouteTarget {
  /** An InferencePool that the team has made; its picker and servers are protected, not deployed. */
  public static fromPoolName(scope: Construct, id: string, props: ExistingPoolProps): InferencePool {
    const { poolName, ...rest } = props;
    const named: InferencePoolProps = { ...rest, name: poolName };
    existingPool.give(named, true);
    return new InferencePool(scope, id, named);
  }

  /** What people call it in messages. */
  public readonly title: string;

  public constructor(scope: Construct, id: string, props: InferencePoolProps) {
    super(scope, freshId(scope, id, props.mesh));
    const member = Membership.of(this, props);
    const { model, context } = member;
    const name = member.name('the name of the pool', props.name ?? this.node.id, LONGEST_POOL_SUFFIX);
    this.title = `pool ${name}`;
    const servers = this.servers(member, name, props.servers);
    const gateway = gatewayOf(this, props.gateway);
    if (!gateway) {
      reportNoGateway(member, this.title);
      poolNode.give(this, 'reported');
      return;
    }
    if (!isAtHome(member, gateway.node, `gateway ${gateway.node.name}`) || !isAtHome(member, servers, servers.title)) {
      poolNode.give(this, 'reported');
      return;
    }
    const refusal = context.gateway.refuses('pool');
    if (refusal) {
      refusePool(member, this.title, servers, refusal);
      poolNode.give(this, 'reported');
      return;
    }
    const pool: PoolNode = {
      origin: member, name, namespace: servers.namespace, servers, gateway: gateway.node,
      targetPorts: targetPorts(member, props, servers),
      metricsPort: props.metricsPort ?? props.targetPorts?.[0] ?? servers.ports[0],
      picker: bindPicker(member, name, servers.namespace, props.picker ?? EndpointPicker.deploy()),
      failOpen: props.failureMode === FailureMode.FAIL_OPEN,
      existing: existingPool.find(props) ?? false,
      innerPort: props.innerPort ?? innerPortOf(name, (port) => model.hasInnerPort(servers.namespace, port)),
    };
    checkPool(member, this.title, pool);
    withdrawService(member, servers);
    model.addPool(pool);
    poolNode.give(this, pool);
    context.gateway.createPool(this, gateway.scope, model, pool);
    // A picker that is deployed here is not limited.
    if (pool.picker.workload.egress) restrictWorkloadEgress(new Construct(this, 'picker-egress'), member, pool.picker.workload);
  }

  /** The place that the servers have as an agent's version, or get as the pool's own. */
  private servers(member: Membership, name: string, workload: Workload): WorkloadNode {
    const description = workloadDescription.of(workload);
    if (description.kind === 'bound') {
      if (!description.node.routable) {
        member.report({ message: `${description.node.title} cannot serve a pool: it is reached by grants alone`, actual: description.node.title, expected: 'a version of an agent, or a workload of its own', fix: 'describe the model servers with Workload.deploy or Workload.existing' });
      }
      return description.node;
    }
    const node = bindWorkload(member, workload, {
      title: `servers of ${this.title}`, name, namespace: member.model.facts.namespace, serviceAccount: name,
      labels: { 'app.kubernetes.io/name': name }, callers: new Callers(), routable: true,
    });
    const scope = new Construct(this, 'servers');
    deployWorkload(scope, member, node);
    authorizeWorkload(scope, 'workload-policy', member, node);
    return node;
  }
}

/** Without a pool the versions are Services, which every mesh shares out. */
function refusePool(member: Membership, title: string, servers: WorkloadNode, { reason, instead }: Refusal): void {
  member.report({
    message: `no endpoint picker can choose among the pods of ${title}: ${reason}`, actual: servers.title, expected: `pools with ${instead}`,
    fix: `use ${instead}; or route to the workload itself (\`agent.version()\`), whose Service balances without knowing of caches`,
  }, 'AM002');
}

function checkPool(member: Membership, title: string, pool: PoolNode): void {
  if (pool.existing && pool.picker.deployment) {
    member.report({ message: `the picker of ${title} is not the one that the team's pool names`, actual: 'EndpointPicker.deploy', expected: 'EndpointPicker.existing', fix: 'describe the picker that the pool has' });
  }
  if (pool.picker.workload.namespace !== pool.namespace) {
    member.report({ message: `the picker of ${title} is in another namespace, where gateways do not look for it`, actual: pool.picker.workload.namespace, expected: pool.namespace, fix: 'run the picker beside its pool' });
  }
  if (!isPort(pool.innerPort) || pool.innerPort < 1024) {
    member.report({ message: '`innerPort` is no port that a gateway can listen on', actual: pool.innerPort, expected: 'whole numbers from 1024 to 65535', fix: 'correct the number, or leave it out' });
  }
}

const existingPool = new Trait<boolean>('an InferencePool of the team');

function targetPorts(member: Membership, props: InferencePoolProps, servers: WorkloadNode): number[] {
  const ports = [...props.targetPorts ?? servers.ports.slice(0, 1)];
  if (servers.ports.length === 0) {
    member.report({ message: `${servers.title} cannot serve a pool without a port`, actual: [], expected: 'a TCP port in `ports`', fix: 'name the port that serves' });
    return ports;
  }
  if (ports.length < 1 || ports.length > MOST_PORTS || new Set(ports).size !== ports.length) {
    member.report({ message: 'the target ports of the pool are too many, too few or repeated', actual: ports, expected: `1 to ${MOST_PORTS} different ports`, fix: 'name each port once' });
  }
  for (const port of new Set([...ports, ...props.metricsPort === undefined ? [] : [props.metricsPort]])) {
    if (!servers.ports.includes(port)) {
      member.report({ message: `${servers.title} does not serve this port`, actual: port, expected: servers.ports.join(', ') || 'none', fix: 'name a port of the workload, or add it there' });
    }
  }
  const opaque = ports.filter((port) => servers.opaquePorts.includes(port));
  if (opaque.length > 0) {
    member.report({ message: `${servers.title} is said to speak something else than HTTP where a pool serves HTTP`, actual: opaque, expected: 'target ports that are not in `opaquePorts`', fix: 'take them out of `opaquePorts`, or name other `targetPorts`' });
  }
  const grpc = ports.filter((port) => servers.grpcPorts.includes(port));
  if (grpc.length > 0 && !existingPool.find(props)) {
    member.report({ message: `${servers.title} is said to speak gRPC where the picker of a pool reads OpenAI's HTTP`, actual: grpc, expected: 'target ports that are not in `grpcPorts`', fix: 'serve HTTP there, or describe a pool of your own (`InferencePool.fromPoolName`)' });
  }
  return ports;
}
