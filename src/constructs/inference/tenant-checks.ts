import { innerPortProblem } from './inner-port-check';
import { PickerSettings } from '../../model/picker/config';
import { hasFlowControl } from '../../model/picker/per-replica';
import { InputProblem } from '../../model/problem';
import { TenantNode, tenantTitle } from '../../model/tenant';
import { Membership } from '../membership/membership';

/** The fairness policy of bands that name none. It ignores tenants (llm-d-router v0.10). */
const STRICT = 'global-strict-fairness-policy';

/** Reports what is wrong with a tenant, and returns whether it can be emitted. */
export function checkTenant(member: Membership, tenant: TenantNode): boolean {
  const problems = [innerPortProblem(tenant.innerPort, 'the gateway of the tenants'), otherPool(tenant), withoutEffect(tenant)];
  const clients = outsideClients(tenant);
  for (const problem of [...problems, clients]) member.report(problem);
  return clients === undefined;
}

/** Reports a pool whose clients outside the mesh would reach the picker without a tenant, or as any tenant. */
function outsideClients({ pool: { name, gateway } }: TenantNode): InputProblem | undefined {
  if (gateway.inMesh) return undefined;
  return {
    message: `clients outside the mesh reach pool ${name} too, and could choose their tenant`, actual: `gateway ${gateway.name}`, expected: 'a pool of a gateway with `exposure` IN_MESH',
    fix: 'add the pods of the models to a second pool, of a gateway with `exposure` IN_MESH, for the tenants; clients outside the mesh get a tenant from `claimHeaders` of `jwt`',
  };
}

function otherPool({ objective, pool }: TenantNode): InputProblem | undefined {
  if (!objective || objective.pool === pool) return undefined;
  return {
    message: 'the objective of the tenant is for another pool, so the endpoint picker would not find it', actual: `objective ${objective.name} of pool ${objective.pool.name}`, expected: `an objective of pool ${pool.name}`, fix: 'make an InferenceObjective for this pool',
  };
}

/** Reports a tenant that the picker treats like every other. */
function withoutEffect(tenant: TenantNode): InputProblem | undefined {
  const { pool: { picker: { deployment } }, objective } = tenant;
  if (!deployment || objective || isFair(deployment.config.settings)) return undefined;
  return {
    message: `${tenantTitle(tenant)} has no effect, because the endpoint picker of the pool divides nothing between tenants: ${hasFlowControl(deployment.config.settings) ? 'the fairness policy of its flow control ignores them' : 'requests never wait there'}`,
    actual: 'a picker without fairness', expected: '`flowControl` with PickerFairness.ROUND_ROBIN, or an `objective`',
    fix: 'set `flowControl` in the `config` of the picker, as in { fairness: PickerFairness.ROUND_ROBIN }, give the tenant an `objective`, or grant the pool itself',
  };
}

function isFair(settings: PickerSettings): boolean {
  const { defaultPriorityBand, defaultNegativePriorityBand, priorityBands = [] } = settings.flowControl ?? {};
  const bands = [defaultPriorityBand, defaultNegativePriorityBand, ...priorityBands];
  return hasFlowControl(settings) && bands.some((band) => (band?.fairnessPolicyRef ?? STRICT) !== STRICT);
}
