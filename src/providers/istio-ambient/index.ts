import { Construct } from 'constructs';
import { checkAmbient } from './checks';
import { compileFloor, meshAdmissions } from './floor';
import { checkForeignAmbient } from './foreign';
import { emitOutsideHost } from './outside';
import { AmbientWaypoints, waypointLabels } from './waypoint';
import { AuthorizationPolicy, PeerAuthenticationSpecMtlsMode } from '../../../imports/security.istio.io';
import { Admission } from '../../model/admission';
import { Capability, Lacking, Refusal } from '../../model/capability';
import { MeshModel, NamespaceNode } from '../../model/mesh';
import { MeshRouteNode } from '../../model/mesh-route';
import { UDP } from '../../model/mesh-tells';
import { OutsideHost } from '../../model/outside-host';
import { isAnyone } from '../../model/principal';
import { Problem } from '../../model/problem';
import { ServiceNode } from '../../model/service';
import { WorkloadEgressFacts, WorkloadNode } from '../../model/workload';
import { FrontMembership, GatewayMembership, MeshBackend, PodMarks, WaypointBackend } from '../backend';
import { emit, Meta } from '../emit';
import { ForeignObjects } from '../foreign/tree-object';
import { emitConfinement, HBONE_ALONE } from '../shared/confinement';
import { ISTIO_LACKS } from '../shared/istio-lacking';
import { emitIstioNamespace } from '../shared/istio-namespace';
import { LABELS } from '../shared/istio-targets';
import { emitServiceRoute, emitTraffic } from '../shared/istio-traffic';
import { emitDeployment, emitServiceAccount } from '../workload/deployment';
import { emitService } from '../workload/service';

const LACKS: Lacking = {
  ...ISTIO_LACKS,
  'egress': { reason: 'ztunnel passes on what it does not know', instead: '`egress` of each workload, MeshProvider.istioSidecar or MeshProvider.linkerd' },
  'tcp-media': {
    reason: 'ztunnel captures every TCP port of a pod or none, and that one of them takes plain text from everybody cannot be stated', instead: 'UDP, MeshProvider.istioSidecar or MeshProvider.linkerd',
  },
};

/** Istio's ambient mode: ztunnel proves identity and guards connections, waypoints read requests. */
export class IstioAmbient implements MeshBackend {
  public readonly label = 'MeshProvider.istioAmbient';

  /** Envoy can deny what a header says, and of one that pods' sidecars read nothing can be taken away. */
  public readonly credentials = 'refused' as const;

  /** ztunnel's in each pod (Istio 1.30, ambient). */
  public readonly proxy = { ports: [15001, 15006, 15008, 15020, 15021, 15053, 15080], userIds: [] };

  /**
   * An enrolled gateway that does not send HBONE itself: ztunnel encrypts what it sends, under its identity, and its
   * picker's choice of a pod is a plain address that Envoy finds among its endpoints. Either half alone fails without
   * any bad status: enrolled only, every pick is replaced by round robin; sending off only, mTLS refuses everything.
   */
  public readonly gateways: GatewayMembership = {
    edge: {},
    statusPorts: [],
    podsTake: ['hbone'],
    innerIn: () => ({ kind: 'captured', labels: { [LABELS.dataplaneMode]: 'ambient' }, environment: { ISTIO_META_DISABLE_HBONE_SEND: 'true' } }),
  };

  /**
   * A proxy of agentgateway speaks HBONE itself, with a certificate of the mesh; the label has callers' ztunnels speak it too.
   * Where they did not, nobody's identity would be seen and everybody refused.
   */
  public readonly fronts: FrontMembership = {
    marks: { labels: { [LABELS.dataplaneMode]: 'none', 'networking.istio.io/tunnel': 'http', [LABELS.useWaypoint]: 'none' } },
    speaksHbone: true,
    guarded: false,
    confined: false,
    proofOf: (principal) => ({ kind: 'peer', ...(!isAnyone(principal) && { principal }) }),
  };

  public readonly tells = {
    outbound: 'NOT LIMITED: ztunnel passes on what it does not know',
    unchecked: [UDP, 'sockets of its node (the kubelet, pods on the network of the node), whose calls ztunnel takes for probes: NOT CHECKED'],
  };

  private readonly waypoints = new AmbientWaypoints();

  /** `lacking` names what the release or the channel lacks. */
  public constructor(private readonly lacking: Lacking = {}) {}

  public refuses(capability: Capability): Refusal | undefined {
    return LACKS[capability] ?? this.lacking[capability];
  }

  public dataPlaneIn(): string {
    return 'Istio ambient';
  }

  public waypointsIn(): WaypointBackend {
    return this.waypoints;
  }

  public isReadAtWaypoint({ service }: WorkloadNode): boolean {
    return service?.waypoint !== undefined;
  }

  public establish(scope: Construct, _model: MeshModel, namespace: NamespaceNode): void {
    emitIstioNamespace(scope, namespace, { labels: this.namespaceLabels(namespace), mode: PeerAuthenticationSpecMtlsMode.STRICT });
  }

  public namespaceLabels(namespace: NamespaceNode): NonNullable<Meta['labels']> {
    const { name } = namespace;
    return {
      [LABELS.dataplaneMode]: 'ambient',
      [LABELS.useWaypoint]: () => namespace.waypoint?.name,
      [LABELS.useWaypointNamespace]: () => (namespace.waypoint && namespace.waypoint.namespace !== name ? namespace.waypoint.namespace : undefined),
    };
  }

  public identify(scope: Construct, account: { readonly serviceAccount: string; readonly namespace: string }): void {
    emitServiceAccount(scope, account);
  }

  public deploy(scope: Construct, workload: WorkloadNode): void {
    emitDeployment(scope, workload, this.podMarks());
  }

  /** The namespace's label is all that its pods need. */
  public podMarks(): PodMarks {
    return {};
  }

  public offer(scope: Construct, model: MeshModel, workload: WorkloadNode, service: ServiceNode): void {
    const labels = waypointLabels(service, model.namespaces.get(service.namespace), () => model.routesOf(workload).length > 0);
    emitService(scope, model, workload, service, { labels });
    emitTraffic(scope, service);
  }

  public protect(scope: Construct, id: string, model: MeshModel, workload: WorkloadNode, admissions: () => readonly Admission[]): void {
    emit(scope, id, AuthorizationPolicy, { name: `${workload.name}-floor`, namespace: workload.namespace }, {
      spec: () => compileFloor(model, workload, admissions()),
    });
  }

  public admissions(model: MeshModel, workload: WorkloadNode): readonly Admission[] {
    return meshAdmissions(model, workload);
  }

  public confine(scope: Construct, workload: WorkloadNode, egress: WorkloadEgressFacts): void {
    emitConfinement(scope, workload, egress, HBONE_ALONE);
  }

  public letOut(scope: Construct, model: MeshModel, host: OutsideHost): void {
    emitOutsideHost(scope, model, host);
  }

  public route(scope: Construct, _model: MeshModel, route: MeshRouteNode): void {
    emitServiceRoute(scope, route);
  }

  public allowEgress(): void {}

  public link(): void {}

  public check(model: MeshModel): Problem[] {
    return checkAmbient(model);
  }

  public checkForeign(model: MeshModel, foreign: ForeignObjects, isOwn: (namespace: string) => boolean): Problem[] {
    return checkForeignAmbient(model, foreign, isOwn);
  }
}
