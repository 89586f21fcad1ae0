import { readTarget, ReadTarget } from './route-target';
import { MeshModel } from '../../model/mesh';
import { InputProblem } from '../../model/problem';
import { RouteRule, RouteTarget } from '../../model/route';
import { enforcingWaypoint } from '../../model/service';
import { WorkloadNode } from '../../model/workload';
import { IRouteTarget } from '../../values/route-target';
import { agentFacts } from '../agent/agent-facts';
import { homeProblem } from '../membership/home-mesh';

/** The rules of a route at a gateway, with the problems of their targets. */
export interface RouteRules {
  /** Target whose namespace is the namespace of the route. Undefined if a target was refused. */
  readonly home: RouteTarget | undefined;
  readonly rules: readonly RouteRule[];
  /** Workload whose Service has a waypoint that applies the rules. */
  readonly splitAt?: WorkloadNode;
  /** What is wrong with the targets. */
  readonly problems: readonly (InputProblem | undefined)[];
}

/** Returns the rules of a route to one target. If it is an agent with a canary, the rules split the requests like calls inside the mesh. */
export function rulesTo(model: MeshModel, target: IRouteTarget): RouteRules {
  const agent = agentFacts.find(target.asRouteTarget);
  if (!agent) return all(readTarget(model, target));
  const { route, stable } = agent;
  const problem = route && homeProblem(model, route, target.title);
  if (problem) return all({ problem });
  if (route) return { home: { kind: 'service', workload: route.stable }, rules: route.rules, splitAt: enforcingWaypoint(route.service) && route.stable, problems: [] };
  if (stable) return all(readTarget(model, stable));
  return all({
    problem: {
      message: `a route cannot send requests to ${target.title}, because none of its versions is stable`, actual: agent.node.versions.map(({ version }) => version),
      expected: 'an agent with one version, or with `stable`', fix: 'set `stable` on the agent, or pass a version of the agent or a pool',
    },
  });
}

function all({ target, problem }: Omit<ReadTarget, 'title'>): RouteRules {
  return { home: target, problems: [problem], rules: target ? [{ headers: [], split: [{ target, weight: 100 }] }] : [] };
}
