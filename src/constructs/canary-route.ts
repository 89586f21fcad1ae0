import { Construct } from 'constructs';
import { IAgent } from './agent-facts';
import { IInferenceGateway } from './gateway-facts';
import { freshId, Membership, MeshMemberProps } from './membership';
import { addMeshRoute } from './mesh-route-facts';
import { addRoute, RouteOptions, targetOf } from './route-facts';
import { RouteRule, RouteTarget } from '../model/route';
import { IRouteTarget } from '../values/route-target';

/** Options of `InferenceGateway.addCanary` and `Agent.addCanary`. */
export interface CanaryRouteOptions extends RouteOptions {
  /** Who serves what the canary does not: a pool, or a version of an agent that has a Service. */
  readonly stable: IRouteTarget;
  /** The new one: a pool, or a version of an agent that has a Service. */
  readonly canary: IRouteTarget;
  /** Share of the requests without the header that the canary gets: a whole number from 0 to 100. */
  readonly canaryPercent: number;
  /**
   * Header by which a request is always served by the canary. Clients can set it: it chooses a version, it grants nothing.
   *
   * @default 'x-canary'
   */
  readonly header?: string;
  /**
   * Value that the header must have, exactly.
   *
   * @default 'true'
   */
  readonly headerValue?: string;
}

/** Props of `CanaryRoute`. */
export interface CanaryRouteProps extends CanaryRouteOptions, MeshMemberProps {
  /**
   * The gateway whose requests it splits.
   *
   * @default - the gateway in whose scope it is defined
   */
  readonly gateway?: IInferenceGateway;
  /**
   * The agent whose calls inside the mesh it splits, instead of a gateway's requests: at the agent's own Service, which is
   * made for it.
   *
   * @default - none: it splits the requests of a gateway
   */
  readonly agent?: IAgent;
}

const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+\-.^_`|~]{1,256}$/;
const HEADER_VALUE = /^[\x21-\x7e]([\x20-\x7e]{0,4094}[\x21-\x7e])?$/;

/**
 * A split between a stable and a canary version, and a header that forces the canary, at a gateway or inside the mesh.
 * Emits an HTTPRoute, and inside the mesh the Service that it splits. Pools keep a picker each: no rule leads to two of them.
 */
export class CanaryRoute extends Construct {
  /** Share of the requests without the header that the canary gets. */
  public readonly canaryPercent: number;

  public constructor(scope: Construct, id: string, props: CanaryRouteProps) {
    super(scope, freshId(scope, id, props.mesh));
    this.canaryPercent = props.canaryPercent;
    const member = Membership.of(this, props);
    const stable = targetOf(member, props.stable);
    const canary = targetOf(member, props.canary);
    const header = { name: props.header ?? 'x-canary', value: props.headerValue ?? 'true' };
    checkSplit(member, props, header);
    if (stable && canary && sameTarget(stable, canary)) {
      member.report({ message: 'the canary is the stable version', actual: props.canary.title, expected: 'another target than the stable one', fix: 'name the new version as `canary`, or use addRoute for one target' });
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
    member.report({ message: 'the weight of the canary is no percentage', actual: canaryPercent, expected: 'whole numbers from 0 to 100', fix: 'correct `canaryPercent`' });
  }
  if (!HEADER_NAME.test(header.name) || header.name.toLowerCase() === 'host') {
    member.report({ message: 'the header that forces the canary has a name that cannot be matched', actual: header.name, expected: 'letters, digits and "-", at most 256; not "host", which is no header to a gateway', fix: 'correct `header`' });
  }
  if (!HEADER_VALUE.test(header.value)) {
    member.report({ message: 'the header that forces the canary has a value that HTTP refuses', actual: header.value, expected: 'printable ASCII, 1 to 4096 characters, no blank first or last', fix: 'correct `headerValue`' });
  }
}

function sameTarget(a: RouteTarget, b: RouteTarget): boolean {
  const node = (target: RouteTarget) => (target.kind === 'pool' ? target.pool : target.workload);
  return node(a) === node(b);
}
