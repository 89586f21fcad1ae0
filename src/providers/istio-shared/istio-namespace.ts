import { k8s } from 'cdk8s-plus-30';
import { Construct } from 'constructs';
import { denyAll } from './istio-authorization';
import { emitTelemetry } from './istio-telemetry';
import { AuthorizationPolicy, PeerAuthentication, PeerAuthenticationSpecMtlsMode } from '../../../imports/security.istio.io';
import { NamespaceNode } from '../../model/mesh';
import { emit, Meta } from '../emit';

/** Enrolment labels of a namespace in an Istio mesh, and its mutual TLS mode. */
export interface IstioNamespace {
  readonly labels: NonNullable<Meta['labels']>;
  readonly mode: PeerAuthenticationSpecMtlsMode;
}

/** Emits an enrolled namespace with mutual TLS, a deny-all policy and telemetry. */
export function emitIstioNamespace(scope: Construct, namespace: NamespaceNode, { labels, mode }: IstioNamespace): void {
  const { name } = namespace;
  if (!namespace.existing) emit(scope, 'namespace', k8s.KubeNamespace, { name, labels }, {});
  emit(scope, 'mtls', PeerAuthentication, { name: `${name}-strict-mtls`, namespace: name }, { spec: () => ({ mtls: { mode } }) });
  emitTelemetry(scope, 'telemetry', name);
  emit(scope, 'deny-all', AuthorizationPolicy, { name: `${name}-deny-all`, namespace: name }, { spec: () => denyAll() });
}
