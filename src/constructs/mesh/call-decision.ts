import { Callable, callProblem, gatewayCallable, poolCallable, workloadCallable } from './call-checks';
import { TokenSaid } from '../../analysis/call';
import { decide, EnforcedFacts } from '../../analysis/decision';
import { clientsOf, gatewaysBefore } from '../../analysis/gateway-clients';
import { decideAtGateway } from '../../analysis/gateway-decision';
import { decideAtPool } from '../../analysis/pool-decision';
import { ITEM_METHODS } from '../../model/item-grants';
import { MeshModel } from '../../model/mesh';
import { PoolNode } from '../../model/pool';
import { Principal, principalOf } from '../../model/principal';
import { Located, Problem } from '../../model/problem';
import { WorkloadNode } from '../../model/workload';
import { Call, Decision, ICallee } from '../../values/call';
import { tokenCaller } from '../../values/token-caller';
import { titleOf } from '../../values/workload';
import { workloadsOf } from '../grants/callee';
import { principalOfCaller } from '../grants/callers';
import { GatewayFacts, gatewayFacts } from '../inference/gateway-facts';
import { poolNode } from '../inference/pool-facts';
import { contextOf, MeshContext } from '../membership/mesh-context';
import { problemError } from '../membership/problem-error';

/** Returns the acknowledged problems of a mesh that may open callees. */
type Acknowledged = (context: MeshContext) => readonly AcknowledgedOpening[];

/**
 * Returns whether a call is allowed: for a workload, to each of its versions. The mesh of the callee decides, whichever mesh is asked.
 *
 * @throws if the callee does not have what the call names
 */
export function decideCall(asked: MeshContext, call: Call, acknowledged: Acknowledged): Decision {
  const { callee } = call;
  const gateway = gatewayFacts.find(callee.asCallee);
  if (gateway) return atGateway(home(asked, callee, gateway.node), gateway, call);
  const pool = poolNode.find(callee.asCallee);
  if (pool) return atPool(asked, pool, call);
  const workloads = workloadsOf(callee);
  const context = workloads.length === 0 ? asked : home(asked, callee, workloads[0]);
  const { model, mesh: { limitations } } = context;
  if (workloads.length === 0 || !workloads.every((workload) => isIn(model, workload))) {
    throw problemError(asked.scope, {
      message: `${titleOf(callee)} has no pods in a mesh of this app`, actual: titleOf(callee), expected: 'a callee with pods: an Agent with a version, or a Workload that a construct uses', fix: 'define its workload, or correct `callee`',
    });
  }
  checkCall(context, call, workloadCallable(model, limitations, titleOf(callee), workloads));
  const decisions = workloads.map((workload) => decideFor(context, workload, call, acknowledged));
  return decisions.find(({ allowed }) => !allowed) ?? decisions[0];
}

/** Returns the mesh of a callee, which knows the grants and routes to it. */
function home(asked: MeshContext, callee: ICallee, node: { readonly origin: Located }): MeshContext {
  const context = contextOf(node) ?? asked;
  if (context.scope.node.root === asked.scope.node.root) return context;
  throw problemError(asked.scope, { message: `${titleOf(callee)} belongs to another app`, actual: titleOf(callee), expected: 'callees of this app', fix: 'ask the mesh of the callee' });
}

function checkCall(context: MeshContext, call: Call, callable: Callable): void {
  const problem = callProblem(callable, call);
  if (problem) throw problemError(context.scope, problem);
}

/** Returns whether a workload is part of a mesh: an agent's missing version is not. */
function isIn({ index }: MeshModel, workload: WorkloadNode): boolean {
  return index.workloadsCalledBy(workload.callers).includes(workload) || index.toolServersAt(workload).length > 0;
}

function factsOf({ model, mesh, gateway }: MeshContext): EnforcedFacts {
  return {
    routing: (node) => gateway.caller(model, node).principal,
    serving: (pool) => gateway.server(model, pool).principal,
    limitations: mesh.limitations,
  };
}

function atGateway(context: MeshContext, gateway: GatewayFacts, call: Call): Decision {
  checkCall(context, call, gatewayCallable(gateway));
  const { host = gateway.node.hostnames.at(0) ?? '', path = '/', method = 'POST', headers = {}, origin } = call;
  const tokenAt = (issuer?: string) => tokenOf(call, issuer);
  const request = { gateway: gateway.node, host: host.toLowerCase(), path, method, headers, origin, tokenAt };
  return decideAtGateway(context.model, request, factsOf(context));
}

function atPool(asked: MeshContext, pool: PoolNode | 'reported', call: Call): Decision {
  const { callee } = call;
  if (pool === 'reported') throw problemError(asked.scope, { message: `${titleOf(callee)} has problems, so no mesh serves it`, actual: titleOf(callee), expected: 'a pool without problems', fix: 'correct what synth reports' });
  const context = home(asked, callee, pool);
  checkCall(context, call, poolCallable(pool));
  const { model } = context;
  const asking = { caller: identityOf(call, model), port: call.port ?? pool.targetPorts[0] };
  return decideAtPool(model, pool, asking, factsOf(context));
}

function decideFor(context: MeshContext, callee: WorkloadNode, call: Call, acknowledged: Acknowledged): Decision {
  const { model } = context;
  const { endpoints = [] } = callee.requests ?? {};
  const mcp = call.tool === undefined ? undefined : { method: ITEM_METHODS.tool.use, name: call.tool };
  const { port = callee.service?.port ?? callee.ports[0], method = 'POST' } = call;
  const { path } = endpoints.find(({ methods }) => methods.includes(method)) ?? endpoints[0] ?? { path: '/' };
  const caller = identityOf(call, model);
  const token = tokenOf(call, callee.jwt?.issuer);
  const decision = decide(model, { caller, callee, port, path: call.path ?? path, method, token, origin: call.origin, mcp }, factsOf(context));
  return decision.allowed ? decision : { ...decision, reason: [decision.reason, ...otherPaths(model, callee), ...opened(model, callee, acknowledged(context))].join('; ') };
}

/** A caller without a grant may still call through a gateway, because a gateway does not check the identity of its clients. */
function otherPaths(model: MeshModel, callee: WorkloadNode): string[] {
  return gatewaysBefore(model, callee).map((gateway) => `gateway ${gateway.name} routes to it, for ${clientsOf(gateway)}`);
}

/** An acknowledged problem, and the namespace of the object with it. */
export interface AcknowledgedOpening {
  readonly problem: Pick<Problem, 'id' | 'path'>;
  readonly namespace?: string;
}

/** Checks of objects that let callers in without a grant. */
const OPENINGS: readonly string[] = ['AM101', 'AM102', 'AM103', 'AM104', 'AM105', 'AM106', 'AM121', 'AM123'];

/** Acknowledged problems in the namespace of a callee, or in a place whose objects apply to every namespace. */
function opened(model: MeshModel, { namespace }: WorkloadNode, acknowledged: readonly AcknowledgedOpening[]): string[] {
  const found = acknowledged.filter((one) => OPENINGS.includes(one.problem.id) && one.namespace !== undefined
    && (one.namespace === namespace || !model.namespaces.has(one.namespace)));
  return found.map(({ problem: { id, path } }) => `${id} of ${path} is acknowledged, and may open it`);
}

/** Returns the identity of the caller. That of a token alone is of no grant by identity. */
function identityOf({ caller }: Call, { facts: { trustDomain } }: MeshModel): Principal | undefined {
  return caller && (principalOfCaller(caller, trustDomain) ?? principalOf('*', '*', '*'));
}

/** Returns the valid token of a call: the one of its TokenCaller, or the one that the call states. */
function tokenOf({ caller, tokenIssuer, tokenSubject, tokenClaims }: Call, verified: string | undefined): TokenSaid | undefined {
  const own = caller && tokenCaller.find(caller.asCaller);
  const isCarried = [own, tokenSubject, tokenClaims].some((said) => said !== undefined);
  const issuer = tokenIssuer ?? (isCarried ? verified ?? 'an unknown issuer' : undefined);
  const claims = Object.fromEntries(Object.entries({ ...own?.claims, ...tokenClaims }).map(([name, value]) => [name, [value]]));
  return issuer === undefined ? undefined : { issuer, subject: tokenSubject ?? own?.subject, claims };
}
