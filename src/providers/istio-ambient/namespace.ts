import { k8s } from 'cdk8s-plus-30';
import { Construct } from 'constructs';
import { AuthorizationPolicy, PeerAuthentication, PeerAuthenticationSpecMtlsMode } from '../../../imports/security.istio.io';
import { NamespaceNode } from '../../model/mesh';
import { emit } from '../emit';
import { denyAll } from '../shared/istio-authorization';
import { LABELS } from '../shared/istio-targets';
import { emitTelemetry } from '../shared/istio-telemetry';

/** A namespace that is enrolled, speaks mutual TLS only, where ztunnel lets nobody call anybody, and whose proxies tell what they do. */
export function emitNamespace(scope: Construct, namespace: NamespaceNode): void {
  const { name } = namespace;
  if (!namespace.existing) {
    emit(scope, 'namespace', k8s.KubeNamespace, { name, labels: namespaceLabels(namespace) }, {});
  }
  emit(scope, 'mtls', PeerAuthentication, { name: 'strict-mtls', namespace: name }, {
    spec: () => ({ mtls: { mode: PeerAuthenticationSpecMtlsMode.STRICT } }),
  });
  emitTelemetry(scope, 'telemetry', name);
  emit(scope, 'deny-all', AuthorizationPolicy, { name: 'deny-all', namespace: name }, { spec: () => denyAll() });
}

function namespaceLabels(namespace: NamespaceNode) {
  const { name } = namespace;
  return {
    [LABELS.dataplaneMode]: 'ambient',
    [LABELS.useWaypoint]: () => namespace.waypoint?.name,
    [LABELS.useWaypointNamespace]: () => (namespace.waypoint && namespace.waypoint.namespace !== name ? namespace.waypoint.namespace : undefined),
  };
}
