import { Construct } from 'constructs';
import { canaryHeader, canaryRules, CanarySplit, splitProblems } from './canary-split';
import { headerMatches, matchProblems } from './header-match';
import { addRoute } from './route-facts';
import { readMirror } from './route-mirror';
import { RouteOptions } from './route-options';
import { RouteRules } from './route-rules';
import { readTarget } from './route-target';
import { accepted } from '../../input/guard';
import { MeshModel } from '../../model/mesh';
import { PoolNode } from '../../model/pool';
import { RouteTarget } from '../../model/route';
import { WorkloadNode } from '../../model/workload';
import { IRouteTarget } from '../../values/route-target';
import { IInferenceGateway } from '../inference/gateway-facts';
import { freshId, Membership, MeshMemberProps } from '../membership/membership';

/** Options of `InferenceGateway.addCanary`. */
export interface CanaryRouteOptions extends RouteOptions, CanarySplit {
  /** Target of all requests that do not go to the canary: a pool, or a version of an agent with a Service. */
  readonly stable: IRouteTarget;
  /** Target that is tested as the canary: a pool, or a version of an agent with a Service. */
  readonly canary: IRouteTarget;
}

/** Props of `CanaryRoute`. */
export interface CanaryRouteProps extends CanaryRouteOptions, MeshMemberProps {
  /**
   * Gateway to which the route is attached.
   *
   * @default - the gateway in whose scope the route is defined
   */
  readonly gateway?: IInferenceGateway;
}

/**
 * A route at a gateway that splits requests by weight between a stable and a canary target. Requests with the canary header always go to
 * the canary. Emits an HTTPRoute. If the targets are pools, the endpoint picker of each pool stays in use. For the versions of one agent,
 * prefer `canary` of the `Agent`, which also splits calls inside the mesh.
 *
 * Synth fails if a target is neither a pool nor an agent version with a Service, or if both targets are the same.
 *
 * @example
 * // gateway: an InferenceGateway; pool: its pool of the stable model; workload: a Workload with the next model
 * gateway.addCanary('chat', { stable: pool, canary: gateway.addPool('next', { workload }), percent: 10 });
 */
export class CanaryRoute extends Construct {
  /** Percentage of the requests without the canary header that go to the canary. */
  public readonly percent: number;

  public constructor(scope: Construct, id: string, props: CanaryRouteProps) {
    [scope, id, props] = accepted('new CanaryRoute', [scope, id, props]);
    super(scope, freshId(scope, id, props.mesh));
    this.percent = props.percent;
    const member = Membership.of(this, props);
    const { home, rules, problems } = splitBetween(member.model, props);
    const headers = headerMatches(props.headers);
    const { mirror, problems: ofMirror } = readMirror(member.model, props.mirror, rules);
    member.reportAll([...problems, ...matchProblems(headers, canaryHeader(props)), ...ofMirror]);
    addRoute(this, member, {
      gateway: props.gateway,
      name: props.name ?? this.node.id,
      options: props,
      headers,
      mirror,
      home,
      rules,
    });
  }
}

/** Returns the rules of a split. If a target was refused, returns no rules and the problem. */
function splitBetween(model: MeshModel, props: CanaryRouteProps): RouteRules {
  const { target: stable, problem } = readTarget(model, props.stable);
  const { target: canary, problem: ofCanary, title } = readTarget(model, props.canary);
  const problems = [problem, ofCanary, ...splitProblems(props)];
  if (!stable || !canary) return { home: undefined, rules: [], problems };
  const same = nodeOf(stable) === nodeOf(canary)
    ? { message: 'the canary and the stable version are the same target', actual: title, expected: 'two different targets', fix: 'set `canary` to the new version, or use addRoute for a single target' }
    : undefined;
  return { home: stable, rules: canaryRules(props, stable, canary), problems: [...problems, same] };
}

function nodeOf(target: RouteTarget): PoolNode | WorkloadNode {
  return target.kind === 'pool' ? target.pool : target.workload;
}
