import { inItsStage, Stage } from './audit-only';
import { Call, Decision } from './call';
import { callerTitle, EnforcedFacts, poolRules } from './decision';
import { clientsOf, leadsTo } from './gateway-clients';
import { Callers } from '../model/callers';
import { MeshModel } from '../model/mesh';
import { ModelRequest, unservedBy } from '../model/model-requests';
import { PoolNode } from '../model/pool';
import { matchesIdentity } from '../model/principal';
import { TenantNode, tenantTitle } from '../model/tenant';

type PoolCall = Pick<Call, 'caller' | 'port'> & ModelRequest;

/** Decides whether a caller may send requests to a pool: at its entry by grant, or to its pods because of the pool. */
export function decideAtPool(model: MeshModel, pool: PoolNode, call: PoolCall, facts: EnforcedFacts): Decision {
  if (call.port !== pool.entry.port) return decideAtPods(model, pool, call, facts);
  const own = poolRules(model, pool, facts).filter(({ principal }) => principal.identity === call.caller?.identity);
  const isOfPods = own.some(({ ports }) => ports.includes(call.port)); // the pods may serve at the same port number
  return isOfPods ? decideAtPods(model, pool, call, facts) : decideAtEntry(model, { pool, title: `pool ${pool.name}`, callers: pool.callers, isOpen: !pool.callers.isEmpty }, call, facts.stage);
}

/** Decides whether a caller may send requests to a pool as a tenant. The Service of a tenant exists without a grant too. */
export function decideAtTenant(model: MeshModel, tenant: TenantNode, call: Pick<Call, 'caller'> & ModelRequest, stage: Stage): Decision {
  return decideAtEntry(model, { pool: tenant.pool, title: tenantTitle(tenant), callers: tenant.callers, isOpen: true }, call, stage);
}

/** An address of a pool for callers inside the mesh. */
interface Entry {
  readonly pool: PoolNode;
  readonly title: string;
  readonly callers: Callers;
  /** Whether the address exists. */
  readonly isOpen: boolean;
}

function decideAtEntry(model: MeshModel, { pool, title, callers, isOpen }: Entry, call: Pick<Call, 'caller'> & ModelRequest, stage: Stage): Decision {
  const { caller } = call;
  const grant = caller && callers.all.find(({ principal }) => matchesIdentity(principal, caller));
  const unserved = grant && unservedBy(pool, call); // also in an audit-only namespace
  if (unserved !== undefined) return { allowed: false, reason: unserved };
  if (grant) return { allowed: true, reason: `${grant.title} was granted inference at ${title}` };
  const denial = caller ? `no grant allows ${callerTitle(model, caller)} to call ${title}` : `${title} cannot be called without an authenticated identity`;
  const denied = { allowed: false, reason: `${denial}; ${wayOf(model, pool)}` };
  // Without an address nothing is open in any stage.
  return isOpen ? inItsStage(model, denied, stage, { namespace: pool.namespace, caller, isGranted: () => false }) : denied;
}

/** Decides whether a caller may connect to the pods of a pool because of the pool. Only the gateway and the endpoint picker may. */
function decideAtPods(model: MeshModel, pool: PoolNode, { caller, port }: PoolCall, facts: EnforcedFacts): Decision {
  const { gateway, namespace } = pool;
  const own = poolRules(model, pool, facts).filter(({ principal }) => principal.identity === caller?.identity);
  const rule = own.find(({ ports }) => ports.includes(port));
  if (rule) return { allowed: true, reason: rule.because };
  const denied = (reason: string) =>
    inItsStage(model, { allowed: false, reason }, facts.stage, { namespace, caller, isGranted: () => own.length > 0 });
  if (own.length > 0) return denied(`${own[0].title} may call pool ${pool.name} on port ${[...new Set(own.flatMap(({ ports }) => ports))].join(', ')}, not on port ${port}`);
  return denied(`only the proxies of gateway ${gateway.name} connect to the pods of pool ${pool.name}; ${wayOf(model, pool)}`);
}

/** Returns text about the way of clients to a pool: callers without a grant may use the gateway too. */
function wayOf(model: MeshModel, pool: PoolNode): string {
  const { gateway } = pool;
  if (gateway.inMesh) return `gateway ${gateway.name} serves only callers with a grant`;
  return leadsTo(model, pool) ? `gateway ${gateway.name} routes requests to the pool, for ${clientsOf(gateway)}` : `no route of gateway ${gateway.name} targets the pool`;
}
