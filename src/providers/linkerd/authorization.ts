import { POLICY_GROUP } from './facts';
import { AuthorizationPolicySpec } from '../../../imports/policy.linkerd.io';

type TargetRef = AuthorizationPolicySpec['targetRef'];

/** Returns the target reference of a Server. A policy on a Server applies to all requests at its port, of every route. */
export function serverRef(name: string): TargetRef {
  return { group: POLICY_GROUP, kind: 'Server', name };
}

export function routeRef(name: string): TargetRef {
  return { group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', name };
}

/** Returns a policy that allows the callers of one authentication in the same namespace. */
export function authorize(targetRef: TargetRef, kind: 'MeshTLSAuthentication' | 'NetworkAuthentication', name: string): AuthorizationPolicySpec {
  return { targetRef, requiredAuthenticationRefs: [{ group: POLICY_GROUP, kind, name }] };
}
