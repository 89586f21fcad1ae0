import { Construct } from 'constructs';
import {
  AuthorizationPolicy, AuthorizationPolicySpec, AuthorizationPolicySpecAction, AuthorizationPolicySpecRules,
  RequestAuthentication, RequestAuthenticationSpec,
} from '../../../imports/security.istio.io';
import { JwtFacts } from '../../model/request-rule';
import { TokenHandling, WorkloadNode } from '../../model/workload';
import { emit } from '../emit';

/** What a policy is attached to. */
type Target = Pick<AuthorizationPolicySpec, 'selector'> & Pick<RequestAuthenticationSpec, 'targetRefs'>;

/** What reads the requests: a Service's waypoint, or the sidecars of pods; and the one port at which it does, where there are others. */
export interface RequestScope extends Target {
  readonly port?: number;
}

function targetOf({ port: _, ...target }: RequestScope): Target {
  return target;
}

/** For a rule that denies: at the port alone, where one is stated. */
function atPort({ port }: RequestScope): Pick<AuthorizationPolicySpecRules, 'to'> {
  return port === undefined ? {} : { to: [{ operation: { ports: [String(port)] } }] };
}

/** What is asked of requests beside who sends them; ids `jwt`, `origins` and `external-authorizer`. */
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

/** What keeps credentials of callers from a server, where they are. */
export function emitCredentialsCheck(
  scope: Construct, id: string, name: string, { namespace, jwt, tokens }: WorkloadNode, where: RequestScope,
): void {
  if (tokens === 'refused') emit(scope, id, AuthorizationPolicy, { name, namespace }, { spec: () => compileCredentials(where, jwt) });
}

/** Denies requests that a browser sends for a page of another origin; what is no browser states none. */
export function compileOrigins(where: RequestScope, allowed: readonly string[]): AuthorizationPolicySpec {
  return {
    ...targetOf(where),
    action: AuthorizationPolicySpecAction.DENY,
    rules: [{ ...atPort(where), when: [{ key: 'request.headers[origin]', values: ['*'], ...(allowed.length > 0 && { notValues: [...allowed] }) }] }],
  };
}

/** Denies requests with what callers prove themselves with elsewhere; a token that is verified here is taken away then. */
function compileCredentials(where: RequestScope, jwt: JwtFacts | undefined): AuthorizationPolicySpec {
  return {
    ...targetOf(where),
    action: AuthorizationPolicySpecAction.DENY,
    rules: [{ ...atPort(where), when: [{ key: 'request.headers[authorization]', values: ['*'], ...(jwt && { notValues: [`${BEARER}*`] }) }] }],
  };
}

const BEARER = 'Bearer ';

/** Refuses tokens that are wrong; that there is one is demanded by the policy that admits callers. */
export function compileJwt(where: RequestScope, { issuer, audiences, keys }: JwtFacts, tokens?: TokenHandling): RequestAuthenticationSpec {
  return {
    ...targetOf(where),
    jwtRules: [{
      issuer,
      ...(audiences.length > 0 && { audiences: [...audiences] }),
      ...(keys.uri === undefined ? { jwks: keys.inline } : { jwksUri: keys.uri }),
      // Where tokens are kept back they have one place, from which they are taken.
      ...(tokens === 'refused' && { fromHeaders: [{ name: 'authorization', prefix: BEARER }] }),
      ...(tokens === 'forwarded' && { forwardOriginalToken: true }),
    }],
  };
}
