import { Construct } from 'constructs';
import { checkSidecars } from './checks';
import { emitClosedView, emitView } from './egress-view';
import { emitExternalHosts } from './external-hosts';
import { checkForeignSidecars } from './foreign';
import { AuthorizationPolicy, PeerAuthenticationSpecMtlsMode } from '../../../imports/security.istio.io';
import { Admission, mergedAdmissions } from '../../model/admission';
import { Capability, Lacking, Refusal } from '../../model/capability';
import { EgressNode } from '../../model/egress';
import { MeshModel, NamespaceNode } from '../../model/mesh';
import { MeshRouteNode } from '../../model/mesh-route';
import { MeshTells, UDP } from '../../model/mesh-tells';
import { egressOf, OutsideHost } from '../../model/outside-host';
import { Problem } from '../../model/problem';
import { ServiceNode } from '../../model/service';
import { calledPorts, requestRules, WorkloadEgressFacts, WorkloadNode } from '../../model/workload';
import { GatewayMembership, MeshBackend, PodMarks } from '../backend';
import { emit, Meta } from '../emit';
import { ForeignObjects } from '../foreign/tree-object';
import { ANY_POD_AND_NAMED_HOSTS, emitConfinement } from '../shared/confinement';
import { whoReadsMcp } from '../shared/doors-lacking';
import { allowConnections } from '../shared/istio-authorization';
import { ISTIO_LACKS } from '../shared/istio-lacking';
import { emitIstioNamespace } from '../shared/istio-namespace';
import { emitCredentialsCheck, emitRequestChecks } from '../shared/istio-request-checks';
import { emitServiceRoute, emitTraffic } from '../shared/istio-traffic';
import { emitDeployment, emitServiceAccount } from '../workload/deployment';
import { emitService } from '../workload/service';

const LACKS: Lacking = {
  ...ISTIO_LACKS,
  'tool': { ...ISTIO_LACKS.tool!, instead: whoReadsMcp({}) },
  'tool-rate-limit': { ...ISTIO_LACKS['tool-rate-limit']!, instead: `MeshProvider.linkerd, or ${whoReadsMcp({})}` },
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
  readonly lacking: Lacking;
}

/** Istio's sidecars: each pod's own Envoy proves identity, guards connections and reads requests. */
export class IstioSidecar implements MeshBackend {
  public readonly label = 'MeshProvider.istioSidecar';

  /** Envoy can deny what a header says, and of one that pods' sidecars read nothing can be taken away. */
  public readonly credentials = 'refused' as const;

  /** The sidecar's (Istio 1.30, application requirements); what runs as its user goes around it. */
  public readonly proxy = { ports: [15000, 15001, 15002, 15004, 15006, 15008, 15020, 15021, 15053, 15090], userIds: [1337] };

  /** Gateways are Envoys of the mesh as they are. Where pods have sidecars, picks are plain addresses that Envoy finds. */
  public readonly gateways: GatewayMembership = { edge: {}, statusPorts: [], podsTake: ['mutual-tls'], innerIn: () => ({ kind: 'mutual-tls' }) };

  /** The kubelet's probes are answered by the sidecar's agent, beside the policies (Istio 1.30, probe rewriting). */
  public readonly tells: MeshTells = {
    probers: () => ({ who: 'whoever reaches the pods, by the port of the sidecar\'s agent', at: 'proxy' }),
    outbound: 'what is named above, as far as the pods\' own sidecars carry it: TCP',
    unchecked: [UDP],
  };

  public constructor(private readonly options: IstioSidecarOptions) {}

  public refuses(capability: Capability): Refusal | undefined {
    return LACKS[capability] ?? this.options.lacking[capability];
  }

  public dataPlaneIn(): string {
    return 'Istio sidecars';
  }

  public waypointsIn(): undefined {
    return undefined;
  }

  public isReadAtWaypoint(): boolean {
    return false;
  }

  public establish(scope: Construct, _model: MeshModel, namespace: NamespaceNode): void {
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

  public identify(scope: Construct, account: { readonly serviceAccount: string; readonly namespace: string }): void {
    emitServiceAccount(scope, account);
  }

  public deploy(scope: Construct, workload: WorkloadNode): void {
    emitDeployment(scope, workload, this.podMarks(workload));
  }

  /**
   * The workload waits for its sidecar, or its first requests would leave in plain text and be refused. A native sidecar
   * starts first anyway, and there Istio skips the setting.
   */
  public podMarks({ mediaPorts }: WorkloadNode): PodMarks {
    const excluded = mediaPorts.filter(({ protocol }) => protocol === 'TCP').map(({ port }) => port).join();
    return {
      annotations: {
        'proxy.istio.io/config': JSON.stringify({ holdApplicationUntilProxyStarts: true }),
        ...(excluded !== '' && { 'traffic.sidecar.istio.io/excludeInboundPorts': excluded }),
      },
    };
  }

  public offer(scope: Construct, model: MeshModel, workload: WorkloadNode, service: ServiceNode): void {
    emitService(scope, model, workload, service, {});
    emitTraffic(scope, service);
  }

  public protect(scope: Construct, id: string, model: MeshModel, workload: WorkloadNode, admissions: () => readonly Admission[]): void {
    emit(scope, id, AuthorizationPolicy, { name: `${workload.name}-floor`, namespace: workload.namespace }, {
      spec: () => allowConnections(model, { selector: { matchLabels: { ...workload.labels } } }, mergedAdmissions(admissions())),
    });
    emitRequestChecks(scope, workload.name, workload, { selector: { matchLabels: { ...workload.labels } } });
    emitCredentialsCheck(scope, 'pod-credentials', `${workload.name}-pod-credentials`, workload, { selector: { matchLabels: { ...workload.labels } } });
    this.show(scope, model, workload);
  }

  public admissions(_model: MeshModel, workload: WorkloadNode): readonly Admission[] {
    const ports = calledPorts(workload);
    return requestRules(workload).map(({ principals, ...requests }) => ({
      principals, ports, ...(Object.keys(requests).length > 0 && { requests }),
    }));
  }

  public confine(scope: Construct, workload: WorkloadNode, egress: WorkloadEgressFacts): void {
    emitConfinement(scope, workload, egress, ANY_POD_AND_NAMED_HOSTS);
  }

  public letOut(scope: Construct, model: MeshModel, host: OutsideHost): void {
    this.allowEgress(scope, egressOf(model, host));
  }

  public route(scope: Construct, _model: MeshModel, route: MeshRouteNode): void {
    emitServiceRoute(scope, route);
  }

  public allowEgress(scope: Construct, egress: EgressNode): void {
    emitExternalHosts(scope, egress);
  }

  public link(): void {}

  public check(model: MeshModel, isOwn: (namespace: string) => boolean): Problem[] {
    return checkSidecars(model, isOwn, this.options.revision);
  }

  public checkForeign(model: MeshModel, foreign: ForeignObjects, isOwn: (namespace: string) => boolean): Problem[] {
    return checkForeignSidecars(model, foreign, isOwn, this.options.revision);
  }
}
