import { Construct } from 'constructs';
import { checkAmbient } from './checks';
import { emitExternalHost } from './external-hosts';
import { checkForeignAmbient } from './foreign';
import { AmbientWaypoints, waypointLabels } from './waypoint';
import { compileWorkloadPolicy, meshConnectionRules } from './workload-policy';
import { AuthorizationPolicy, PeerAuthenticationSpecMtlsMode } from '../../../imports/security.istio.io';
import { ConnectionRule } from '../../model/connection-rule';
import { ExternalHost } from '../../model/external-host';
import { Feature, UnsupportedFeatures, Refusal } from '../../model/feature';
import { MeshModel, NamespaceNode } from '../../model/mesh';
import { CarryingPort, UDP } from '../../model/mesh-limitations';
import { MeshRouteNode } from '../../model/mesh-route';
import { isAnyone } from '../../model/principal';
import { Problem } from '../../model/problem';
import { ServiceNode } from '../../model/service';
import { WorkloadEgressFacts, WorkloadNode } from '../../model/workload';
import { McpProxyMembership, GatewayMembership, MeshBackend, PodMetadata, ServicePort, WaypointBackend } from '../backend';
import { emit, Meta } from '../emit';
import { ForeignObjects } from '../foreign/tree-object';
import { emitEgressPolicy, HBONE_ALONE } from '../shared/egress-policy';
import { emitIstioNamespace } from '../shared/istio-namespace';
import { HBONE_PORT, LABELS } from '../shared/istio-targets';
import { emitServiceRoute, emitTraffic } from '../shared/istio-traffic';
import { misreadByIstio } from '../shared/service-protocol';
import { UNSUPPORTED_BY_ISTIO } from '../shared/unsupported-by-istio';
import { emitDeployment, emitServiceAccount } from '../workload/deployment';
import { emitService } from '../workload/service';

const UNSUPPORTED: UnsupportedFeatures = {
  ...UNSUPPORTED_BY_ISTIO,
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
    acceptedTransports: ['hbone'],
    innerIn: () => ({ kind: 'captured', labels: { [LABELS.dataplaneMode]: 'ambient' }, environment: { ISTIO_META_DISABLE_HBONE_SEND: 'true' } }),
  };

  /**
   * A proxy of agentgateway speaks HBONE itself, with a certificate of the mesh; the label has callers' ztunnels speak it too.
   * Where they did not, nobody's identity would be seen and everybody refused.
   */
  public readonly mcpProxies: McpProxyMembership = {
    podMetadata: { labels: { [LABELS.dataplaneMode]: 'none', 'networking.istio.io/tunnel': 'http', [LABELS.useWaypoint]: 'none' } },
    speaksHbone: true,
    needsWorkloadPolicy: false,
    needsNamedHosts: false,
    matchOf: (principal) => ({ kind: 'peer', ...(!isAnyone(principal) && { principal }) }),
  };

  public readonly limitations = {
    outbound: 'NOT LIMITED: ztunnel passes on what it does not know',
    unchecked: [UDP, 'sockets of its node (the kubelet, pods on the network of the node), whose calls ztunnel takes for probes: NOT CHECKED'],
  };

  private readonly waypoints = new AmbientWaypoints();

  /** `lacking` names what the release or the channel lacks. */
  public constructor(private readonly unsupported: UnsupportedFeatures = {}) {}

  public refuses(feature: Feature): Refusal | undefined {
    return UNSUPPORTED[feature] ?? this.unsupported[feature];
  }

  public dataPlaneIn(): string {
    return 'Istio ambient';
  }

  public waypointsIn(): WaypointBackend {
    return this.waypoints;
  }

  public isBehindWaypoint({ service }: WorkloadNode): boolean {
    return service?.waypoint !== undefined;
  }

  public enroll(scope: Construct, _model: MeshModel, namespace: NamespaceNode): void {
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

  public createServiceAccount(scope: Construct, account: { readonly serviceAccount: string; readonly namespace: string }): void {
    emitServiceAccount(scope, account);
  }

  public createDeployment(scope: Construct, workload: WorkloadNode): void {
    emitDeployment(scope, workload, this.podMetadata());
  }

  /** The namespace's label is all that its pods need. */
  public podMetadata(): PodMetadata {
    return {};
  }

  public createService(scope: Construct, model: MeshModel, workload: WorkloadNode, service: ServiceNode): void {
    const labels = waypointLabels(service, model.namespaces.get(service.namespace), () => model.routesOf(workload).length > 0);
    emitService(scope, model, workload, service, { labels });
    emitTraffic(scope, service);
  }

  public authorizePods(
    scope: Construct, id: string, model: MeshModel, workload: WorkloadNode, connectionRules: () => readonly ConnectionRule[],
  ): void {
    emit(scope, id, AuthorizationPolicy, { name: `${workload.name}-workload`, namespace: workload.namespace }, {
      spec: () => compileWorkloadPolicy(model, workload, connectionRules()),
    });
  }

  public connectionRules(model: MeshModel, workload: WorkloadNode): readonly ConnectionRule[] {
    return meshConnectionRules(model, workload);
  }

  public restrictEgress(scope: Construct, workload: WorkloadNode, egress: WorkloadEgressFacts): void {
    emitEgressPolicy(scope, workload, egress, HBONE_ALONE);
  }

  public allowExternalHost(scope: Construct, model: MeshModel, host: ExternalHost): void {
    emitExternalHost(scope, model, host);
  }

  public splitTraffic(scope: Construct, _model: MeshModel, route: MeshRouteNode): void {
    emitServiceRoute(scope, route);
  }

  public allowNamespaceEgress(): void {}

  public linkCluster(): void {}

  public check(model: MeshModel): Problem[] {
    return checkAmbient(model);
  }

  public carryingPortIn(): CarryingPort | undefined {
    return { port: HBONE_PORT, by: `ztunnel brings it to port ${HBONE_PORT}` };
  }

  public misreadPort(workload: WorkloadNode, port: ServicePort): string | undefined {
    return misreadByIstio(workload, port);
  }

  public checkForeign(model: MeshModel, foreign: ForeignObjects, isOwn: (namespace: string) => boolean): Problem[] {
    return checkForeignAmbient(model, foreign, isOwn);
  }
}
