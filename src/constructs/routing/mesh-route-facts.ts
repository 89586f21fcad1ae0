import { Construct } from 'constructs';
import { RouteOptions, routeTrafficFacts } from './route-facts';
import { ensureNamespaceWaypoint } from './waypoint';
import { AgentNode } from '../../model/agent';
import { RouteRule, RouteTarget, targetsOf } from '../../model/route';
import { ServiceNode } from '../../model/service';
import { WorkloadNode } from '../../model/workload';
import { IAgent } from '../../values/agent';
import { agentFacts } from '../agent/agent-facts';
import { setMainObject } from '../membership/main-object';
import { Membership, MeshMemberProps } from '../membership/membership';
import { authorizeService } from '../workload/authorize';

/** A route inside the mesh, as a construct requests it. */
export interface MeshRouteRequest {
  readonly agent: IAgent;
  readonly name: string;
  readonly options: RouteOptions & MeshMemberProps;
  /** Target whose pods are behind the Service itself, or nothing if a target was refused. */
  readonly stable: RouteTarget | undefined;
  readonly rules: readonly RouteRule[];
}

/** Records the canary of an agent and emits the Service that it splits, with its route and policies. */
export function addMeshRoute(scope: Construct, member: Membership, request: MeshRouteRequest): void {
  const agent = agentFacts.find(request.agent.asCallee);
  if (!agent) {
    member.report({ message: '`agent` of a canary is not an Agent of this library', actual: request.name, expected: 'an Agent', fix: 'create it with the class Agent' });
    return;
  }
  if (member.refuse('mesh-canary', 'a canary inside the mesh', request.name)) return;
  const { rules, options, stable } = request;
  const traffic = routeTrafficFacts(member, options, { retries: 'mesh-retries', timeouts: 'mesh-timeouts' });
  if (agent.service.federated) {
    member.report({ message: `agent ${agent.node.name} is federated: callers in linked clusters would bypass the split of its canary`, actual: request.name, expected: 'a canary of an agent that is not `federated`', fix: 'remove the canary or `federated`' });
  }
  const { context, model } = member;
  const isSplit = agent.node.versions.some(({ workload: version }) => model.index.meshRoutesOf(version).length > 0);
  if (isSplit) {
    member.report({ message: `agent ${agent.node.name} has two canaries, but only one Service to split`, actual: request.name, expected: 'one canary for each agent', fix: 'remove one of the two' });
  }
  if (!stable || !checkTargets(member, agent.node, rules) || isSplit) return;
  const workload = workloadOf(stable);
  const service: ServiceNode = {
    ...agent.service, name: agent.node.name, namespace: workload.namespace, targetPort: workload.service!.targetPort,
    protocol: workload.service!.protocol,
    waypoint: agent.waypoint ?? ensureNamespaceWaypoint(member, workload.namespace),
  };
  const route = {
    origin: member, service, stable: workload, ...traffic,
    name: member.name('the name of the route', request.name),
    namespace: workload.namespace,
    rules: [...rules.map((rule) => ({ ...rule, pathPrefix: options.pathPrefix })), ...restOf(options, stable)],
  };
  model.addMeshRoute(route);
  context.mesh.createService(scope, model, workload, service);
  authorizeService(scope, member, workload, service);
  context.mesh.routes?.split(scope, route);
  setMainObject(scope, 'route');
}

/** No other route handles this Service: requests to other paths go to the stable version. */
function restOf({ pathPrefix = '/' }: RouteOptions, stable: RouteTarget): RouteRule[] {
  return pathPrefix === '/' ? [] : [{ isRest: true, split: [{ target: stable, weight: 100 }] }];
}

function workloadOf(target: RouteTarget): WorkloadNode {
  return target.kind === 'pool' ? target.pool.servers : target.workload;
}

function isOf({ versions }: AgentNode, workload: WorkloadNode): boolean {
  return versions.some((version) => version.workload === workload);
}

function checkTargets(member: Membership, agent: AgentNode, rules: readonly RouteRule[]): boolean {
  const foreign = targetsOf({ rules }).find((target) => target.kind === 'pool' || !isOf(agent, target.workload));
  if (!foreign) return true;
  member.report({
    message: `the canary of agent ${agent.name} has a target that is not a version of this agent`, actual: foreign.kind === 'pool' ? `pool ${foreign.pool.name}` : foreign.workload.title,
    expected: 'versions of the same agent that have a Service', fix: 'use two versions of this agent (`version` returns them)',
  });
  return false;
}
