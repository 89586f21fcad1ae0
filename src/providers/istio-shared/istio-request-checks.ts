import { Construct } from 'constructs';
import { emitAuthorizationPolicy } from './authorization-policy';
import {
  AuthorizationPolicySpec, AuthorizationPolicySpecAction, AuthorizationPolicySpecRules,
  RequestAuthentication, RequestAuthenticationSpec,
} from '../../../imports/security.istio.io';
import { MeshModel } from '../../model/mesh';
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
  /** Ports of the pods whose requests are not checked. A DENY rule for a header would deny everything at a port that is not HTTP. */
  readonly exceptPorts?: readonly number[];
}

/** Returns where the sidecars of a workload check requests: at every port but those for callers without an identity. */
export function atSidecars({ labels, unauthenticatedPorts }: WorkloadNode): RequestScope {
  return { selector: { matchLabels: { ...labels } }, exceptPorts: unauthenticatedPorts?.map(({ port }) => port) };
}

function targetOf({ port: _, exceptPorts: __, ...target }: RequestScope): Target {
  return target;
}

/** Limits a rule to the inspected ports, if not all are. */
function atPort({ port, exceptPorts }: RequestScope): Pick<AuthorizationPolicySpecRules, 'to'> {
  if (exceptPorts) return { to: [{ operation: { notPorts: exceptPorts.map(String) } }] };
  return port === undefined ? {} : { to: [{ operation: { ports: [String(port)] } }] };
}

/**
 * Emits the request checks that do not depend on the caller identity: JWT, Origin and external authorization. The ids are `jwt`,
 * `origins` and `external-authorizer`. In an audit-only namespace tokens are not verified and no authorizer is called, because neither
 * can be done without denying requests (Istio 1.30, dry run).
 */
export function emitRequestChecks(scope: Construct, model: MeshModel, name: string, workload: WorkloadNode, where: RequestScope): void {
  const { namespace, jwt, externalAuthorizer, allowedOrigins, tokens } = workload;
  const isAuditOnly = model.isAuditOnly(namespace);
  if (jwt && !isAuditOnly) emit(scope, 'jwt', RequestAuthentication, { name, namespace }, { spec: () => compileJwt(where, jwt, tokens) });
  if (allowedOrigins) {
    emitAuthorizationPolicy(scope, 'origins', model, { name: `${name}-origins`, namespace }, () => compileOrigins(where, allowedOrigins));
  }
  if (!externalAuthorizer || isAuditOnly) return;
  const { CUSTOM } = AuthorizationPolicySpecAction;
  emitAuthorizationPolicy(scope, 'external-authorizer', model, { name: `${name}-external`, namespace }, () => ({
    ...targetOf(where), action: CUSTOM, provider: { name: externalAuthorizer.provider }, rules: [atPort(where)],
  }));
}

/**
 * Emits a policy that denies requests with an `Authorization` header, if the workload refuses them. The id is `credentials-policy`. During
 * a migration, the waypoint and the pods each have such a policy. The id of the policy for the pods is then `pod-credentials-policy`.
 */
export function emitCredentialsCheck(
  scope: Construct, model: MeshModel, name: string, { namespace, jwt, tokens }: WorkloadNode, where: RequestScope,
): void {
  if (tokens !== 'refused') return;
  const id = scope.node.tryFindChild('credentials-policy') ? 'pod-credentials-policy' : 'credentials-policy';
  emitAuthorizationPolicy(scope, id, model, { name, namespace }, () => compileCredentials(where, jwt));
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

/** Returns a RequestAuthentication that rejects invalid tokens. It does not require a token. The policy that allows callers does. */
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
