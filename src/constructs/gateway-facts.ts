import { Construct } from 'constructs';
import { Membership } from './membership';
import { GatewayNode } from '../model/gateway';
import { Trait } from '../model/trait';

/** A door that pools and routes can belong to: an `InferenceGateway`. */
export interface IInferenceGateway {
  /** Host names that it answers. */
  readonly hostnames: string[];
}

/** A gateway as its pools and routes know it. */
export interface GatewayFacts {
  readonly node: GatewayNode;
  readonly scope: Construct;
  /** Whether nobody here has such a gateway, which was said of it. */
  readonly isRefused: boolean;
}

export const gatewayFacts = new Trait<GatewayFacts>('an InferenceGateway');

/** The gateway that is named, or in whose scope a construct is. */
export function gatewayOf(construct: Construct, named: IInferenceGateway | undefined): GatewayFacts | undefined {
  if (named) return gatewayFacts.of(named);
  return construct.node.scopes.reverse().map((scope) => gatewayFacts.find(scope)).find((facts) => facts !== undefined);
}

export function reportNoGateway(member: Membership, what: string): void {
  member.report({
    message: `${what} has no parent: nothing would send requests to it`, actual: undefined, expected: 'an InferenceGateway',
    fix: 'define it in the scope of one, or pass one as `gateway`',
  });
}
