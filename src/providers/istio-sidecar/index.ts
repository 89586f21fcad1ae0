import { Construct } from 'constructs';
import { checkSidecars } from './checks';
import { emitClosedView, emitView } from './egress-view';
import { emitExternalHosts } from './external-hosts';
import { checkForeignSidecars } from './foreign';
import { AuthorizationPolicy, PeerAuthenticationSpecMtlsMode } from '../../../imports/security.istio.io';
import { Caller } from '../../model/callers';
import { ConnectionRule, mergedConnectionRules } from '../../model/connection-rule';
import { egressOf } from '../../model/external-host';
import { declaredRefusal, Feature, Refusal, UnsupportedFeatures } from '../../model/feature';
import { MeshModel, NamespaceNode } from '../../model/mesh';
import { MeshLimitations, UDP } from '../../model/mesh-limitations';
import { Problem } from '../../model/problem';
import { ServiceNode } from '../../model/service';
import { calledPorts, requestRules, WorkloadEgressFacts, WorkloadNode } from '../../model/workload';
import { ExternalHosts, GatewayMembership, MeshBackend, MeshRoutes, NamespaceEgress, PodMetadata, ServicePort } from '../backend';
import { emit, Meta } from '../emit';
import { ForeignObjects } from '../foreign/tree-object';
import { ANY_POD_AND_NAMED_HOSTS, emitEgressPolicy } from '../istio-shared/egress-policy';
import { allowConnections } from '../istio-shared/istio-authorization';
import { emitIstioNamespace } from '../istio-shared/istio-namespace';
import { emitCredentialsCheck, emitRequestChecks } from '../istio-shared/istio-request-checks';
import { emitServiceRoute, emitTraffic } from '../istio-shared/istio-traffic';
import { misreadByIstio } from '../istio-shared/service-protocol';
import { UNSUPPORTED_BY_ISTIO } from '../istio-shared/unsupported-by-istio';
import { mcpProviderFor } from '../without-mcp-proxy';
import { emitService } from '../workload/service';

const SUPPORTED: readonly Feature[] = [
  'identity', 'path', 'item', 'pool', 'mesh-canary', 'mesh-timeouts', 'mesh-retries', 'jwt', 'external-authorization', 'circuit-breaking', 'origin-check', 'tool-tokens',
  'named-hosts', 'session-affinity', 'egress', 'udp-media', 'tcp-media',
];

const UNSUPPORTED: UnsupportedFeatures = {
  ...UNSUPPORTED_BY_ISTIO,
  'tool': { ...UNSUPPORTED_BY_ISTIO.tool!, instead: mcpProviderFor({}) },
  'tool-rate-limit': { ...UNSUPPORTED_BY_ISTIO['tool-rate-limit']!, instead: `MeshProvider.linkerd, or ${mcpProviderFor({})}` },
  'foreign-trust-domain': {
    reason: 'Envoy treats all trust domains of a mesh as one, so it cannot distinguish the same ServiceAccount of two domains',
    instead: 'MeshProvider.istioAmbient, without a waypoint, or MeshProvider.linkerd',
  },
  'external-tools': { reason: 'sidecars authorize requests at pods of the mesh, and an external server has no such pods', instead: 'MeshProvider.istioAmbient' },
  'waypoint': { reason: 'callers with sidecars bypass waypoints; the sidecar of each pod inspects its requests', instead: 'MeshProvider.istioAmbient' },
};

/** Options of the sidecar provider. */
export interface IstioSidecarOptions {
  /** Revision or tag of the control plane that injects the sidecars. If absent, the default control plane injects them. */
  readonly revision?: string;
  /** Features that the release or the channel does not support. */
  readonly unsupported: UnsupportedFeatures;
}

/** Istio sidecars: the Envoy of each pod authenticates callers, authorizes connections and inspects requests. */
export class IstioSidecar implements MeshBackend {
  public readonly label = 'MeshProvider.istioSidecar';

  /** Envoy authorization can deny a request by a header, but it cannot strip the header. */
  public readonly credentials = 'refused' as const;

  /** Ports and user of the sidecar (Istio 1.30, application requirements). Processes that run as its user bypass it. */
  public readonly proxy = { ports: [15000, 15001, 15002, 15004, 15006, 15008, 15020, 15021, 15053, 15090], userIds: [1337] };

  /**
   * Membership of gateways, which are Envoys of the mesh without further settings. Where pods have sidecars, the pod that a picker
   * chooses is a plain address that Envoy finds.
   */
  public readonly gateways: GatewayMembership = { edge: {}, statusPorts: [], acceptedTransports: ['mutual-tls'], innerIn: () => ({ kind: 'mutual-tls' }) };

  /**
   * Limitations of the access report. The agent of the sidecar answers the probes of the kubelet, and policies do not apply to it (Istio
   * 1.30, probe rewriting).
   */
  public readonly limitations: MeshLimitations = {
    probers: () => ({ who: 'any client that reaches the pods, through the port of the sidecar agent', at: 'proxy' }),
    outbound: 'only the destinations named above, for the traffic that the sidecars carry: TCP',
    unchecked: [UDP],
  };

  public readonly routes: MeshRoutes = { split: emitServiceRoute };

  public readonly externalHosts: ExternalHosts = { allow: (scope, model, host) => emitExternalHosts(scope, egressOf(model, host)) };

  public readonly namespaceEgress: NamespaceEgress = { allow: emitExternalHosts };

  public constructor(private readonly options: IstioSidecarOptions) {}

  public refuses(feature: Feature): Refusal | undefined {
    return declaredRefusal({ label: this.label, supported: SUPPORTED, unsupported: { ...UNSUPPORTED, ...this.options.unsupported } }, feature);
  }

  public dataPlaneIn(): string {
    return 'Istio sidecars';
  }

  public enroll(scope: Construct, _model: MeshModel, namespace: NamespaceNode): void {
    emitIstioNamespace(scope, namespace, { labels: this.namespaceLabels(), mode: PeerAuthenticationSpecMtlsMode.STRICT });
    this.hideAll(scope, namespace);
  }

  /** Emits the default view of a namespace, for pods without a view of their own. */
  public hideAll(scope: Construct, { name }: NamespaceNode): void {
    emitClosedView(scope, name);
  }

  /** Emits the view of the pods of a workload. */
  public show(scope: Construct, model: MeshModel, workload: WorkloadNode): void {
    emitView(scope, model, workload);
  }

  /** Returns the injection label. With both labels, the first would apply and the analyzers would warn. */
  public namespaceLabels(): NonNullable<Meta['labels']> {
    return this.options.revision === undefined ? { 'istio-injection': 'enabled' } : { 'istio.io/rev': this.options.revision };
  }

  /**
   * Returns pod annotations. The workload waits for its sidecar: otherwise its first requests would leave as plain text and be refused. A
   * native sidecar starts first anyway, and Istio then ignores the setting.
   */
  public podMetadata({ mediaPorts }: WorkloadNode): PodMetadata {
    const excluded = mediaPorts.filter(({ protocol }) => protocol === 'TCP').map(({ port }) => port).join();
    return {
      annotations: {
        'proxy.istio.io/config': JSON.stringify({ holdApplicationUntilProxyStarts: true }),
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
    emit(scope, 'workload-policy', AuthorizationPolicy, { name: `${workload.name}-workload`, namespace: workload.namespace }, {
      spec: () => allowConnections(model, { selector: { matchLabels: { ...workload.labels } } }, mergedConnectionRules(connectionRules())),
    });
    emitRequestChecks(scope, workload.name, workload, { selector: { matchLabels: { ...workload.labels } } });
    emitCredentialsCheck(scope, `${workload.name}-pod-credentials`, workload, { selector: { matchLabels: { ...workload.labels } } });
    this.show(scope, model, workload);
  }

  public connectionRules(_model: MeshModel, workload: WorkloadNode): readonly ConnectionRule[] {
    const ports = calledPorts(workload);
    return requestRules(workload).map(({ principals, ...requests }) => ({
      principals, ports, ...(Object.keys(requests).length > 0 && { requests }),
    }));
  }

  public restrictEgress(scope: Construct, workload: WorkloadNode, egress: WorkloadEgressFacts): void {
    emitEgressPolicy(scope, workload, egress, ANY_POD_AND_NAMED_HOSTS);
  }

  public check(model: MeshModel, isOwn: (namespace: string) => boolean): Problem[] {
    return checkSidecars(model, isOwn, this.options.revision);
  }

  public misreadPort(workload: WorkloadNode, port: ServicePort): string | undefined {
    return misreadByIstio(workload, port);
  }

  public checkForeign(model: MeshModel, foreign: ForeignObjects, isOwn: (namespace: string) => boolean, proxies: readonly Caller[]): Problem[] {
    return checkForeignSidecars(model, foreign, isOwn, proxies, this.options.revision);
  }
}
