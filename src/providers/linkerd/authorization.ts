import { POLICY_GROUP } from './facts';
import { AuthorizationPolicySpec } from '../../../imports/policy.linkerd.io';

type TargetRef = AuthorizationPolicySpec['targetRef'];

/** What attaches to a Server holds for every request of its port, whatever its routes are. */
export function serverRef(name: string): TargetRef {
  return { group: POLICY_GROUP, kind: 'Server', name };
}

export function routeRef(name: string): TargetRef {
  return { group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', name };
}

/** Lets in whom one authentication of the same namespace names. */
export function authorize(targetRef: TargetRef, kind: 'MeshTLSAuthentication' | 'NetworkAuthentication', name: string): AuthorizationPolicySpec {
  return { targetRef, requiredAuthenticationRefs: [{ group: POLICY_GROUP, kind, name }] };
}
