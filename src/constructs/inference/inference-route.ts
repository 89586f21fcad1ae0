import { Construct } from 'constructs';
import { IInferenceGateway } from './gateway-facts';
import { accepted } from '../../input/guard';
import { IRouteTarget } from '../../values/route-target';
import { freshId, Membership, MeshMemberProps } from '../membership/membership';
import { addRoute, RouteOptions, targetOf } from '../routing/route-facts';

/** Options of `InferenceGateway.addRoute`. */
export interface InferenceRouteOptions extends RouteOptions {
  /** Target of the requests: a pool, or a version of an agent that has a Service. */
  readonly target: IRouteTarget;
}

/** Props of `InferenceRoute`. */
export interface InferenceRouteProps extends InferenceRouteOptions, MeshMemberProps {
  /**
   * Gateway whose requests the route handles.
   *
   * @default - the gateway in whose scope the route is defined
   */
  readonly gateway?: IInferenceGateway;
}

/**
 * A route that sends all requests of a gateway, or those with a path prefix, to one target. Emits an HTTPRoute. Synth fails if the target
 * is neither a pool nor a version with a Service, or if the route has no gateway.
 *
 * @example
 * new InferenceRoute(mesh, 'chat', { gateway, target: pool, pathPrefix: '/v1' });
 */
export class InferenceRoute extends Construct {
  public constructor(scope: Construct, id: string, props: InferenceRouteProps) {
    [scope, id, props] = accepted('new InferenceRoute', [scope, id, props]);
    super(scope, freshId(scope, id, props.mesh));
    const member = Membership.of(this, props);
    const target = targetOf(member, props.target);
    addRoute(this, member, {
      gateway: props.gateway,
      name: props.name ?? this.node.id,
      options: props,
      home: target,
      rules: target ? [{ split: [{ target, weight: 100 }] }] : [],
    });
  }
}
