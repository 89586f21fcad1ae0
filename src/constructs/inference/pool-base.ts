import { Construct } from 'constructs';
import { checkAllowedModels } from './allowed-models';
import { autoscale } from './autoscale';
import { bindPicker } from './bind-picker';
import { bindPrefill, BoundPrefill } from './bind-prefill';
import { gatewayOf, IInferenceGateway, reportNoGateway } from './gateway-facts';
import { grantInference, opensWithGrant } from './infer-grants';
import { innerPortProblem } from './inner-port-check';
import { checkModelServers } from './model-server-checks';
import { checkPickerConfig } from './picker-checks';
import { PoolAutoscaling } from './pool-autoscaling';
import { poolFacts, poolNode, tenantEmission } from './pool-facts';
import { IInferencePool } from './pool-props';
import { checkPrefill, checkRoles } from './prefill-checks';
import { PrefillServers } from './prefill-props';
import { isTwin } from './twin-pool';
import { accepted } from '../../input/guard';
import { Callers } from '../../model/callers';
import { Refusal } from '../../model/feature';
import { innerPortOf } from '../../model/inner-port';
import { LONGEST_POOL_SUFFIX, poolEntry, PoolNode } from '../../model/pool';
import { serviceUrl } from '../../model/service';
import { opaqueDeclaration, unreadPort, WorkloadNode } from '../../model/workload';
import { emitAllowedModels } from '../../providers/inference-extension/objective';
import { EndpointPicker } from '../../values/endpoint-picker';
import { Grant } from '../../values/grant';
import { ICaller } from '../../values/identity';
import { CalleeReference, RouteTargetReference } from '../../values/references';
import { Workload, workloadDescription } from '../../values/workload';
import { isAtHome } from '../membership/home-mesh';
import { setMainObject } from '../membership/main-object';
import { Membership } from '../membership/membership';
import { authorizeWorkload, deployWorkload, openUnauthenticatedPorts, restrictWorkloadEgress } from '../workload/authorize';
import { bindWorkload } from '../workload/bind-workload';
import { withdrawService } from '../workload/own-service';

const MOST_PORTS = 8;

/**
 * Common base class of emitted and existing pools.
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

  /**
   * URL for callers inside the mesh, such as "http://llama-inference.voice.svc.cluster.local". Only callers with a grant (`grantInfer`) may
   * use it, and the Service behind it exists only if there is one.
   */
  public get url(): string {
    return serviceUrl(poolFacts.of(this).entry, '');
  }

  /**
   * Allows callers inside the mesh to send requests to the pool at `url`. The endpoint picker selects the pod for each request, as for
   * clients of the gateway. The grant opens neither the pods nor the picker nor the gateway. It is for the models in `allowedModels` of the
   * pool: the picker rejects other names, and the inner gateway has only the paths whose model the picker reads. Without `allowedModels`, and
   * for an existing pool, it is for every model of the pool. Emits a Service, an HTTPRoute and AuthorizationPolicies.
   */
  public grantInfer(...callers: ICaller[]): Grant {
    callers = accepted('InferencePool#grantInfer', callers, this);
    return grantInference(poolFacts.of(this), this.title, callers);
  }
}

/** The props of a pool that are common to emitted and existing pools. */
export interface PoolRequest {
  readonly name: string;
  readonly workload: Workload;
  readonly gateway?: IInferenceGateway;
  readonly targetPorts?: readonly number[];
  readonly metricsPort?: number;
  readonly picker: EndpointPicker;
  readonly allowedModels?: readonly string[];
  readonly autoscaling?: PoolAutoscaling;
  readonly failOpen: boolean;
  readonly existing: boolean;
  readonly innerPort?: number;
  readonly prefill?: PrefillServers;
}

/** Records a pool in its mesh and emits it. A pool with a problem is reported and not emitted. */
export function recordPool(pool: PoolBase, member: Membership, request: PoolRequest): void {
  const name = member.name('the name of the pool', request.name, LONGEST_POOL_SUFFIX);
  if (isTwin(member, pool.title, name, request.workload)) {
    for (const reference of [pool.asRouteTarget, pool.asCallee]) poolNode.give(reference, 'reported');
    poolFacts.give(pool, { member, entry: poolEntry({ name, namespace: member.model.facts.namespace, innerPort: 0 }) });
    return;
  }
  checkRoles(member, pool.title, request);
  const prefill = bindPrefill(pool, pool.title, member, request);
  const servers = serversOf(pool, member, request, prefill);
  const innerPort = request.innerPort ?? innerPortOf(name);
  const place = { name, servers, prefill: prefill?.node, innerPort, entry: poolEntry({ name, namespace: servers.namespace, innerPort }) };
  const node = makePool(pool, member, request, place);
  for (const reference of [pool.asRouteTarget, pool.asCallee]) poolNode.give(reference, node ?? 'reported');
  poolFacts.give(pool, { member, node, entry: place.entry });
}

type PoolPlace = Pick<PoolNode, 'name' | 'servers' | 'prefill' | 'innerPort' | 'entry'>;

function makePool(scope: PoolBase, member: Membership, request: PoolRequest, place: PoolPlace): PoolNode | undefined {
  const { model, context } = member;
  const { title } = scope;
  const { name, servers } = place;
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
  if (request.prefill && !place.prefill) return undefined; // reported
  const ports = portsOf(member, request, place);
  const pool: PoolNode = {
    ...place,
    origin: member, namespace: servers.namespace, gateway: gateway.node,
    ...ports,
    metricsPort: request.metricsPort ?? ports.targetPorts[0] ?? servers.ports[0],
    picker: bindPicker(member, name, servers.namespace, request.picker),
    allowedModels: request.allowedModels,
    failOpen: request.failOpen,
    existing: request.existing,
    callers: new Callers(),
  };
  checkPool(member, title, pool);
  checkPrefill(member, title, pool);
  checkPickerConfig(member, pool, request.metricsPort);
  checkAllowedModels(member, pool);
  checkModelServers(member, pool, request.metricsPort);
  withdrawService(member, servers);
  model.addPool(pool);
  context.gateway.createPool(scope, gateway.scope, model, pool);
  emitAllowedModels(scope, model, pool);
  autoscale(scope, member, pool, request.autoscaling);
  tenantEmission.give(pool, (tenantScope, tenant) => context.gateway.createTenant(tenantScope, gateway.scope, model, tenant));
  opensWithGrant(scope, model, pool, (entry) => context.gateway.openPool(entry, model, pool));
  setMainObject(scope, 'pool');
  // Only an existing picker can have `egress`.
  if (pool.picker.workload.egress) restrictWorkloadEgress(new Construct(scope, 'picker-egress'), member, pool.picker.workload);
  if (pool.picker.workload.unauthenticatedPorts) openUnauthenticatedPorts(new Construct(scope, 'picker-ports'), member, pool.picker.workload);
  return pool;
}

/** Returns the model servers: the workload of an agent version, or a workload that only the pool uses. */
function serversOf(pool: PoolBase, member: Membership, { name, workload }: PoolRequest, prefill: BoundPrefill | undefined): WorkloadNode {
  const description = workloadDescription.of(workload);
  if (description.kind === 'bound') {
    if (!description.node.routable) {
      member.report({ message: `the pods of ${description.node.title} cannot be in an InferencePool, because only callers with a grant may call them`, actual: description.node.title, expected: 'a version of an Agent, or a workload that no other construct uses', fix: 'pass `version` of an Agent, or define the model servers with Workload.deploy or Workload.existing' });
    }
    return description.node;
  }
  const node = bindWorkload(member, workload, {
    title: `servers of ${pool.title}`, name, namespace: member.model.facts.namespace, serviceAccount: name,
    labels: { 'app.kubernetes.io/name': name }, callers: new Callers(), routable: true, disaggregated: prefill?.decode,
  });
  const scope = new Construct(pool, 'servers');
  deployWorkload(scope, member, node);
  authorizeWorkload(scope, member, node);
  return node;
}

/** Reports that pools are not supported, and suggests an agent with a Service, because every mesh balances the load of a Service. */
function refusePool(member: Membership, title: string, servers: WorkloadNode, { reason, instead }: Refusal): void {
  member.report({
    message: `${title} cannot have an endpoint picker: ${reason}`, actual: servers.title, expected: `pools with ${instead}`,
    fix: `use ${instead}; or route to the version itself (\`version\` of the Agent returns it): its Service then balances the requests without regard to KV caches`,
  }, 'AM002');
}

function checkPool(member: Membership, title: string, pool: PoolNode): void {
  if (pool.existing && pool.picker.deployment) {
    member.report({ message: `${title} is an existing InferencePool, whose endpoint picker this program cannot deploy`, actual: 'EndpointPicker.deploy', expected: 'EndpointPicker.existing', fix: 'describe the endpoint picker that the InferencePool already has with EndpointPicker.existing' });
  }
  if (pool.picker.workload.namespace !== pool.namespace) {
    member.report({ message: `the endpoint picker of ${title} is in another namespace than the InferencePool, which can only refer to a Service of its own namespace`, actual: pool.picker.workload.namespace, expected: pool.namespace, fix: 'run the endpoint picker in the namespace of its InferencePool' });
  }
  member.report(innerPortProblem(pool.innerPort, 'the inner gateway'));
}

function portsOf(member: Membership, request: PoolRequest, place: PoolPlace): Pick<PoolNode, 'targetPorts' | 'speaksGrpc'> {
  const { servers } = place;
  const ports = targetPorts(member, request, place);
  return { targetPorts: ports, speaksGrpc: ports.length > 0 && ports.every((port) => servers.grpcPorts.includes(port)) };
}

function targetPorts(member: Membership, props: PoolRequest, { servers, prefill }: PoolPlace): number[] {
  const serving = prefill?.servers ?? servers;
  const ports = [...props.targetPorts ?? serving.deployment?.modelServer?.servingPorts ?? serving.ports.slice(0, 1)];
  const sidecar = servers.disaggregated?.sidecar;
  if (servers.ports.length === 0) {
    member.report({ message: `the InferencePool has no port to send requests to, because \`ports\` of ${servers.title} is empty`, actual: [], expected: 'a TCP port in `ports`', fix: 'add the serving port to `ports`' });
    return ports;
  }
  if (prefill && ports.length > 1) return ports; // reported with the prefill servers
  if (ports.length < 1 || ports.length > MOST_PORTS || new Set(ports).size !== ports.length) {
    member.report({ message: '`targetPorts` of the InferencePool is empty, too long, or has a port twice', actual: ports, expected: `1 to ${MOST_PORTS} different ports`, fix: 'list each serving port once in `targetPorts`' });
  }
  for (const port of new Set([...ports, ...props.metricsPort === undefined ? [] : [props.metricsPort]])) {
    if (!servers.ports.includes(port) && port !== sidecar?.port) {
      member.report({ message: `a port in \`targetPorts\` is not a port of ${servers.title}`, actual: port, expected: servers.ports.join(', ') || 'none', fix: 'use a port of the workload, or add the port to its `ports`' });
    }
  }
  const opaque = ports.filter((port) => servers.opaquePorts.includes(port));
  if (opaque.length > 0) {
    member.report({ message: `a port in \`targetPorts\` does not speak HTTP: ${servers.title} declares it as \`${opaqueDeclaration(servers, opaque[0])}\``, actual: opaque, expected: 'target ports that speak HTTP', fix: `${unreadPort(servers, opaque[0]).fix}, or choose other \`targetPorts\`` });
  }
  checkProtocol(member, servers, ports);
  return ports;
}

/** Reports ports of both protocols, because an InferencePool has one `appProtocol`. */
function checkProtocol(member: Membership, servers: WorkloadNode, ports: readonly number[]): void {
  const grpc = ports.filter((port) => servers.grpcPorts.includes(port));
  if (grpc.length === 0 || grpc.length === ports.length) return;
  const declared = `${servers.title} declares it as \`Port.grpc(${grpc[0]})\``;
  member.report({ message: `one port in \`targetPorts\` speaks gRPC (${declared}) and another does not, but an InferencePool has one protocol for all its ports`, actual: ports, expected: 'target ports of one protocol', fix: 'make one InferencePool for each protocol' });
}
