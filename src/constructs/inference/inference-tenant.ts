import { Construct } from 'constructs';
import { InferenceObjective, objectiveNode } from './inference-objective';
import { poolNode, tenantEmission, TenantFacts, tenantFacts } from './pool-facts';
import { IInferencePool } from './pool-props';
import { checkTenant } from './tenant-checks';
import { accepted } from '../../input/guard';
import { Callers } from '../../model/callers';
import { innerPortOf } from '../../model/inner-port';
import { PoolNode } from '../../model/pool';
import { serviceUrl } from '../../model/service';
import { TENANT_SUFFIX, tenantEntry, TenantNode, tenantTitle } from '../../model/tenant';
import { ICallee } from '../../values/call';
import { Grant } from '../../values/grant';
import { ICaller } from '../../values/identity';
import { CalleeReference } from '../../values/references';
import { grantTo } from '../grants/callers';
import { isAtHome } from '../membership/home-mesh';
import { setMainObject } from '../membership/main-object';
import { freshId, Membership, MeshMemberProps } from '../membership/membership';

/** Props of `InferenceTenant`. */
export interface InferenceTenantProps extends MeshMemberProps {
  /** Pool that the callers share with other tenants: a pool of a gateway with `exposure` IN_MESH. */
  readonly pool: IInferencePool;
  /**
   * Priority of the requests of the tenant: an objective of the same pool.
   *
   * @default - priority 0
   */
  readonly objective?: InferenceObjective;
  /**
   * Name of the tenant, by which the endpoint picker counts its requests. Tenants of several pools with one name are one tenant in metrics.
   *
   * @default - the construct id
   */
  readonly name?: string;
  /**
   * Port of the tenant at the gateway that sets its headers: 1024 to 65535.
   *
   * @default - a port from 20000 to 29999 that is derived from the names of the pool and the tenant
   */
  readonly innerPort?: number;
}

/**
 * Callers inside the mesh that share an InferencePool with other tenants. The endpoint picker divides the capacity of the pool between the
 * tenants, and no caller can choose its tenant or its priority: it is the identity that decides. Emits a Service, two HTTPRoutes and
 * AuthorizationPolicies, and with the first tenant of a gateway a second Gateway before the inner gateway, which sets the headers
 * `x-llm-d-inference-fairness-id` and `x-llm-d-inference-objective` (source: llm-d-router v0.10, pkg/epp/metadata).
 *
 * Synth fails if the picker of the pool treats all tenants alike: it needs flow control with another fairness policy than the default, or the
 * tenant needs an `objective`. It also fails for grants of the pools of this gateway without a tenant (`grantInfer` of a pool or the gateway),
 * because these callers could choose their tenant.
 *
 * @example
 * // pool: a pool of a gateway with `exposure` IN_MESH, whose picker has EndpointPickerConfig.agents(); planner: an Agent
 * const research = new InferenceTenant(mesh, 'research', { pool });
 * research.grantInfer(planner);
 */
export class InferenceTenant extends Construct implements ICallee {
  /** Display name in messages, such as "tenant research of pool llama". */
  public readonly title: string;
  /** Reference to the tenant as a callee. */
  public readonly asCallee: CalleeReference;

  public constructor(scope: Construct, id: string, props: InferenceTenantProps) {
    [scope, id, props] = accepted('new InferenceTenant', [scope, id, props]);
    super(scope, freshId(scope, id, props.mesh));
    const member = Membership.of(this, props);
    const fairnessId = props.name ?? this.node.id;
    const pool = poolNode.of(props.pool.asRouteTarget);
    const isUsable = pool !== 'reported' && isAtHome(member, pool, `pool ${pool.name}`);
    this.title = isUsable ? tenantTitle({ fairnessId, pool }) : `tenant ${fairnessId}`;
    this.asCallee = CalleeReference._of(this.title);
    const facts = isUsable
      ? this.record(member, pool, fairnessId, props)
      : { member, entry: tenantEntry(fairnessId, member.model.facts.namespace, 0) };
    for (const one of [this, this.asCallee]) tenantFacts.give(one, facts);
  }

  /**
   * URL for the callers of the tenant, such as "http://llama-research-tenant.voice.svc.cluster.local". Only callers with a grant (`grantInfer`)
   * may use it.
   */
  public get url(): string {
    return serviceUrl(tenantFacts.of(this).entry, '');
  }

  /** Allows callers inside the mesh to send requests to the pool as this tenant, at `url`. */
  public grantInfer(...callers: ICaller[]): Grant {
    callers = accepted('InferenceTenant#grantInfer', callers, this);
    const { member, node } = tenantFacts.of(this);
    if (!node) return Grant._of(this.title, [], [], false);
    return grantTo(member, { title: this.title, namespace: node.pool.namespace, callers: node.callers }, callers);
  }

  private record(member: Membership, pool: PoolNode, fairnessId: string, { objective, innerPort }: InferenceTenantProps): TenantFacts {
    const name = member.name('the names of the pool and the tenant', `${pool.name}-${fairnessId}`, TENANT_SUFFIX);
    const port = innerPort ?? innerPortOf(`${name} tenant`);
    const entry = tenantEntry(name, pool.namespace, port);
    const selected = objective && objectiveNode.of(objective);
    if (selected === 'reported') return { member, entry };
    const node: TenantNode = {
      origin: member, name, pool, fairnessId, objective: selected, callers: new Callers(), entry, innerPort: port, speaksGrpc: pool.speaksGrpc,
    };
    if (!checkTenant(member, node)) return { member, entry };
    member.model.tenants.push(node);
    tenantEmission.of(pool)(this, node);
    setMainObject(this, 'service');
    return { member, node, entry };
  }
}
