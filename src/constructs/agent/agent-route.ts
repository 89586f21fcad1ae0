import { Construct } from 'constructs';
import { enforcedMirror } from './agent-mirror';
import { AgentProps } from './agent-props';
import { AgentNode } from '../../model/agent';
import { MeshRouteNode } from '../../model/mesh-route';
import { RouteRule, RouteTarget } from '../../model/route';
import { WorkloadNode } from '../../model/workload';
import { setMainObject } from '../membership/main-object';
import { freshId, Membership } from '../membership/membership';
import { PropFeatures } from '../membership/reporter';
import { canaryRules } from '../routing/canary-split';
import { enforcedFaults, ROUTE_ID } from '../routing/mesh-faults';
import { routeProblems } from '../routing/route-checks';
import { retryFacts } from '../routing/route-facts';
import { RouteOptions } from '../routing/route-options';
import { serviceProblem } from '../routing/route-target';

/** Features that the mesh must support for the props of an agent's route. */
const MESH_FEATURES: PropFeatures<RouteOptions> = {
  requestTimeoutSeconds: { feature: 'mesh-timeouts', title: 'a timeout of requests (`requestTimeoutSeconds`)' },
  retries: { feature: 'mesh-retries', title: 'a retry of requests (`retries`)' },
};

/** Returns whether calls to an agent inside the mesh need a route, and therefore a proxy that applies it. */
export function isRoutedInMesh(member: Membership, { canary, mirror, retries, requestTimeoutSeconds, faults = [] }: AgentProps): boolean {
  return canary !== undefined && !member.refusal('mesh-canary') || mirror !== undefined && !member.refusal('mesh-mirror') || retries !== undefined && !member.refusal('mesh-retries')
    || requestTimeoutSeconds !== undefined && !member.refusal('mesh-timeouts') || faults.length > 0 && !member.refusal('fault-injection');
}

/** Records and emits the route for calls to an agent inside the mesh, if the agent has a canary, a mirror, retries, a timeout or faults. */
export function addAgentRoute(scope: Construct, member: Membership, agent: AgentNode, props: AgentProps): MeshRouteNode | undefined {
  const { canary, mirror, retries, requestTimeoutSeconds, federated } = props;
  const faults = enforcedFaults(member, props.faults);
  const copies = enforcedMirror(member, agent, mirror, (workload) => routable(member, workload));
  if (canary === undefined && !copies && retries === undefined && requestTimeoutSeconds === undefined && !faults) return undefined;
  const isRefused = canary !== undefined && member.refuse('mesh-canary', 'a canary inside the mesh', canary);
  const traffic = member.supported({ retries, requestTimeoutSeconds }, MESH_FEATURES);
  member.reportAll(routeProblems(traffic));
  if (canary && federated) {
    member.report({ message: `${agent.title} is \`federated\`, so callers in linked clusters would bypass the traffic split of its \`canary\``, actual: canary.version, expected: 'a canary of an agent that is not `federated`', fix: 'remove the canary or `federated`' });
  }
  const rules = rulesOf(member, agent, props);
  if (!rules || isRefused) return undefined;
  const { namespace, name } = agent;
  const stable = workloadOf(agent, agent.stable)!;
  const route = { origin: member, service: stable.service!, stable, ...traffic, retries: retryFacts(traffic.retries), faults, mirror: copies, name: `${name}-mesh`, namespace, rules };
  member.model.addMeshRoute(route);
  const own = new Construct(scope, freshId(scope, ROUTE_ID));
  member.context.mesh.routes?.split(own, route);
  setMainObject(own, faults ? 'fault-route' : 'route');
  return route;
}

/** Props that need a route, for messages. */
const ROUTED = '`canary`, `mirror`, `retries`, `requestTimeoutSeconds` or `faults`';

function rulesOf(member: Membership, agent: AgentNode, { canary }: AgentProps): readonly RouteRule[] | undefined {
  const stable = stableTarget(member, agent);
  if (!stable || !canary) return stable && [{ headers: [], split: [{ target: stable, weight: 100 }] }];
  const other = workloadOf(agent, canary.version); // a missing version is already reported
  const target = other && routable(member, other);
  return target && canaryRules(canary, stable, target);
}

/** Returns the stable version as a target. If several versions have Services and none is stable, another check reports it. */
function stableTarget(member: Membership, agent: AgentNode): RouteTarget | undefined {
  const workload = workloadOf(agent, agent.stable);
  if (workload) return routable(member, workload);
  if (agent.versions.every(({ workload: { service } }) => !service || service.statedLabels)) {
    member.report({
      message: `${ROUTED} needs a stable version, and ${agent.title} has none`, actual: agent.versions.map(({ version }) => version),
      expected: 'one version that is `stable`', fix: 'set `stable` to the version that callers use',
    });
  }
  return undefined;
}

/** Returns a version as the target of the route. If it cannot be a target, reports the reason and returns nothing. */
function routable(member: Membership, workload: WorkloadNode): RouteTarget | undefined {
  const problem = workload.service && serviceProblem(workload, workload.service);
  if (workload.service && !problem) return { kind: 'service', workload };
  member.report(problem ?? {
    message: `${ROUTED} needs a Service for ${workload.title}, and it has none`, actual: workload.title, expected: 'a version with a Service',
    fix: 'set `ports` and do not set `service` to false; for existing pods, describe their Service as `service` in Workload.existing',
  });
  return undefined;
}

function workloadOf({ versions }: AgentNode, version: string | undefined): WorkloadNode | undefined {
  return versions.find((one) => one.version === version)?.workload;
}
