import { Construct, IConstruct } from 'constructs';
import type { InferencePool } from './inference-pool';
import type { InferenceRoute, InferenceRouteOptions } from './inference-route';
import type { InferencePoolOptions } from './pool-props';
import { GatewayNode } from '../../model/gateway';
import { Trait } from '../../model/trait';
import { ICallee } from '../../values/call';
import { Reporter } from '../membership/reporter';
import type { CanaryRoute, CanaryRouteOptions } from '../routing/canary-route';

/** A gateway to which pools and routes can belong: an `InferenceGateway`. */
export interface IInferenceGateway extends IConstruct, ICallee {
  /** Host names that the gateway serves. */
  readonly hostnames: string[];
  /** URLs of the hosts, such as "https://voice.example.com". Wildcard hosts are left out. */
  readonly urls: string[];
  /** Adds a pool of model servers behind this gateway. */
  addPool(id: string, options: InferencePoolOptions): InferencePool;
  /** Adds a route that sends all requests, or those with a path prefix, to one target. */
  addRoute(id: string, options: InferenceRouteOptions): InferenceRoute;
  /** Adds a route that splits requests between a stable version and a canary. */
  addCanary(id: string, options: CanaryRouteOptions): CanaryRoute;
}

/** A gateway, as its pools and routes need it. */
export interface GatewayFacts {
  readonly node: GatewayNode;
  readonly scope: Construct;
  /** Whether no provider supports such a gateway, which was already reported. */
  readonly isRefused: boolean;
}

export const gatewayFacts = new Trait<GatewayFacts>('an InferenceGateway');

/** Returns the named gateway, or the one in whose scope a construct is defined. */
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
