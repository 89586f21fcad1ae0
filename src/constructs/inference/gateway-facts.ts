import { Construct, IConstruct } from 'constructs';
import type { InferencePool } from './inference-pool';
import type { InferenceRoute, InferenceRouteOptions } from './inference-route';
import type { InferencePoolOptions } from './pool-props';
import { GatewayNode } from '../../model/gateway';
import { Trait } from '../../model/trait';
import { ICallee } from '../../values/call';
import { Grant } from '../../values/grant';
import { ICaller } from '../../values/identity';
import { Reporter } from '../membership/reporter';
import type { CanaryRoute, CanaryRouteOptions } from '../routing/canary-route';

/** An edge gateway to which pools and routes can be added: an `InferenceGateway`, emitted or existing. */
export interface IInferenceGateway extends IConstruct, ICallee {
  /** Host names that the gateway serves. */
  readonly hostnames: string[];
  /** URLs of the hosts, such as "https://voice.example.com". Wildcard hosts are left out. */
  readonly urls: string[];
  /** Adds a pool of model servers behind this gateway. */
  addPool(id: string, options: InferencePoolOptions): InferencePool;
  /** Allows callers inside the mesh to send requests to every pool of this gateway. */
  grantInfer(...callers: ICaller[]): Grant;
  /** Adds a route to one target, for all requests or for those with a path prefix and headers. */
  addRoute(id: string, options: InferenceRouteOptions): InferenceRoute;
  /** Adds a route that splits requests between a stable target and a canary target. */
  addCanary(id: string, options: CanaryRouteOptions): CanaryRoute;
}

/** What pools and routes need to know of their gateway. */
export interface GatewayFacts {
  readonly node: GatewayNode;
  readonly scope: Construct;
  readonly member: Reporter;
  /** Whether the gateway implementation does not support the gateway. This was already reported. */
  readonly isRefused: boolean;
}

export const gatewayFacts = new Trait<GatewayFacts>('an InferenceGateway');

/** Returns the gateway of the `gateway` prop, or the gateway above a construct in the construct tree. */
export function gatewayOf(construct: Construct, named: IInferenceGateway | undefined): GatewayFacts | undefined {
  if (named) return gatewayFacts.of(named);
  return construct.node.scopes.reverse().map((scope) => gatewayFacts.find(scope)).find((facts) => facts !== undefined);
}

export function reportNoGateway(member: Reporter, what: string): void {
  member.report({
    message: `${what} is not attached to a gateway, so it receives no requests`, actual: undefined, expected: 'an InferenceGateway',
    fix: 'define it in the scope of an InferenceGateway, or pass one as `gateway`',
  });
}
