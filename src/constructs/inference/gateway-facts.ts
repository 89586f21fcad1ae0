import { Construct } from 'constructs';
import { GatewayNode } from '../../model/gateway';
import { Trait } from '../../model/trait';
import { Membership } from '../membership/membership';

/** A gateway to which pools and routes can belong: an `InferenceGateway`. */
export interface IInferenceGateway {
  /** Host names that the gateway serves. */
  readonly hostnames: string[];
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

export function reportNoGateway(member: Membership, what: string): void {
  member.report({
    message: `${what} is not attached to a gateway, so it receives no requests`, actual: undefined, expected: 'an InferenceGateway',
    fix: 'define it in the scope of an InferenceGateway, or pass one as `gateway`',
  });
}
