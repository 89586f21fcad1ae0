import { Construct } from 'constructs';
import { checkSidecars } from './checks';
import { emitDefaultView, emitView } from './egress-view';
import { emitExternalHosts, emitExternalNetwork, emitNamedHost } from './external-hosts';
import { checkForeignSidecars } from './foreign';
import { PeerAuthenticationSpecMtlsMode } from '../../../imports/security.istio.io';
import { AccessLogFacts } from '../../model/access-logs';
import { Caller } from '../../model/callers';
import { ConnectionRule, mergedConnectionRules } from '../../model/connection-rule';
import { declaredRefusal, Feature, Refusal, UnsupportedFeatures } from '../../model/feature';
import { MeshModel, NamespaceNode } from '../../model/mesh';
import { MeshLimitations, UDP } from '../../model/mesh-limitations';
import { portRules } from '../../model/port-rules';
import { Problem } from '../../model/problem';
import { ENVOY_METRICS, MERGED_METRICS, ProxyMetrics, READINESS } from '../../model/proxy-metrics';
import { ServiceNode } from '../../model/service';
import { calledPorts, requestRules, WorkloadEgressFacts, WorkloadNode } from '../../model/workload';
import { ExternalHosts, ExternalNetworks, GatewayMembership, MeshBackend, MeshRoutes, NamespaceEgress, PodMetadata, ServicePort, UnauthenticatedPorts } from '../backend';
import { Meta } from '../emit';
import { ForeignObjects } from '../foreign/tree-object';
import { emitAuthorizationPolicy } from '../istio-shared/authorization-policy';
import { ANY_POD_AND_NAMED_HOSTS, emitEgressPolicy } from '../istio-shared/egress-policy';
import { allowConnections } from '../istio-shared/istio-authorization';
import { emitIstioNamespace } from '../istio-shared/istio-namespace';
import { atSidecars, emitCredentialsCheck, emitRequestChecks } from '../istio-shared/istio-request-checks';
import { emitServiceRoute, emitTraffic } from '../istio-shared/istio-traffic';
import { misreadByIstio } from '../istio-shared/service-protocol';
import { emitUnauthenticatedPorts } from '../istio-shared/unauthenticated-ports';
import { CLOSED_BY_NAMESPACE, UNSUPPORTED_BY_ISTIO } from '../istio-shared/unsupported-by-istio';
import { mcpProviderFor } from '../without-mcp-proxy';
import { emitService } from '../workload/service';

const SUPPORTED: readonly Feature[] = [
  'identity', 'path', 'item', 'pool', 'mesh-canary', 'mesh-mirror', 'mesh-timeouts', 'mesh-retries', 'fault-injection', 'jwt', 'external-authorization', 'circuit-breaking', 'connection-pool', 'origin-check', 'tool-tokens', 'audit',
  'named-hosts', 'tcp-hosts', 'wildcard-hosts', 'private-hosts', 'external-networks', 'session-affinity', 'egress', 'udp-media', 'tcp-media', 'unauthenticated-ports',
];

const UNSUPPORTED: UnsupportedFeatures = {
  ...UNSUPPORTED_BY_ISTIO,
  'tool': { ...UNSUPPORTED_BY_ISTIO.tool!, instead: mcpProviderFor({}) },
  'tool-rate-limit': { ...UNSUPPORTED_BY_ISTIO['tool-rate-limit']!, instead: `MeshProvider.linkerd, or ${mcpProviderFor({})}` },
  'foreign-trust-domain': {
    reason: 'Envoy treats all trust domains of a mesh as one, so it cannot distinguish equal ServiceAccounts of two trust domains',
    instead: 'MeshProvider.istioAmbient, without a waypoint, or MeshProvider.linkerd',
  },
  'external-tools': { reason: 'sidecars authorize requests at pods of the mesh, and an external server has no such pods', instead: 'MeshProvider.istioAmbient' },
  'closed-hosts': CLOSED_BY_NAMESPACE,
  'waypoint': { reason: 'callers with sidecars bypass waypoints; the sidecar of the called pod inspects the requests instead', instead: 'MeshProvider.istioAmbient' },
};

const SIDECAR_METRICS = [MERGED_METRICS, ENVOY_METRICS];

/** Ports of the sidecar that the redirection leaves out, so that no policy applies to them (Istio 1.31, injection template). */
const UNCAPTURED = [...SIDECAR_METRICS, READINESS];

/** Options of the sidecar provider. */
export interface IstioSidecarOptions {
  /** Revision or tag of the control plane that injects the sidecars. If absent, the default control plane injects them. */
  readonly revision?: string;
  /** Features that the release or the channel does not support. */
  readonly unsupported: UnsupportedFeatures;
  readonly accessLogs: AccessLogFacts;
}

/** Istio sidecars: the Envoy of each pod authenticates callers, authorizes connections and inspects requests. */
export class IstioSidecar implements MeshBackend {
  public readonly label = 'MeshProvider.istioSidecar';

  /** Envoy authorization can deny a request by a header, but it cannot strip the header. */
  public readonly credentials = 'refused' as const;

  /** Ports and user of the sidecar (Istio 1.30, application requirements). Processes that run as its user bypass it. */
  public readonly proxy = { ports: [15000, 15001, 15002, 15004, 15006, 15008, 15020, 15021, 15053, 15090], userIds: [1337] };

  /**
   * Membership of gateways. Their Envoys are members of the mesh without further settings. If pods have sidecars, Envoy finds the address
   * of the pod that a picker chooses among its endpoints.
   */
  public readonly gateways: GatewayMembership = { edge: {}, statusPorts: [], acceptedTransports: ['mutual-tls'], innerIn: () => ({ kind: 'mutual-tls' }) };

  /**
   * Limitations of the access report. `pilot-agent` in the sidecar answers the probes of the kubelet, and policies do not apply to it (Istio
   * 1.30, probe rewriting).
   */
  public readonly limitations: MeshLimitations = {
    probers: () => ({ who: 'any client that reaches the pods: pilot-agent in the sidecar answers probes, and policies do not apply to it', at: 'proxy' }),
    showsOnlyGranted: true,
    allowsUnnamedHosts: () => false,
    outbound: 'only the destinations above, for TCP, which is all that the sidecars carry',
    unchecked: [UDP],
    uncapturedPorts: () => UNCAPTURED,
  };

  public readonly routes: MeshRoutes = { split: emitServiceRoute, limit: emitTraffic };

  public readonly unauthenticatedPorts: UnauthenticatedPorts = { open: emitUnauthenticatedPorts };

  public readonly externalHosts: ExternalHosts = { allow: emitNamedHost };

  public readonly externalNetworks: ExternalNetworks = { allow: emitExternalNetwork };

  public readonly namespaceEgress: NamespaceEgress = { allow: emitExternalHosts };

  public constructor(private readonly options: IstioSidecarOptions) {}

  public refuses(feature: Feature): Refusal | undefined {
    return declaredRefusal({ label: this.label, supported: SUPPORTED, unsupported: { ...UNSUPPORTED, ...this.options.unsupported } }, feature);
  }

  public proxyMetrics(): readonly ProxyMetrics[] {
    return [{ title: 'the sidecar in every pod', ports: SIDECAR_METRICS, readBy: 'anyone' }];
  }

  public dataPlaneIn(): string {
    return 'Istio sidecars';
  }

  public enroll(scope: Construct, model: MeshModel, namespace: NamespaceNode): void {
    const { STRICT: mode } = PeerAuthenticationSpecMtlsMode;
    emitIstioNamespace(scope, model, namespace, { labels: this.namespaceLabels(), mode, accessLogs: this.options.accessLogs });
    // Nothing reports what a view would hide, so audit-only namespaces have none.
    if (!model.isAuditOnly(namespace.name)) this.showGranted(scope, model, namespace);
  }

  /** Emits the default Sidecar of a namespace, for pods that no other Sidecar selects. */
  public showGranted(scope: Construct, model: MeshModel, { name }: NamespaceNode): void {
    emitDefaultView(scope, model, name);
  }

  /** Emits the Sidecar of the pods of a workload. */
  public show(scope: Construct, model: MeshModel, workload: WorkloadNode): void {
    emitView(scope, model, workload);
  }

  /** Returns the injection label. With both labels, the first would apply and the analyzers would warn. */
  public namespaceLabels(): NonNullable<Meta['labels']> {
    return this.options.revision === undefined ? { 'istio-injection': 'enabled' } : { 'istio.io/rev': this.options.revision };
  }

  /**
   * Returns pod annotations. The workload waits for its sidecar, because its first requests would otherwise be plain text, which callees
   * deny. A native sidecar always starts first, and Istio then ignores the setting. Pods of a Job need a native sidecar, because a regular
   * sidecar keeps running and the Job never completes (Istio 1.31, nativeSidecar).
   */
  public podMetadata({ mediaPorts, ends }: WorkloadNode): PodMetadata {
    const excluded = mediaPorts.filter(({ protocol }) => protocol === 'TCP').map(({ port }) => port).join();
    return {
      annotations: {
        'proxy.istio.io/config': JSON.stringify({ holdApplicationUntilProxyStarts: true }),
        ...(ends && { 'sidecar.istio.io/nativeSidecar': 'true' }),
        ...(excluded !== '' && { 'traffic.sidecar.istio.io/excludeInboundPorts': excluded }),
      },
    };
  }

  public createService(scope: Construct, model: MeshModel, workload: WorkloadNode, service: ServiceNode): void {
    emitService(scope, model, workload, service, {});
    emitTraffic(scope, service);
  }

  public authorizePods(
    scope: Construct, model: MeshModel, workload: WorkloadNode, connectionRules: () => readonly ConnectionRule[],
  ): void {
    const { name, namespace } = workload;
    emitAuthorizationPolicy(scope, 'workload-policy', model, { name: `${name}-workload`, namespace }, () =>
      allowConnections(model, { selector: { matchLabels: { ...workload.labels } } }, mergedConnectionRules(connectionRules())));
    emitRequestChecks(scope, model, name, workload, atSidecars(workload));
    emitCredentialsCheck(scope, model, `${name}-pod-credentials`, workload, atSidecars(workload));
    if (!model.isAuditOnly(namespace)) this.show(scope, model, workload);
  }

  public connectionRules(_model: MeshModel, workload: WorkloadNode): readonly ConnectionRule[] {
    const ports = calledPorts(workload);
    const called = requestRules(workload).map(({ principals, ...requests }) => ({
      principals, ports, ...(Object.keys(requests).length > 0 && { requests }),
    }));
    return [...called, ...portRules(workload)];
  }

  public restrictEgress(scope: Construct, workload: WorkloadNode, egress: WorkloadEgressFacts): void {
    emitEgressPolicy(scope, workload, egress, ANY_POD_AND_NAMED_HOSTS);
  }

  public check(model: MeshModel, isOwn: (namespace: string) => boolean): Problem[] {
    return checkSidecars(model, isOwn, this.options);
  }

  public misreadPort(workload: WorkloadNode, port: ServicePort): string | undefined {
    return misreadByIstio(workload, port);
  }

  public checkForeign(model: MeshModel, foreign: ForeignObjects, isOwn: (namespace: string) => boolean, proxies: readonly Caller[]): Problem[] {
    return checkForeignSidecars(model, foreign, isOwn, proxies, this.options.revision);
  }
}
