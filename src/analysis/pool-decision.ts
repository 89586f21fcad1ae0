import { inItsStage, Stage } from './audit-only';
import { Call, Decision } from './call';
import { callerTitle, decide, EnforcedFacts } from './decision';
import { clientsOf, leadsTo } from './gateway-clients';
import { Callers } from '../model/callers';
import { MeshModel } from '../model/mesh';
import { ModelRequest, unservedBy } from '../model/model-requests';
import { PoolNode } from '../model/pool';
import { matchesIdentity } from '../model/principal';
import { TenantNode, tenantTitle } from '../model/tenant';

/** A call to a pool: to the address of the pool if it has no port. */
export interface PoolCall extends Omit<Call, 'callee' | 'port' | 'path' | 'method' | 'mcp'>, ModelRequest {
  readonly port?: number;
}

/** Decides whether a caller may send requests to a pool: at its entry by grant, or to its pods as the workload decides. */
export function decideAtPool(model: MeshModel, pool: PoolNode, call: PoolCall, facts: EnforcedFacts): Decision {
  const { name, callers, entry: { port } } = pool;
  if (call.port !== undefined && call.port !== port) return decideAtPods(model, pool, { ...call, port: call.port }, facts);
  const atEntry = decideAtEntry(model, { pool, title: `pool ${name}`, callers, isOpen: !callers.isEmpty }, call, facts.stage);
  if (atEntry.allowed || call.port === undefined) return atEntry;
  const atPods = decideAtPods(model, pool, { ...call, port }, facts); // the pods may serve at the same port number
  return atPods.allowed ? atPods : atEntry;
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
  const unserved = unservedBy(pool, call); // also in an audit-only namespace
  if (grant && unserved !== undefined) return { allowed: false, reason: unserved };
  if (grant) return { allowed: true, reason: `${grant.title} was granted inference at ${title}` };
  const denial = caller ? `no grant allows ${callerTitle(model, caller)} to call ${title}` : `${title} cannot be called without an authenticated identity`;
  const denied = { allowed: false, reason: `${denial}; ${wayOf(model, pool)}` };
  // Without an address nothing is open in any stage.
  const staged = isOpen ? inItsStage(model, denied, stage, { namespace: pool.namespace, caller, isGranted: () => false }) : denied;
  return staged.allowed && unserved !== undefined ? { allowed: false, reason: unserved } : staged;
}

/** Decides calls to the pods of a pool, as for their workload. Clients of the gateway are another way to the pods. */
function decideAtPods(model: MeshModel, pool: PoolNode, call: PoolCall & { readonly port: number }, facts: EnforcedFacts): Decision {
  const { method = 'POST', path = '/' } = call;
  const decision = decide(model, { ...call, callee: pool.servers, method, path }, facts);
  return decision.allowed ? decision : { ...decision, reason: `${decision.reason}; ${wayOf(model, pool)}` };
}

/** Returns text about the way of clients to a pool: callers without a grant may use the gateway too. */
function wayOf(model: MeshModel, pool: PoolNode): string {
  const { gateway } = pool;
  if (gateway.inMesh) return `gateway ${gateway.name} serves only callers with a grant`;
  return leadsTo(model, pool) ? `gateway ${gateway.name} routes requests to the pool, for ${clientsOf(gateway)}` : `no route of gateway ${gateway.name} targets the pool`;
}
