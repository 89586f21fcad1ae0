import { k8s } from 'cdk8s-plus-30';
import { Construct } from 'constructs';
import { emitAuthorizationPolicy } from './authorization-policy';
import { denyAll } from './istio-authorization';
import { emitTelemetry } from './istio-telemetry';
import { PeerAuthentication, PeerAuthenticationSpecMtlsMode } from '../../../imports/security.istio.io';
import { AccessLogFacts } from '../../model/access-logs';
import { MeshModel, NamespaceNode } from '../../model/mesh';
import { emit, Meta } from '../emit';

/** Enrolment labels of a namespace in an Istio mesh, and its mutual TLS mode while it enforces. */
export interface IstioNamespace {
  readonly labels: NonNullable<Meta['labels']>;
  readonly mode: PeerAuthenticationSpecMtlsMode;
  readonly accessLogs: AccessLogFacts;
}

/** Emits an enrolled namespace with mutual TLS, a deny-all policy and telemetry. An audit-only namespace also accepts plain text. */
export function emitIstioNamespace(scope: Construct, model: MeshModel, namespace: NamespaceNode, { labels, mode, accessLogs }: IstioNamespace): void {
  const { name } = namespace;
  if (!namespace.existing) emit(scope, 'namespace', k8s.KubeNamespace, { name, labels }, {});
  emit(scope, 'mtls', PeerAuthentication, { name: `${name}-strict-mtls`, namespace: name }, {
    spec: () => ({ mtls: { mode: model.isAuditOnly(name) ? PeerAuthenticationSpecMtlsMode.PERMISSIVE : mode } }),
  });
  emitTelemetry(scope, 'telemetry', name, accessLogs);
  emitAuthorizationPolicy(scope, 'deny-all', model, { name: `${name}-deny-all`, namespace: name }, () => denyAll());
}
