import { TokenSaid } from '../../analysis/call';
import { decide } from '../../analysis/decision';
import { clientsOf, gatewaysBefore } from '../../analysis/gateway-clients';
import { ITEM_METHODS } from '../../model/item-grants';
import { MeshModel } from '../../model/mesh';
import { principalOf } from '../../model/principal';
import { Problem } from '../../model/problem';
import { sortedKeys } from '../../model/sorted-keys';
import { WorkloadNode } from '../../model/workload';
import { Call, Decision } from '../../values/call';
import { tokenCaller } from '../../values/token-caller';
import { workloadsOf } from '../grants/callee';
import { principalOfCaller } from '../grants/callers';
import { MeshContext } from '../membership/mesh-context';

/** Returns whether a call is allowed to each workload of its callee. */
export function decideCall(context: MeshContext, call: Call, acknowledged: () => readonly AcknowledgedOpening[]): Decision {
  const decisions = workloadsOf(call.callee).map((callee) => decideFor(context, callee, call, acknowledged));
  return decisions.find(({ allowed }) => !allowed) ?? decisions[0] ?? { allowed: false, reason: `${call.callee.title} has no pods in a mesh of this app` };
}

function decideFor(
  { model, mesh, gateway }: MeshContext, callee: WorkloadNode, call: Call, acknowledged: () => readonly AcknowledgedOpening[],
): Decision {
  const { endpoints = [] } = callee.requests ?? {};
  const mcp = call.tool === undefined ? undefined : { method: ITEM_METHODS.tool.use, name: call.tool };
  const { port = callee.service?.port ?? callee.ports[0], method = 'POST' } = call;
  const { path } = endpoints.find(({ methods }) => methods.includes(method)) ?? endpoints[0] ?? { path: '/' };
  const caller = call.caller && (principalOfCaller(call.caller, model.facts.trustDomain) ?? principalOf('*', '*', '*'));
  const token = tokenOf(call, callee.jwt?.issuer);
  const decision = decide(model, { caller, callee, port, path: call.path ?? path, method, token, origin: call.origin, mcp }, {
    routing: (node) => gateway.caller(model, node).principal,
    serving: (pool) => gateway.server(model, pool).principal,
    limitations: mesh.limitations,
  });
  return decision.allowed ? decision : { ...decision, reason: [decision.reason, ...otherPaths(model, callee), ...opened(model, callee, acknowledged())].join('; ') };
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

/** Returns the valid token of a call: the one of its TokenCaller, or the one that the call states. */
function tokenOf({ caller, tokenIssuer, tokenSubject, tokenClaims }: Call, verified: string | undefined): TokenSaid | undefined {
  const own = caller && tokenCaller.find(caller.asCaller);
  const isCarried = [own, tokenSubject, tokenClaims].some((said) => said !== undefined);
  const issuer = tokenIssuer ?? (isCarried ? verified ?? 'an unknown issuer' : undefined);
  const claims = Object.fromEntries(Object.entries(sortedKeys({ ...own?.claims, ...tokenClaims })).map(([name, value]) => [name, [value]]));
  return issuer === undefined ? undefined : { issuer, subject: tokenSubject ?? own?.subject, claims };
}
