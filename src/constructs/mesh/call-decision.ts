import { Callable, callProblem, gatewayCallable, meteredBehind, poolCallable, tenantCallable, workloadCallable } from './call-checks';
import { inBothStages } from './decision-stages';
import { decideHostCall } from './host-call';
import { Stage } from '../../analysis/audit-only';
import { TokenSaid } from '../../analysis/call';
import { decide, EnforcedFacts } from '../../analysis/decision';
import { clientsOf, gatewaysBefore } from '../../analysis/gateway-clients';
import { decideAtGateway } from '../../analysis/gateway-decision';
import { decideAtPool, decideAtTenant } from '../../analysis/pool-decision';
import { faultTexts } from '../../model/fault';
import { ITEM_METHODS } from '../../model/item-grants';
import { MeshModel } from '../../model/mesh';
import { PoolNode } from '../../model/pool';
import { Principal, principalOf } from '../../model/principal';
import { Located, Problem } from '../../model/problem';
import { TenantNode } from '../../model/tenant';
import { WorkloadNode } from '../../model/workload';
import { Call, Decision, ICallee } from '../../values/call';
import { tokenCaller } from '../../values/token-caller';
import { titleOf } from '../../values/workload';
import { workloadsOf } from '../grants/callee';
import { principalOfCaller } from '../grants/callers';
import { GatewayFacts, gatewayFacts } from '../inference/gateway-facts';
import { poolNode, tenantFacts } from '../inference/pool-facts';
import { contextOf, MeshContext } from '../membership/mesh-context';
import { problemError } from '../membership/problem-error';

/** Returns the acknowledged problems of a mesh, which may allow calls without a grant. */
type Acknowledged = (context: MeshContext) => readonly AcknowledgedOpening[];

/**
 * Returns whether a call is allowed. A call to an agent must be allowed to each of its versions. The mesh of the callee decides, also if
 * another mesh was asked.
 *
 * @throws if the callee does not have what the call names
 */
export function decideCall(asked: MeshContext, call: Call, acknowledged: Acknowledged): Decision {
  const { callee } = call;
  if (!callee) {
    const { caller, port } = call;
    return decideHostCall(asked, call, (endpoint) => decideFor(contextOf(endpoint) ?? asked, endpoint, { caller, port }, acknowledged));
  }
  const gateway = gatewayFacts.find(callee.asCallee);
  if (gateway) return atGateway(home(asked, callee, gateway.node), gateway, call);
  const pool = poolNode.find(callee.asCallee);
  if (pool) return atPool(asked, pool, { ...call, callee }, acknowledged);
  const tenant = tenantFacts.find(callee.asCallee);
  if (tenant) return atTenant(asked, tenant.node, { ...call, callee }, acknowledged);
  const workloads = workloadsOf(callee);
  const context = workloads.length === 0 ? asked : home(asked, callee, workloads[0]);
  const { model, mesh: { limitations } } = context;
  if (workloads.length === 0 || !workloads.every((workload) => isIn(model, workload))) {
    throw problemError(asked.scope, {
      message: `${titleOf(callee)} has no pods in a mesh of this app`, actual: titleOf(callee), expected: 'a callee with pods: an Agent with a version, or a Workload that an Agent, Backend or McpToolBoundary has', fix: 'give the agent a version, pass the Workload to one of these constructs, or correct `callee`',
    });
  }
  checkCall(context, call, workloadCallable(model, limitations, titleOf(callee), workloads));
  const decisions = calledAt(model, workloads, call.port).map((workload) => decideFor(context, workload, call, acknowledged));
  return decisions.find(({ allowed }) => !allowed) ?? decisions.find(({ allowedWhenEnforced }) => !allowedWhenEnforced) ?? decisions[0];
}

/** Returns the mesh of a callee, which knows the grants and routes to it. */
function home(asked: MeshContext, callee: ICallee, node: { readonly origin: Located }): MeshContext {
  const context = contextOf(node) ?? asked;
  if (context.scope.node.root === asked.scope.node.root) return context;
  throw problemError(asked.scope, { message: `${titleOf(callee)} belongs to another cdk8s App`, actual: titleOf(callee), expected: 'callees of the App of this mesh', fix: 'call `decide` of the AgentMesh of the callee' });
}

function checkCall(context: MeshContext, call: Call, callable: Callable): void {
  const problem = callProblem(callable, call);
  if (problem) throw problemError(context.scope, problem);
}

/** Returns whether a workload is part of a mesh. The placeholder for a missing version of an agent is not. */
function isIn({ index }: MeshModel, workload: WorkloadNode): boolean {
  return index.workloadsCalledBy(workload.callers).includes(workload) || index.toolServersAt(workload).length > 0;
}

/**
 * Returns the workloads that serve a port. For the metrics port of pods behind an MCP proxy these are the pods, otherwise the workloads of
 * the callee.
 */
function calledAt(model: MeshModel, workloads: readonly WorkloadNode[], port: number | undefined): readonly WorkloadNode[] {
  const metered = workloads.flatMap((workload) => meteredBehind(model, workload)).filter(({ metrics }) => metrics?.port === port);
  return port === undefined || metered.length === 0 ? workloads : metered;
}

function factsOf({ model, mesh, gateway }: MeshContext, stage: Stage): EnforcedFacts {
  return {
    stage,
    routing: (node) => gateway.caller(model, node).principal,
    serving: (pool) => gateway.server(model, pool).principal,
    limitations: mesh.limitations,
  };
}

function atGateway(context: MeshContext, gateway: GatewayFacts, call: Call): Decision {
  const { name, inMesh } = gateway.node;
  if (inMesh) throw problemError(context.scope, { message: `gateway ${name} takes no calls itself, because it serves no clients outside the mesh (\`exposure\` IN_MESH)`, actual: `gateway ${name}`, expected: 'a pool of the gateway as `callee`', fix: 'pass the pool that the caller calls' });
  checkCall(context, call, gatewayCallable(context.model, gateway));
  const { host = gateway.node.hostnames.at(0) ?? '', path = '/', method = 'POST', headers = {}, origin } = call;
  const tokenAt = (issuer?: string) => tokenOf(call, issuer);
  const request = { gateway: gateway.node, host: host.toLowerCase(), path, method, headers, origin, tokenAt, mcp: mcpOf(call), model: call.model };
  return inBothStages((stage) => decideAtGateway(context.model, request, factsOf(context, stage)));
}

type CallTo = Call & { readonly callee: ICallee };

/** Returns the error for a callee that was not created. */
function undecided(asked: MeshContext, callee: ICallee, what: string): Error {
  return problemError(asked.scope, { message: `calls to ${titleOf(callee)} cannot be decided, because the ${what} itself has problems`, actual: titleOf(callee), expected: `a ${what} for which synth reports no problem`, fix: `correct the problems of the ${what} that synth reports` });
}

function atTenant(asked: MeshContext, tenant: TenantNode | undefined, call: CallTo, acknowledged: Acknowledged): Decision {
  const { callee } = call;
  if (!tenant) throw undecided(asked, callee, 'tenant');
  const context = home(asked, callee, tenant);
  const { model } = context;
  checkCall(context, call, tenantCallable(model, tenant));
  const asking = { caller: identityOf(call, model), method: call.method, path: call.path, model: call.model };
  return withOpenings(context, tenant.pool.servers, inBothStages((stage) => decideAtTenant(model, tenant, asking, stage)), acknowledged);
}

function atPool(asked: MeshContext, pool: PoolNode | 'reported', call: CallTo, acknowledged: Acknowledged): Decision {
  const { callee } = call;
  if (pool === 'reported') throw undecided(asked, callee, 'pool');
  const context = home(asked, callee, pool);
  const { model, mesh: { limitations } } = context;
  checkCall(context, call, poolCallable(model, limitations, pool));
  const { port, method, path, sourceAddress, origin } = call;
  const token = tokenOf(call, pool.servers.jwt?.issuer);
  const asking = { caller: identityOf(call, model), port, method, path, model: call.model, sourceAddress, origin, token };
  return withOpenings(context, pool.servers, inBothStages((stage) => decideAtPool(model, pool, asking, factsOf(context, stage))), acknowledged);
}

/** Adds the acknowledged problems that may allow a denied call of a pool, in the namespace of its servers. */
function withOpenings(context: MeshContext, servers: WorkloadNode, decision: Decision, acknowledged: Acknowledged): Decision {
  const openings = decision.allowedWhenEnforced ? [] : opened(context.model, servers, acknowledged(context));
  return { ...decision, reason: [decision.reason, ...openings].join('; ') };
}

function decideFor(context: MeshContext, callee: WorkloadNode, call: Call, acknowledged: Acknowledged): Decision {
  const { model } = context;
  const { endpoints = [] } = callee.requests ?? {};
  const mcp = mcpOf(call);
  const { port = callee.service?.port ?? callee.ports[0], method = 'POST' } = call;
  const { path } = endpoints.find(({ methods }) => methods.includes(method)) ?? endpoints[0] ?? { path: '/' };
  const caller = identityOf(call, model);
  const token = tokenOf(call, callee.jwt?.issuer);
  const { sourceAddress, origin } = call;
  const asked = { caller, callee, port, sourceAddress, path: call.path ?? path, method, token, origin, mcp };
  const decision = inBothStages((stage) => decide(model, asked, factsOf(context, stage)));
  const otherwise = decision.allowedWhenEnforced ? [] : [...otherPaths(model, callee), ...opened(model, callee, acknowledged(context))];
  return { ...decision, reason: [decision.reason, ...decision.allowed ? injected(model, callee) : [], ...otherwise].join('; ') };
}

/** Returns notes on copies of an allowed call, and on injected faults: a proxy may then delay the call or answer it. */
function injected(model: MeshModel, callee: WorkloadNode): string[] {
  const routes = model.meshRoutesServedBy(callee);
  const faults = routes.flatMap((route) => faultTexts(route.faults ?? []));
  const mirrors = routes.flatMap(({ mirror }) => (mirror ? [`copies of ${mirror.percent}% of the requests go to ${mirror.target.workload.title}`] : []));
  return [...mirrors, ...faults.length === 0 ? [] : [`faults are injected: ${faults.join(', ')}`]];
}

/**
 * Returns a note for each gateway that routes to the callee. A caller without a grant may call through it, because a gateway does not check
 * the identity of its clients.
 */
function otherPaths(model: MeshModel, callee: WorkloadNode): string[] {
  return gatewaysBefore(model, callee).map((gateway) => `gateway ${gateway.name} routes requests to the callee, for ${clientsOf(gateway)}`);
}

/** An acknowledged problem, and the namespace of the object with it. */
export interface AcknowledgedOpening {
  readonly problem: Pick<Problem, 'id' | 'path'>;
  readonly namespace?: string;
}

/** Checks of objects that allow callers without a grant. */
const OPENINGS: readonly string[] = ['AM101', 'AM102', 'AM103', 'AM104', 'AM105', 'AM106', 'AM121', 'AM123'];

/**
 * Returns the acknowledged problems that may allow the call: those in the namespace of the callee, or outside the namespaces of the mesh,
 * where objects may apply to every namespace.
 */
function opened(model: MeshModel, { namespace }: WorkloadNode, acknowledged: readonly AcknowledgedOpening[]): string[] {
  const found = acknowledged.filter((one) => OPENINGS.includes(one.problem.id) && one.namespace !== undefined
    && (one.namespace === namespace || !model.namespaces.has(one.namespace)));
  return found.map(({ problem: { id, path } }) => `the acknowledged problem ${id} of ${path} may also allow the call`);
}

function mcpOf({ tool }: Call): { readonly method: string; readonly name: string } | undefined {
  return tool === undefined ? undefined : { method: ITEM_METHODS.tool.use, name: tool };
}

/** Returns the identity of the caller. A TokenCaller without a `caller` gets a placeholder that no grant by identity matches. */
function identityOf({ caller }: Call, { facts: { trustDomain } }: MeshModel): Principal | undefined {
  return caller && (principalOfCaller(caller, trustDomain) ?? principalOf('*', '*', '*'));
}

/** Returns the valid token of a call, from its TokenCaller and from the token props of the call. */
function tokenOf({ caller, tokenIssuer, tokenSubject, tokenClaims }: Call, verified: string | undefined): TokenSaid | undefined {
  const own = caller && tokenCaller.find(caller.asCaller);
  const isCarried = [own, tokenSubject, tokenClaims].some((said) => said !== undefined);
  const issuer = tokenIssuer ?? (isCarried ? verified ?? 'an unknown issuer' : undefined);
  const claims = Object.fromEntries(Object.entries({ ...own?.claims, ...tokenClaims }).map(([name, value]) => [name, [value]]));
  return issuer === undefined ? undefined : { issuer, subject: tokenSubject ?? own?.subject, claims };
}
