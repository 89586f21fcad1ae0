import { Construct } from 'constructs';
import { agentFacts, IAgent } from './agent-facts';
import { Membership, MeshMemberProps } from './membership';
import { guardService } from './protect';
import { RouteOptions, routeTrafficFacts } from './route-facts';
import { namespaceWaypoint } from './waypoint';
import { AgentNode } from '../model/agent';
import { RouteRule, RouteTarget, targetsOf } from '../model/route';
import { ServiceNode } from '../model/service';
import { WorkloadNode } from '../model/workload';

/** A route inside the mesh as a construct asks for it. */
export interface MeshRouteRequest {
  readonly agent: IAgent;
  readonly name: string;
  readonly options: RouteOptions & MeshMemberProps;
  /** Whose pods are behind the Service itself; none where a target was refused. */
  readonly stable: RouteTarget | undefined;
  readonly rules: readonly RouteRule[];
}

/** Records how calls of an agent's own Service are shared out, and has the Service and its route emitted. */
export function addMeshRoute(scope: Construct, member: Membership, request: MeshRouteRequest): void {
  const agent = agentFacts.of(request.agent);
  if (member.refuse('mesh-canary', 'a split inside the mesh', request.name)) return;
  const { rules, options, stable } = request;
  const traffic = routeTrafficFacts(member, options, { retries: 'mesh-retries', timeouts: 'mesh-timeouts' });
  if (agent.service.federated) {
    member.report({ what: `agent ${agent.node.name} is one with its namesakes in linked clusters, whose callers no split here would reach`, got: request.name, allowed: 'a canary of an agent that is not `federated`', next: 'drop one of the two' });
  }
  const { context, model } = member;
  const isSplit = agent.node.versions.some(({ workload: version }) => model.index.meshRoutesOf(version).length > 0);
  if (isSplit) {
    member.report({ what: `agent ${agent.node.name} has two canaries, and one Service to split`, got: request.name, allowed: 'one canary of an agent', next: 'drop one' });
  }
  if (!stable || !checkTargets(member, agent.node, rules) || isSplit) return;
  const workload = workloadOf(stable);
  const service: ServiceNode = {
    ...agent.service, name: agent.node.name, namespace: workload.namespace, targetPort: workload.service!.targetPort,
    protocol: workload.service!.protocol,
    waypoint: agent.waypoint ?? namespaceWaypoint(member, workload.namespace),
  };
  const route = {
    origin: member, service, stable: workload, ...traffic,
    name: member.name('the name of the route', request.name),
    namespace: workload.namespace,
    rules: [...rules.map((rule) => ({ ...rule, pathPrefix: options.pathPrefix })), ...restOf(options, stable)],
  };
  model.addMeshRoute(route);
  context.mesh.offer(scope, model, workload, service);
  guardService(scope, 'requests', member, workload, service);
  context.mesh.route(scope, model, route);
}

/** The Service has no other route: whoever calls it for another path has the stable version. */
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
    what: `the canary of agent ${agent.name} leads to something else than its versions`, got: foreign.kind === 'pool' ? `pool ${foreign.pool.name}` : foreign.workload.title,
    allowed: 'versions of the same agent that have a Service', next: 'name two of them (`agent.version()`)',
  });
  return false;
}
