import { GatewayJwtFacts } from '../../model/gateway';
import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';
import { JwtFacts } from '../../model/request-rule';
import { targetsOf } from '../../model/route';

/**
 * Reports routes whose target would deny every request, because the gateway strips the token that the target requires, or accepts only
 * other tokens.
 */
export function strippedTokens(model: MeshModel): CheckResult[] {
  return model.routes.flatMap((route): CheckResult[] => {
    const { gateway: { name, jwt: atGateway }, origin } = route;
    if (!atGateway) return [];
    const targets = targetsOf(route).flatMap((target) => (target.kind === 'service' ? [target.workload] : []));
    const denying = targets.find(({ jwt, routable }) => jwt && isDenied(atGateway, { ...jwt, required: jwt.required || !routable }));
    if (!denying?.jwt) return [];
    const { title, jwt } = denying;
    return [{
      path: origin.path,
      message: `${title} would deny every request of the route ${route.name}: ${atGateway.isForwarded ? `gateway ${name} accepts tokens from another issuer` : `gateway ${name} strips the tokens that it verifies`}`,
      actual: { gateway: atGateway.issuer, target: jwt.issuer },
      expected: 'the same issuer, and `forwardToken` in `jwt` of the gateway',
      fix: atGateway.isForwarded ? 'set the same `issuer` in `jwt` of both' : `set \`forwardToken\`, or remove \`jwt\` from ${title}`,
    }];
  });
}

/**
 * Returns whether the target denies the tokens that the gateway forwards. Also a target whose token is optional denies tokens from another
 * issuer, and clients of an McpToolBoundary always need theirs.
 */
function isDenied(gateway: GatewayJwtFacts, { required, issuer }: JwtFacts): boolean {
  return gateway.isForwarded ? gateway.issuer !== issuer : required;
}
