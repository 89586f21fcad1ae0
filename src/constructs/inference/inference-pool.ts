import { Construct } from 'constructs';
import { bindPicker } from './bind-picker';
import { gatewayOf, IInferenceGateway, reportNoGateway } from './gateway-facts';
import { Callers } from '../../model/callers';
import { Refusal } from '../../model/feature';
import { innerPortOf } from '../../model/inner-port';
import { isPort } from '../../model/names';
import { LONGEST_POOL_SUFFIX, PoolNode } from '../../model/pool';
import { Trait } from '../../model/trait';
import { WorkloadNode } from '../../model/workload';
import { EndpointPicker, FailureMode } from '../../values/endpoint-picker';
import { IRouteTarget } from '../../values/route-target';
import { Workload, workloadDescription } from '../../values/workload';
import { isAtHome } from '../membership/home-mesh';
import { freshId, Membership, MeshMemberProps } from '../membership/membership';
import { poolNode } from '../routing/route-facts';
import { restrictWorkloadEgress, deployWorkload, authorizeWorkload } from '../workload/authorize';
import { bindWorkload } from '../workload/bind-workload';
import { withdrawService } from '../workload/own-service';

/** Options of `InferenceGateway.addPool`. */
export interface InferencePoolOptions {
  /** The model servers: a version of an agent, or a workload of the pool alone. */
  readonly servers: Workload;
  /**
   * Ports of the pods that serve requests: 1 to 8 ports, each once.
   *
   * @default - the first port of the servers
   */
  readonly targetPorts?: number[];
  /**
   * Port of the pods where the endpoint picker scrapes metrics, at the path `/metrics`.
   *
   * @default - the serving ports
   */
  readonly metricsPort?: number;
  /**
   * Endpoint picker that chooses the pod for each request.
   *
   * @default EndpointPicker.deploy()
   */
  readonly picker?: EndpointPicker;
  /**
   * Whether requests fail or go to any pod while the endpoint picker is unavailable.
   *
   * @default FailureMode.FAIL_CLOSE
   */
  readonly failureMode?: FailureMode;
  /**
   * Port that stands for the pool between the gateway and its endpoint picker: 1024 to 65535. Nothing else can reach it.
   *
   * @default - derived from the name, between 20000 and 29999. If the names of two pools give the same port, the second pool gets another
   * port
   */
  readonly innerPort?: number;
  /**
   * Name of the InferencePool. The names of its endpoint picker's objects begin with it.
   *
   * @default - the construct id
   */
  readonly name?: string;
}

/** Props of `InferencePool`. */
export interface InferencePoolProps extends InferencePoolOptions, MeshMemberProps {
  /**
   * Gateway whose requests the pool serves.
   *
   * @default - the gateway in whose scope the pool is defined
   */
  readonly gateway?: IInferenceGateway;
}

/** Props of `InferencePool.fromPoolName`. */
export interface ExistingPoolProps extends MeshMemberProps {
  /** Name of the existing InferencePool, in the namespace of its servers. */
  readonly poolName: string;
  /** The pods that the pool selects. */
  readonly servers: Workload;
  /**
   * Ports in `targetPorts` of the existing pool.
   *
   * @default - the first port of the servers
   */
  readonly targetPorts?: number[];
  /**
   * Port of the pods where the endpoint picker scrapes metrics.
   *
   * @default - the serving ports
   */
  readonly metricsPort?: number;
  /** Endpoint picker of the existing pool: `EndpointPicker.existing`. */
  readonly picker: EndpointPicker;
  /**
   * Port that stands for the pool between the gateway and its endpoint picker: 1024 to 65535.
   *
   * @default - derived from the name, between 20000 and 29999. If the names of two pools give the same port, the second pool gets another
   * port
   */
  readonly innerPort?: number;
  /**
   * Gateway whose requests the pool serves.
   *
   * @default - the gateway in whose scope the pool is defined
   */
  readonly gateway?: IInferenceGateway;
}

const MOST_PORTS = 8;

/**
 * Model-serving pods and the endpoint picker that chooses among them. Emits an InferencePool, its endpoint picker (Deployment, Service,
 * ServiceAccount, Role, RoleBinding, ConfigMap), the workload policies of both, and the path from the gateway to the pods. The pod that
 * the picker names is the pod that serves, over mutual TLS (Gateway API Inference Extension v1.6, InferencePool v1).
 *
 * A pool is reachable only through its gateway, by every client of that gateway, including agents of the mesh. It cannot be granted to a
 * caller. Synth fails if the pool has no gateway, or if the gateway implementation supports no pools.
 */
export class InferencePool extends Construct implements IRouteTarget {
  /** Refers to an existing InferencePool. Its endpoint picker and servers are protected by policies, but not deployed. */
  public static fromPoolName(scope: Construct, id: string, props: ExistingPoolProps): InferencePool {
    const { poolName, ...rest } = props;
    const named: InferencePoolProps = { ...rest, name: poolName };
    existingPool.give(named, true);
    return new InferencePool(scope, id, named);
  }

  /** Display name in messages, such as "pool llama". */
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
    // The egress of a picker that is deployed here is not restricted.
    if (pool.picker.workload.egress) restrictWorkloadEgress(new Construct(this, 'picker-egress'), member, pool.picker.workload);
  }

  /** Returns the servers: the workload of the agent version, or a workload that belongs to the pool alone. */
  private servers(member: Membership, name: string, workload: Workload): WorkloadNode {
    const description = workloadDescription.of(workload);
    if (description.kind === 'bound') {
      if (!description.node.routable) {
        member.report({ message: `${description.node.title} cannot serve a pool: it can only be called by granted callers`, actual: description.node.title, expected: 'a version of an agent, or a workload of the pool alone', fix: 'define the model servers with Workload.deploy or Workload.existing' });
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

/** Suggests a Service instead, because every mesh balances between the versions of an agent. */
function refusePool(member: Membership, title: string, servers: WorkloadNode, { reason, instead }: Refusal): void {
  member.report({
    message: `no endpoint picker can choose among the pods of ${title}: ${reason}`, actual: servers.title, expected: `pools with ${instead}`,
    fix: `use ${instead}; or route to the workload (\`agent.version()\`), whose Service balances without regard to KV caches`,
  }, 'AM002');
}

function checkPool(member: Membership, title: string, pool: PoolNode): void {
  if (pool.existing && pool.picker.deployment) {
    member.report({ message: `existing ${title} cannot use an endpoint picker that is deployed here`, actual: 'EndpointPicker.deploy', expected: 'EndpointPicker.existing', fix: 'describe the endpoint picker of the existing pool with EndpointPicker.existing' });
  }
  if (pool.picker.workload.namespace !== pool.namespace) {
    member.report({ message: `the endpoint picker of ${title} is in another namespace, where gateways do not find it`, actual: pool.picker.workload.namespace, expected: pool.namespace, fix: 'run the endpoint picker in the namespace of its pool' });
  }
  if (!isPort(pool.innerPort) || pool.innerPort < 1024) {
    member.report({ message: '`innerPort` is not a port on which a gateway can listen', actual: pool.innerPort, expected: 'whole numbers from 1024 to 65535', fix: 'correct `innerPort`, or omit it' });
  }
}

const existingPool = new Trait<boolean>('an existing InferencePool');

function targetPorts(member: Membership, props: InferencePoolProps, servers: WorkloadNode): number[] {
  const ports = [...props.targetPorts ?? servers.ports.slice(0, 1)];
  if (servers.ports.length === 0) {
    member.report({ message: `no port can serve the pool: \`ports\` of ${servers.title} is empty`, actual: [], expected: 'a TCP port in `ports`', fix: 'add the serving port to `ports`' });
    return ports;
  }
  if (ports.length < 1 || ports.length > MOST_PORTS || new Set(ports).size !== ports.length) {
    member.report({ message: 'the pool has no target ports, too many, or a repeated one', actual: ports, expected: `1 to ${MOST_PORTS} different ports`, fix: 'list each serving port once in `targetPorts`' });
  }
  for (const port of new Set([...ports, ...props.metricsPort === undefined ? [] : [props.metricsPort]])) {
    if (!servers.ports.includes(port)) {
      member.report({ message: `a port of the pool is not a port of ${servers.title}`, actual: port, expected: servers.ports.join(', ') || 'none', fix: 'use a port of the workload, or add the port to its `ports`' });
    }
  }
  const opaque = ports.filter((port) => servers.opaquePorts.includes(port));
  if (opaque.length > 0) {
    member.report({ message: `a target port of the pool does not speak HTTP: it is \`Port.tcp(${opaque[0]})\` in ${servers.title}`, actual: opaque, expected: 'target ports that speak HTTP', fix: `declare the port as \`Port.http(${opaque[0]})\` if it speaks HTTP, or choose other \`targetPorts\`` });
  }
  const grpc = ports.filter((port) => servers.grpcPorts.includes(port));
  if (grpc.length > 0 && !existingPool.find(props)) {
    member.report({ message: `a target port of the pool speaks gRPC (\`Port.grpc(${grpc[0]})\` in ${servers.title}), but the endpoint picker reads OpenAI requests over HTTP`, actual: grpc, expected: 'target ports that speak HTTP/1.1', fix: 'serve HTTP/1.1 at this port (`Port.http`), or use an existing pool (`InferencePool.fromPoolName`)' });
  }
  return ports;
}
