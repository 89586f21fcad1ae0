import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { AuthorizationPolicy, AuthorizationPolicySpec } from '../../../imports/security.istio.io';
import { MeshModel } from '../../model/mesh';
import { emit } from '../emit';

/**
 * Annotation of an AuthorizationPolicy that proxies evaluate without enforcing it. Envoy reports what the policy would decide. istiod does
 * not send such a policy to ztunnel, unless it has AMBIENT_ENABLE_DRY_RUN_AUTHORIZATION_POLICY; ztunnel then logs it (Istio 1.30).
 */
export const DRY_RUN = { 'istio.io/dry-run': 'true' };

/** Emits an AuthorizationPolicy. In an audit-only namespace proxies do not enforce it. This is the only place that emits one for Istio. */
export function emitAuthorizationPolicy(
  scope: Construct, id: string, model: MeshModel, place: { readonly name: string; readonly namespace: string }, spec: () => AuthorizationPolicySpec,
): ApiObject {
  return emit(scope, id, AuthorizationPolicy, { ...place, ...(model.isAuditOnly(place.namespace) && { annotations: DRY_RUN }) }, { spec });
}
