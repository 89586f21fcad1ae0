import { MeshModel } from '../../model/mesh';
import { InputProblem } from '../../model/problem';
import { RouteTarget } from '../../model/route';
import { enforcingWaypoint, ServiceNode } from '../../model/service';
import { terminatesTls, unreadPort, WorkloadNode } from '../../model/workload';
import { IRouteTarget } from '../../values/route-target';
import { referencedWorkload, titleOf, workloadDescription } from '../../values/workload';
import { agentFacts } from '../agent/agent-facts';
import { poolNode } from '../inference/pool-facts';
import { toolServer } from '../mcp/tool-server-facts';
import { homeProblem } from '../membership/home-mesh';

/** The target of a route, or the reason why it is invalid. A refused pool has neither, because its problem is already recorded. */
export interface ReadTarget {
  readonly title: string;
  readonly target?: RouteTarget;
  readonly problem?: InputProblem;
}

/** Returns the target of a route, or the reason why it is invalid. */
export function readTarget(model: MeshModel, stated: IRouteTarget): ReadTarget {
  const title = titleOf(stated);
  const { asRouteTarget } = stated;
  if (agentFacts.find(asRouteTarget)) {
    return { title, problem: { message: `${title} cannot be \`stable\` or \`canary\` of addCanary or the target of a mirror, because these need a single version, and an agent may split its requests between versions (\`canary\`)`, actual: title, expected: 'a version of the agent, or for addCanary also an InferencePool; only addRoute accepts the agent itself', fix: 'pass a version of the agent (`version` returns it); or, instead of addCanary, set `canary` on the agent and pass the agent to addRoute' } };
  }
  if (toolServer.find(asRouteTarget)) {
    return { title, problem: { message: `${title} cannot be a side of addCanary or the target of a mirror, because a call in the wrong place would run another tool`, actual: title, expected: 'an InferencePool or a version of an agent; only addRoute accepts an McpToolBoundary', fix: 'pass the boundary to addRoute' } };
  }
  const pool = poolNode.find(asRouteTarget);
  if (pool === 'reported') return { title };
  if (pool) return settled(title, { kind: 'pool', pool }, homeProblem(model, pool, title));
  const workload = referencedWorkload.find(asRouteTarget);
  const description = workload && workloadDescription.of(workload);
  if (description?.kind === 'bound' && description.node.service && description.node.routable) {
    const { node } = description;
    return settled(title, { kind: 'service', workload: node }, serviceProblem(node, node.service!) ?? splitProblem(model, node) ?? homeProblem(model, node, title));
  }
  if (description?.kind === 'bound' && !description.node.routable) return { title, problem: closedToClients(model, description.node) };
  return {
    title,
    problem: {
      message: `a route cannot send requests to ${title}: it is neither a pool nor a version of an agent with a Service`, actual: title,
      expected: 'an InferencePool, or a version of an agent (as `version` returns it) that has a Service',
      fix: 'add a pool for its pods (addPool); or give a deployed version a Service (`service` true), or describe the Service of existing pods in Workload.existing',
    },
  };
}

/** Returns why no gateway leads to a tool server, a backend or an endpoint picker: they are for callers that the mesh identifies. */
function closedToClients({ toolServers }: MeshModel, workload: WorkloadNode): InputProblem {
  const { title } = workload;
  const isToolServer = toolServers.some(({ endpoint, targets }) => endpoint === workload || targets.some(({ place }) => place.kind === 'pods' && place.workload === workload));
  const [granted, fix] = isToolServer ? ['tools', 'grant the tools to an agent, and route to the agent'] : ['calls', 'grant the calls to an agent, and route to the agent'];
  return {
    message: `a route cannot send requests to ${title}: a gateway does not identify its clients, so every client would have the ${granted} that the gateway was granted`,
    actual: title, expected: 'an InferencePool, or a version of an agent that has a Service', fix,
  };
}

function settled(title: string, target: RouteTarget, problem: InputProblem | undefined): ReadTarget {
  return problem ? { title, problem } : { title, target };
}

/** Returns a problem if a waypoint splits the requests to the Service of a version, because some of them would go to another version. */
function splitProblem(model: MeshModel, workload: WorkloadNode): InputProblem | undefined {
  const split = model.meshRoutesTo(workload).find(({ service }) => service === workload.service && enforcingWaypoint(service) !== undefined);
  return split && { message: `a route to ${workload.title} would not reach this version alone, because the waypoint of the agent splits the requests between the versions`, actual: workload.title, expected: 'the agent as the target of the route', fix: 'pass the agent to addRoute, instead of its version' };
}

/**
 * Returns a problem if proxies cannot route to a Service. A proxy that parses another protocol as HTTP breaks every connection, and proxies
 * do not balance between the pods of a headless Service.
 */
export function serviceProblem(workload: WorkloadNode, { name, targetPort, protocol, headless }: ServiceNode): InputProblem | undefined {
  const { title } = workload;
  if (headless) {
    return { message: `a route cannot send requests to ${title}: its Service ${name} is headless`, actual: { headless: true }, expected: 'a Service with a cluster IP', fix: 'describe a second Service of the same pods that has a cluster IP' };
  }
  if (protocol !== 'opaque') return undefined;
  const { reason, fix } = unreadPort(workload, targetPort);
  const options = terminatesTls(workload, targetPort) ? fix : `declare the port as \`Port.http(${targetPort})\` or \`Port.grpc(${targetPort})\` if it speaks HTTP`;
  return { message: `a route cannot send requests to ${title}: ${reason}`, actual: targetPort, expected: 'a Service whose port speaks HTTP or gRPC', fix: `${options}, or choose another target` };
}
