import { Construct } from 'constructs';
import { addMeshRoute } from './mesh-route-facts';
import { addRoute, RouteOptions, targetOf } from './route-facts';
import { accepted } from '../../input/guard';
import { RouteRule, RouteTarget } from '../../model/route';
import { IAgent } from '../../values/agent';
import { IRouteTarget } from '../../values/route-target';
import { titleOf } from '../../values/workload';
import { IInferenceGateway } from '../inference/gateway-facts';
import { freshId, Membership, MeshMemberProps } from '../membership/membership';

/** Options of `InferenceGateway.addCanary` and `Agent.addCanary`. */
export interface CanaryRouteOptions extends RouteOptions {
  /** Target of the requests that the canary does not get: a pool, or a version of an agent that has a Service. */
  readonly stable: IRouteTarget;
  /** Target that is the new version: a pool, or a version of an agent that has a Service. */
  readonly canary: IRouteTarget;
  /** Percentage of the requests without the header that the canary gets: a whole number from 0 to 100. */
  readonly canaryPercent: number;
  /**
   * Name of the header that sends a request to the canary. Clients can set it: it selects a version and grants no access.
   *
   * @default 'x-canary'
   */
  readonly header?: string;
  /**
   * Exact value that the header must have.
   *
   * @default 'true'
   */
  readonly headerValue?: string;
}

/** Props of `CanaryRoute`. */
export interface CanaryRouteProps extends CanaryRouteOptions, MeshMemberProps {
  /**
   * Gateway whose requests the route splits.
   *
   * @default - the gateway in whose scope the route is defined
   */
  readonly gateway?: IInferenceGateway;
  /**
   * Agent whose calls inside the mesh the route splits, instead of requests of a gateway. The calls go to a Service with the name of the
   * agent, which is created for this.
   *
   * @default - none: the route splits the requests of a gateway
   */
  readonly agent?: IAgent;
}

const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+\-.^_`|~]{1,256}$/;
const HEADER_VALUE = /^[\x21-\x7e]([\x20-\x7e]{0,4094}[\x21-\x7e])?$/;

/**
 * A route that splits requests by weight between a stable and a canary version, and sends requests with a header to the canary. Emits an
 * HTTPRoute. Inside the mesh it also emits the Service that it splits. Each pool keeps its own endpoint picker: no rule sends requests to
 * two pools.
 *
 * Synth fails if a target is neither a pool nor a version with a Service, or if both targets are the same.
 *
 * @example
 * planner.addCanary('rollout', { stable: planner.version('v1'), canary: planner.version('v2'), canaryPercent: 10 });
 */
export class CanaryRoute extends Construct {
  /** Percentage of the requests without the header that the canary gets. */
  public readonly canaryPercent: number;

  public constructor(scope: Construct, id: string, props: CanaryRouteProps) {
    [scope, id, props] = accepted('new CanaryRoute', [scope, id, props]);
    super(scope, freshId(scope, id, props.mesh));
    this.canaryPercent = props.canaryPercent;
    const member = Membership.of(this, props);
    const stable = targetOf(member, props.stable);
    const canary = targetOf(member, props.canary);
    const header = { name: props.header ?? 'x-canary', value: props.headerValue ?? 'true' };
    checkSplit(member, props, header);
    if (stable && canary && sameTarget(stable, canary)) {
      member.report({ message: 'the canary and the stable version are the same target', actual: titleOf(props.canary), expected: 'two different targets', fix: 'set `canary` to the new version, or use addRoute for a single target' });
    }
    const name = props.name ?? this.node.id;
    const rules: RouteRule[] = stable && canary ? [
      { header, split: [{ target: canary, weight: 100 }] },
      { split: [{ target: stable, weight: 100 - props.canaryPercent }, { target: canary, weight: props.canaryPercent }] },
    ] : [];
    if (props.agent) addMeshRoute(this, member, { agent: props.agent, name, options: props, stable: canary && stable, rules });
    else addRoute(this, member, { gateway: props.gateway, name, options: props, home: canary && stable, rules });
  }
}

function checkSplit(member: Membership, { canaryPercent }: CanaryRouteProps, header: { name: string; value: string }): void {
  if (!Number.isInteger(canaryPercent) || canaryPercent < 0 || canaryPercent > 100) {
    member.report({ message: '`canaryPercent` is not a percentage', actual: canaryPercent, expected: 'whole numbers from 0 to 100', fix: 'correct `canaryPercent`' });
  }
  if (!HEADER_NAME.test(header.name) || header.name.toLowerCase() === 'host') {
    member.report({ message: 'the header that selects the canary has a name that cannot be matched', actual: header.name, expected: 'letters, digits and "-", at most 256 characters; not "host", which gateways do not treat as a header', fix: 'correct `header`' });
  }
  if (!HEADER_VALUE.test(header.value)) {
    member.report({ message: 'the header that selects the canary has a value that HTTP does not allow', actual: header.value, expected: 'printable ASCII, 1 to 4096 characters, without a space at the start or end', fix: 'correct `headerValue`' });
  }
}

function sameTarget(a: RouteTarget, b: RouteTarget): boolean {
  const node = (target: RouteTarget) => (target.kind === 'pool' ? target.pool : target.workload);
  return node(a) === node(b);
}
