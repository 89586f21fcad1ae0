import { Construct } from 'constructs';
import {
  AuthorizationPolicy, AuthorizationPolicySpec, AuthorizationPolicySpecAction, AuthorizationPolicySpecRules,
  RequestAuthentication, RequestAuthenticationSpec,
} from '../../../imports/security.istio.io';
import { JwtFacts } from '../../model/request-rule';
import { TokenHandling, WorkloadNode } from '../../model/workload';
import { emit } from '../emit';

/** Attachment of a policy. */
type Target = Pick<AuthorizationPolicySpec, 'selector'> & Pick<RequestAuthenticationSpec, 'targetRefs'>;

/**
 * Where requests are inspected: at the waypoint of a Service or at the sidecars of pods. `port` is the only inspected port when the
 * target has others.
 */
export interface RequestScope extends Target {
  readonly port?: number;
}

function targetOf({ port: _, ...target }: RequestScope): Target {
  return target;
}

/** Limits a DENY rule to the inspected port, if there is one. */
function atPort({ port }: RequestScope): Pick<AuthorizationPolicySpecRules, 'to'> {
  return port === undefined ? {} : { to: [{ operation: { ports: [String(port)] } }] };
}

/**
 * Emits the request checks that do not depend on the caller identity: JWT, Origin and external authorization. The ids are `jwt`,
 * `origins` and `external-authorizer`.
 */
export function emitRequestChecks(scope: Construct, name: string, workload: WorkloadNode, where: RequestScope): void {
  const { namespace, jwt, externalAuthorizer, allowedOrigins, tokens } = workload;
  if (jwt) emit(scope, 'jwt', RequestAuthentication, { name, namespace }, { spec: () => compileJwt(where, jwt, tokens) });
  if (allowedOrigins) {
    emit(scope, 'origins', AuthorizationPolicy, { name: `${name}-origins`, namespace }, { spec: () => compileOrigins(where, allowedOrigins) });
  }
  if (!externalAuthorizer) return;
  const { CUSTOM } = AuthorizationPolicySpecAction;
  emit(scope, 'external-authorizer', AuthorizationPolicy, { name: `${name}-external`, namespace }, {
    spec: () => ({ ...targetOf(where), action: CUSTOM, provider: { name: externalAuthorizer.provider }, rules: [atPort(where)] }),
  });
}

/**
 * Emits a policy that denies requests with caller credentials, if the workload refuses them; its id is `credentials-policy`. While a mesh
 * migrates, a waypoint and the pods have one each; that of the pods is then `pod-credentials-policy`.
 */
export function emitCredentialsCheck(scope: Construct, name: string, { namespace, jwt, tokens }: WorkloadNode, where: RequestScope): void {
  if (tokens !== 'refused') return;
  const id = scope.node.tryFindChild('credentials-policy') ? 'pod-credentials-policy' : 'credentials-policy';
  emit(scope, id, AuthorizationPolicy, { name, namespace }, { spec: () => compileCredentials(where, jwt) });
}

/** Returns a DENY policy for requests whose Origin is not allowed. Clients that are not browsers send no Origin and pass. */
export function compileOrigins(where: RequestScope, allowed: readonly string[]): AuthorizationPolicySpec {
  return {
    ...targetOf(where),
    action: AuthorizationPolicySpecAction.DENY,
    rules: [{ ...atPort(where), when: [{ key: 'request.headers[origin]', values: ['*'], ...(allowed.length > 0 && { notValues: [...allowed] }) }] }],
  };
}

/**
 * Returns a DENY policy for requests with an `Authorization` header. Bearer tokens are exempt if a JWT is verified here, because
 * verification then strips them.
 */
function compileCredentials(where: RequestScope, jwt: JwtFacts | undefined): AuthorizationPolicySpec {
  return {
    ...targetOf(where),
    action: AuthorizationPolicySpecAction.DENY,
    rules: [{ ...atPort(where), when: [{ key: 'request.headers[authorization]', values: ['*'], ...(jwt && { notValues: [`${BEARER}*`] }) }] }],
  };
}

const BEARER = 'Bearer ';

/** Returns a RequestAuthentication that rejects invalid tokens. The policy that allows callers is what requires a token. */
export function compileJwt(where: RequestScope, { issuer, audiences, keys }: JwtFacts, tokens?: TokenHandling): RequestAuthenticationSpec {
  return {
    ...targetOf(where),
    jwtRules: [{
      issuer,
      ...(audiences.length > 0 && { audiences: [...audiences] }),
      ...(keys.uri === undefined ? { jwks: keys.inline } : { jwksUri: keys.uri }),
      // With refused credentials, tokens have one location, from which verification strips them.
      ...(tokens === 'refused' && { fromHeaders: [{ name: 'authorization', prefix: BEARER }] }),
      ...(tokens === 'forwarded' && { forwardOriginalToken: true }),
    }],
  };
}
