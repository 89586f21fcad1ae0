import { Construct } from 'constructs';
import { bindPicker } from './bind-picker';
import { gatewayOf, IInferenceGateway, reportNoGateway } from './gateway-facts';
import { poolNode } from './pool-facts';
import { IInferencePool } from './pool-props';
import { Callers } from '../../model/callers';
import { Refusal } from '../../model/feature';
import { innerPortOf } from '../../model/inner-port';
import { isPort } from '../../model/names';
import { LONGEST_POOL_SUFFIX, PoolNode } from '../../model/pool';
import { WorkloadNode } from '../../model/workload';
import { EndpointPicker } from '../../values/endpoint-picker';
import { CalleeReference, RouteTargetReference } from '../../values/references';
import { Workload, workloadDescription } from '../../values/workload';
import { isAtHome } from '../membership/home-mesh';
import { setMainObject } from '../membership/main-object';
import { Membership } from '../membership/membership';
import { restrictWorkloadEgress, deployWorkload, authorizeWorkload } from '../workload/authorize';
import { bindWorkload } from '../workload/bind-workload';
import { withdrawService } from '../workload/own-service';

const MOST_PORTS = 8;

/**
 * What a pool that is emitted here and an existing one have in common.
 *
 * @internal
 */
export abstract class PoolBase extends Construct implements IInferencePool {
  /** Display name in messages, such as "pool llama". */
  public readonly title: string;
  /** Reference to the pool as the target of a route. */
  public readonly asRouteTarget: RouteTargetReference;
  /** Reference to the pool as a callee. */
  public readonly asCallee: CalleeReference;

  public constructor(scope: Construct, id: string, name: string | undefined) {
    super(scope, id);
    this.title = `pool ${name ?? this.node.id}`;
    this.asRouteTarget = RouteTargetReference._of(this.title);
    this.asCallee = CalleeReference._of(this.title);
  }
}

/** A pool, as its construct requests it. */
export interface PoolRequest {
  readonly name: string;
  readonly workload: Workload;
  readonly gateway?: IInferenceGateway;
  readonly targetPorts?: readonly number[];
  readonly metricsPort?: number;
  readonly picker: EndpointPicker;
  readonly failOpen: boolean;
  readonly existing: boolean;
  readonly innerPort?: number;
}

/** Records a pool in its mesh and emits it, unless it has a problem, which is reported. */
export function recordPool(pool: PoolBase, member: Membership, request: PoolRequest): void {
  const made = makePool(pool, member, request) ?? 'reported';
  for (const reference of [pool.asRouteTarget, pool.asCallee]) poolNode.give(reference, made);
}

function makePool(scope: PoolBase, member: Membership, request: PoolRequest): PoolNode | undefined {
  const { model, context } = member;
  const { title } = scope;
  const name = member.name('the name of the pool', request.name, LONGEST_POOL_SUFFIX);
  const servers = serversOf(scope, member, request);
  const gateway = gatewayOf(scope, request.gateway);
  if (!gateway) {
    reportNoGateway(member, title);
    return undefined;
  }
  if (!isAtHome(member, gateway.node, `gateway ${gateway.node.name}`) || !isAtHome(member, servers, servers.title)) return undefined;
  const refusal = context.gateway.refuses('pool');
  if (refusal) {
    refusePool(member, title, servers, refusal);
    return undefined;
  }
  const pool: PoolNode = {
    origin: member, name, namespace: servers.namespace, servers, gateway: gateway.node,
    targetPorts: targetPorts(member, request, servers),
    metricsPort: request.metricsPort ?? request.targetPorts?.[0] ?? servers.ports[0],
    picker: bindPicker(member, name, servers.namespace, request.picker),
    failOpen: request.failOpen,
    existing: request.existing,
    innerPort: request.innerPort ?? innerPortOf(name, (port) => model.hasInnerPort(servers.namespace, port)),
  };
  checkPool(member, title, pool);
  withdrawService(member, servers);
  model.addPool(pool);
  context.gateway.createPool(scope, gateway.scope, model, pool);
  setMainObject(scope, 'pool');
  // The egress of a picker that is deployed here is not restricted.
  if (pool.picker.workload.egress) restrictWorkloadEgress(new Construct(scope, 'picker-egress'), member, pool.picker.workload);
  return pool;
}

/** Returns the servers: the workload of the agent version, or a workload that belongs to the pool alone. */
function serversOf(pool: PoolBase, member: Membership, { name, workload }: PoolRequest): WorkloadNode {
  const description = workloadDescription.of(workload);
  if (description.kind === 'bound') {
    if (!description.node.routable) {
      member.report({ message: `${description.node.title} cannot serve a pool: it can only be called by granted callers`, actual: description.node.title, expected: 'a version of an agent, or a workload of the pool alone', fix: 'define the model servers with Workload.deploy or Workload.existing' });
    }
    return description.node;
  }
  const node = bindWorkload(member, workload, {
    title: `servers of ${pool.title}`, name, namespace: member.model.facts.namespace, serviceAccount: name,
    labels: { 'app.kubernetes.io/name': name }, callers: new Callers(), routable: true,
  });
  const scope = new Construct(pool, 'servers');
  deployWorkload(scope, member, node);
  authorizeWorkload(scope, member, node);
  return node;
}

/** Suggests a Service instead, because every mesh balances between the versions of an agent. */
function refusePool(member: Membership, title: string, servers: WorkloadNode, { reason, instead }: Refusal): void {
  member.report({
    message: `no endpoint picker can choose among the pods of ${title}: ${reason}`, actual: servers.title, expected: `pools with ${instead}`,
    fix: `use ${instead}; or route to the workload (as \`version\` of the agent returns it), whose Service balances without regard to KV caches`,
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

function targetPorts(member: Membership, props: PoolRequest, servers: WorkloadNode): number[] {
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
  if (grpc.length > 0 && !props.existing) {
    member.report({ message: `a target port of the pool speaks gRPC (\`Port.grpc(${grpc[0]})\` in ${servers.title}), but the endpoint picker reads OpenAI requests over HTTP`, actual: grpc, expected: 'target ports that speak HTTP/1.1', fix: 'serve HTTP/1.1 at this port (`Port.http`), or use an existing pool (`InferencePool.fromPoolName`)' });
  }
  return ports;
}
