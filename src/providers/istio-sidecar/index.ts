import { Construct } from 'constructs';
import { checkSidecars } from './checks';
import { emitClosedView, emitView } from './egress-view';
import { emitExternalHosts } from './external-hosts';
import { checkForeignSidecars } from './foreign';
import { AuthorizationPolicy, PeerAuthenticationSpecMtlsMode } from '../../../imports/security.istio.io';
import { ConnectionRule, mergedConnectionRules } from '../../model/connection-rule';
import { EgressNode } from '../../model/egress';
import { egressOf, ExternalHost } from '../../model/external-host';
import { Feature, UnsupportedFeatures, Refusal } from '../../model/feature';
import { MeshModel, NamespaceNode } from '../../model/mesh';
import { CarryingPort, MeshLimitations, UDP } from '../../model/mesh-limitations';
import { MeshRouteNode } from '../../model/mesh-route';
import { Problem } from '../../model/problem';
import { ServiceNode } from '../../model/service';
import { calledPorts, requestRules, WorkloadEgressFacts, WorkloadNode } from '../../model/workload';
import { GatewayMembership, MeshBackend, PodMetadata, ServicePort } from '../backend';
import { emit, Meta } from '../emit';
import { ForeignObjects } from '../foreign/tree-object';
import { ANY_POD_AND_NAMED_HOSTS, emitEgressPolicy } from '../shared/egress-policy';
import { allowConnections } from '../shared/istio-authorization';
import { emitIstioNamespace } from '../shared/istio-namespace';
import { emitCredentialsCheck, emitRequestChecks } from '../shared/istio-request-checks';
import { emitServiceRoute, emitTraffic } from '../shared/istio-traffic';
import { misreadByIstio } from '../shared/service-protocol';
import { UNSUPPORTED_BY_ISTIO } from '../shared/unsupported-by-istio';
import { whoReadsMcp } from '../shared/unsupported-in-mesh';
import { emitDeployment, emitServiceAccount } from '../workload/deployment';
import { emitService } from '../workload/service';

const UNSUPPORTED: UnsupportedFeatures = {
  ...UNSUPPORTED_BY_ISTIO,
  'tool': { ...UNSUPPORTED_BY_ISTIO.tool!, instead: whoReadsMcp({}) },
  'tool-rate-limit': { ...UNSUPPORTED_BY_ISTIO['tool-rate-limit']!, instead: `MeshProvider.linkerd, or ${whoReadsMcp({})}` },
  'foreign-trust-domain': {
    reason: 'Envoy takes the trust domains of a mesh for one, and a caller of another for its namesake at home',
    instead: 'MeshProvider.istioAmbient, without a waypoint, or MeshProvider.linkerd',
  },
  'external-tools': { reason: 'sidecars judge requests at pods of the mesh, and outside there is none', instead: 'MeshProvider.istioAmbient' },
  'waypoint': { reason: 'callers with sidecars pass waypoints by; each pod\'s own sidecar reads its requests', instead: 'MeshProvider.istioAmbient' },
};

/** How the library's workloads get their sidecars. */
export interface IstioSidecarOptions {
  /** Revision or tag of the control plane; without it, the default one injects. */
  readonly revision?: string;
  /** What the release or the channel lacks. */
  readonly unsupported: UnsupportedFeatures;
}

/** Istio's sidecars: each pod's own Envoy proves identity, guards connections and reads requests. */
export class IstioSidecar implements MeshBackend {
  public readonly label = 'MeshProvider.istioSidecar';

  /** Envoy can deny what a header says, and of one that pods' sidecars read nothing can be taken away. */
  public readonly credentials = 'refused' as const;

  /** The sidecar's (Istio 1.30, application requirements); what runs as its user goes around it. */
  public readonly proxy = { ports: [15000, 15001, 15002, 15004, 15006, 15008, 15020, 15021, 15053, 15090], userIds: [1337] };

  /** Gateways are Envoys of the mesh as they are. Where pods have sidecars, picks are plain addresses that Envoy finds. */
  public readonly gateways: GatewayMembership = { edge: {}, statusPorts: [], acceptedTransports: ['mutual-tls'], innerIn: () => ({ kind: 'mutual-tls' }) };

  /** The kubelet's probes are answered by the sidecar's agent, beside the policies (Istio 1.30, probe rewriting). */
  public readonly limitations: MeshLimitations = {
    probers: () => ({ who: 'whoever reaches the pods, by the port of the sidecar\'s agent', at: 'proxy' }),
    outbound: 'what is named above, as far as the pods\' own sidecars carry it: TCP',
    unchecked: [UDP],
  };

  public constructor(private readonly options: IstioSidecarOptions) {}

  public refuses(feature: Feature): Refusal | undefined {
    return UNSUPPORTED[feature] ?? this.options.unsupported[feature];
  }

  public dataPlaneIn(): string {
    return 'Istio sidecars';
  }

  public waypointsIn(): undefined {
    return undefined;
  }

  public isBehindWaypoint(): boolean {
    return false;
  }

  public enroll(scope: Construct, _model: MeshModel, namespace: NamespaceNode): void {
    emitIstioNamespace(scope, namespace, { labels: this.namespaceLabels(), mode: PeerAuthenticationSpecMtlsMode.STRICT });
    this.hideAll(scope, namespace);
  }

  /** What the pods of a namespace see that no workload's own view is for. */
  public hideAll(scope: Construct, { name }: NamespaceNode): void {
    emitClosedView(scope, name);
  }

  /** What the pods of a workload see. */
  public show(scope: Construct, model: MeshModel, workload: WorkloadNode): void {
    emitView(scope, model, workload);
  }

  /** One of the two: with both, the first would win and the analyzers would warn. */
  public namespaceLabels(): NonNullable<Meta['labels']> {
    return this.options.revision === undefined ? { 'istio-injection': 'enabled' } : { 'istio.io/rev': this.options.revision };
  }

  public createServiceAccount(scope: Construct, account: { readonly serviceAccount: string; readonly namespace: string }): void {
    emitServiceAccount(scope, account);
  }

  public createDeployment(scope: Construct, workload: WorkloadNode): void {
    emitDeployment(scope, workload, this.podMetadata(workload));
  }

  /**
   * The workload waits for its sidecar, or its first requests would leave in plain text and be refused. A native sidecar
   * starts first anyway, and there Istio skips the setting.
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
    scope: Construct, id: string, model: MeshModel, workload: WorkloadNode, connectionRules: () => readonly ConnectionRule[],
  ): void {
    emit(scope, id, AuthorizationPolicy, { name: `${workload.name}-workload`, namespace: workload.namespace }, {
      spec: () => allowConnections(model, { selector: { matchLabels: { ...workload.labels } } }, mergedConnectionRules(connectionRules())),
    });
    emitRequestChecks(scope, workload.name, workload, { selector: { matchLabels: { ...workload.labels } } });
    emitCredentialsCheck(scope, 'pod-credentials', `${workload.name}-pod-credentials`, workload, { selector: { matchLabels: { ...workload.labels } } });
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

  public allowExternalHost(scope: Construct, model: MeshModel, host: ExternalHost): void {
    this.allowNamespaceEgress(scope, egressOf(model, host));
  }

  public splitTraffic(scope: Construct, _model: MeshModel, route: MeshRouteNode): void {
    emitServiceRoute(scope, route);
  }

  public allowNamespaceEgress(scope: Construct, egress: EgressNode): void {
    emitExternalHosts(scope, egress);
  }

  public linkCluster(): void {}

  public check(model: MeshModel, isOwn: (namespace: string) => boolean): Problem[] {
    return checkSidecars(model, isOwn, this.options.revision);
  }

  public carryingPortIn(): CarryingPort | undefined {
    return undefined;
  }

  public misreadPort(workload: WorkloadNode, port: ServicePort): string | undefined {
    return misreadByIstio(workload, port);
  }

  public checkForeign(model: MeshModel, foreign: ForeignObjects, isOwn: (namespace: string) => boolean): Problem[] {
    return checkForeignSidecars(model, foreign, isOwn, this.options.revision);
  }
}
