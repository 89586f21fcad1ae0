import { Construct } from 'constructs';
import {
  AuthorizationPolicy, AuthorizationPolicySpec, AuthorizationPolicySpecAction, RequestAuthentication, RequestAuthenticationSpec,
} from '../../../imports/security.istio.io';
import { JwtFacts } from '../../model/request-rule';
import { WorkloadNode } from '../../model/workload';
import { emit } from '../emit';

/** What reads the requests: a Service's waypoint, or the sidecars of pods. */
export type RequestScope = Pick<AuthorizationPolicySpec, 'selector'> & Pick<RequestAuthenticationSpec, 'targetRefs'>;

/** What is asked of requests beside who sends them; ids `jwt` and `external-authorizer`. */
export function emitRequestChecks(scope: Construct, name: string, { namespace, jwt, externalAuthorizer }: WorkloadNode, where: RequestScope): void {
  if (jwt) emit(scope, 'jwt', RequestAuthentication, { name, namespace }, { spec: () => compileJwt(where, jwt) });
  if (!externalAuthorizer) return;
  emit(scope, 'external-authorizer', AuthorizationPolicy, { name: `${name}-external`, namespace }, {
    spec: () => ({ ...where, action: AuthorizationPolicySpecAction.CUSTOM, provider: { name: externalAuthorizer.provider }, rules: [{}] }),
  });
}

/** Refuses tokens that are wrong; that there is one is demanded by the policy that admits callers. */
export function compileJwt(where: RequestScope, { issuer, audiences, keys }: JwtFacts): RequestAuthenticationSpec {
  return {
    ...where,
    jwtRules: [{
      issuer,
      ...(audiences.length > 0 && { audiences: [...audiences] }),
      ...(keys.uri === undefined ? { jwks: keys.inline } : { jwksUri: keys.uri }),
    }],
  };
}
