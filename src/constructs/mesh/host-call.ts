import { callerProblem } from './call-checks';
import { inBothStages } from './decision-stages';
import { boundaryAt, decideHost } from '../../analysis/host-decision';
import { EXTERNAL_PORT, isExternal } from '../../model/external-host';
import { isPort } from '../../model/names';
import { InputProblem } from '../../model/problem';
import { WorkloadNode } from '../../model/workload';
import { Call, Decision } from '../../values/call';
import { callerGroup } from '../../values/identity';
import { homeOfCaller, principalOfCaller } from '../grants/callers';
import { contextOf, MeshContext } from '../membership/mesh-context';
import { problemError } from '../membership/problem-error';

/** Decides a call of the endpoint of a boundary. */
type AtBoundary = (endpoint: WorkloadNode) => Decision;

/**
 * Returns whether pods may call an external host by its name. A port that leads to a boundary is decided by its grants.
 *
 * @throws if the call names no external host, or more than a connection has
 */
export function decideHostCall(asked: MeshContext, call: Call, atBoundary: AtBoundary): Decision {
  const problem = hostCallProblem(call);
  if (problem) throw problemError(asked.scope, problem);
  const { caller, port = EXTERNAL_PORT } = call;
  const home = homeOfCaller(caller!);
  const principal = principalOfCaller(caller!, asked.model.facts.trustDomain)!;
  const { namespace, serviceAccount } = principal;
  const model = home ?? asked.model;
  const context = model.index.workloadsAs(namespace, serviceAccount).map(contextOf).find((one) => one !== undefined) ?? asked;
  const elsewhere = model.facts.cluster.meshOf(namespace);
  if (elsewhere && elsewhere !== context.model) {
    throw problemError(asked.scope, { message: 'the caller is in a namespace of another mesh, which decides about its calls', actual: `${namespace}/${serviceAccount}`, expected: 'callers of this mesh, or of no mesh', fix: 'call `decide` of the AgentMesh of that namespace' });
  }
  const hostCall = { caller: principal, hostname: call.host!.toLowerCase(), port };
  const boundary = boundaryAt(context.model, hostCall);
  return boundary ? atBoundary(boundary) : inBothStages((stage) => decideHost(context.model, hostCall, context.mesh.limitations, stage));
}

/** Props of a call that only requests to callees of the app have. */
const OF_REQUESTS = ['path', 'method', 'headers', 'origin', 'model', 'tool', 'tokenIssuer', 'tokenSubject', 'tokenClaims', 'sourceAddress'] as const;

function hostCallProblem(call: Call): InputProblem | undefined {
  const { host, port, caller } = call;
  const beside = OF_REQUESTS.filter((name) => call[name] !== undefined);
  if (host === undefined) return { message: 'the call names neither a callee nor an external host', actual: Object.keys(call), expected: '`callee`, or `host` with `caller`', fix: 'set `callee`; for an external host, set `host` and `caller`' };
  if (beside.length > 0) return { message: 'the call has no `callee`, and proxies do not read requests to external hosts', actual: beside, expected: '`caller`, `host` and `port`', fix: 'name the gateway or workload as `callee`, or remove these props' };
  if (!isExternal(host.toLowerCase())) return { message: 'the host of a call without `callee` is not the exact DNS name of an external host', actual: host, expected: 'a DNS name with a dot, without "*", and not in the cluster\'s domain', fix: 'write it as in "api.example.com", or name the `callee`' };
  if (port !== undefined && !isPort(port)) return { message: 'the port of a call is not a port', actual: port, expected: '1 to 65535', fix: 'correct `port` of the call' };
  if (!caller) return { message: 'a call of an external host has no caller', actual: { host }, expected: '`caller`: the pods that call', fix: 'add `caller`' };
  if (callerGroup.find(caller.asCaller) || !principalOfCaller(caller, '')) return callerProblem(call) ?? { message: '`caller` of a call to an external host is not one identity of pods', actual: `${caller.asCaller}`, expected: 'an agent, a workload or an identity', fix: 'make a separate call for each agent, workload or identity' };
  return undefined;
}
