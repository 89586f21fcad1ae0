import { Construct } from 'constructs';
import { checkAmbient } from './checks';
import { emitExternalHost } from './external-hosts';
import { checkForeignAmbient } from './foreign';
import { AmbientWaypoints, waypointLabels } from './waypoint';
import { compileWorkloadPolicy, meshConnectionRules } from './workload-policy';
import { AuthorizationPolicy, PeerAuthenticationSpecMtlsMode } from '../../../imports/security.istio.io';
import { Caller } from '../../model/callers';
import { ConnectionRule } from '../../model/connection-rule';
import { declaredRefusal, Feature, Refusal, UnsupportedFeatures } from '../../model/feature';
import { MeshModel, NamespaceNode } from '../../model/mesh';
import { CarryingPort, UDP } from '../../model/mesh-limitations';
import { isAnyone } from '../../model/principal';
import { Problem } from '../../model/problem';
import { ServiceNode } from '../../model/service';
import { WorkloadEgressFacts, WorkloadNode } from '../../model/workload';
import { ExternalHosts, GatewayMembership, McpProxyMembership, MeshBackend, MeshRoutes, PodMetadata, ServicePort } from '../backend';
import { emit, Meta } from '../emit';
import { ForeignObjects } from '../foreign/tree-object';
import { emitEgressPolicy, HBONE_ALONE } from '../istio-shared/egress-policy';
import { emitIstioNamespace } from '../istio-shared/istio-namespace';
import { HBONE_PORT, LABELS } from '../istio-shared/istio-targets';
import { emitServiceRoute, emitTraffic } from '../istio-shared/istio-traffic';
import { misreadByIstio } from '../istio-shared/service-protocol';
import { UNSUPPORTED_BY_ISTIO } from '../istio-shared/unsupported-by-istio';
import { emitService } from '../workload/service';

const SUPPORTED: readonly Feature[] = [
  'identity', 'path', 'item', 'waypoint', 'pool', 'mesh-canary', 'mesh-timeouts', 'mesh-retries', 'jwt', 'external-authorization', 'circuit-breaking', 'origin-check',
  'external-tools', 'tool-tokens', 'named-hosts', 'session-affinity', 'foreign-trust-domain', 'udp-media',
];

const UNSUPPORTED: UnsupportedFeatures = {
  ...UNSUPPORTED_BY_ISTIO,
  'egress': { reason: 'ztunnel passes traffic to unknown destinations through', instead: '`egress` of each workload, MeshProvider.istioSidecar or MeshProvider.linkerd' },
  'tcp-media': {
    reason: 'ztunnel captures every TCP port of a pod or none, so a single port cannot accept plain text from every client', instead: 'UDP, MeshProvider.istioSidecar or MeshProvider.linkerd',
  },
};

/** Istio ambient mode: ztunnel authenticates and authorizes connections, waypoints inspect requests. */
export class IstioAmbient implements MeshBackend {
  public readonly label = 'MeshProvider.istioAmbient';

  /** Envoy authorization can deny a request by a header, but it cannot strip the header. */
  public readonly credentials = 'refused' as const;

  /** Ports of ztunnel in each pod (Istio 1.30, ambient). */
  public readonly proxy = { ports: [15001, 15006, 15008, 15020, 15021, 15053, 15080], userIds: [] };

  /**
   * Membership of gateways. The inner gateway is enrolled and does not send HBONE itself: ztunnel encrypts its traffic with its identity,
   * and Envoy finds the plain address that the picker chose among its endpoints. Either setting alone fails without a bad status.
   * Enrolled only, round robin replaces every pick. With HBONE sending disabled only, mutual TLS rejects everything.
   */
  public readonly gateways: GatewayMembership = {
    edge: {},
    statusPorts: [],
    acceptedTransports: ['hbone'],
    innerIn: () => ({ kind: 'captured', labels: { [LABELS.dataplaneMode]: 'ambient' }, environment: { ISTIO_META_DISABLE_HBONE_SEND: 'true' } }),
  };

  /**
   * Membership of MCP proxies. agentgateway speaks HBONE itself, with a certificate of the mesh. The tunnel label makes the ztunnels of
   * callers use HBONE too. Without it the proxy sees no caller identity and denies every request.
   */
  public readonly mcpProxies: McpProxyMembership = {
    podMetadata: { labels: { [LABELS.dataplaneMode]: 'none', 'networking.istio.io/tunnel': 'http', [LABELS.useWaypoint]: 'none' } },
    speaksHbone: true,
    needsWorkloadPolicy: false,
    needsNamedHosts: false,
    matchOf: (principal) => ({ kind: 'peer', ...(!isAnyone(principal) && { principal }) }),
  };

  public readonly limitations = {
    outbound: 'NOT LIMITED: ztunnel passes traffic to unknown destinations through',
    unchecked: [UDP, 'sockets of its node (the kubelet, pods on the host network), whose calls ztunnel treats as probes: NOT CHECKED'],
  };

  public readonly waypoints = new AmbientWaypoints();

  public readonly routes: MeshRoutes = { split: emitServiceRoute };

  public readonly externalHosts: ExternalHosts = { allow: emitExternalHost };

  /** `unsupported` lists the features that the release or the channel does not support. */
  public constructor(private readonly unsupported: UnsupportedFeatures = {}) {}

  public refuses(feature: Feature): Refusal | undefined {
    return declaredRefusal({ label: this.label, supported: SUPPORTED, unsupported: { ...UNSUPPORTED, ...this.unsupported } }, feature);
  }

  public dataPlaneIn(): string {
    return 'Istio ambient';
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

  /** Returns no pod metadata: the namespace label enrols the pods. */
  public podMetadata(): PodMetadata {
    return {};
  }

  public createService(scope: Construct, model: MeshModel, workload: WorkloadNode, service: ServiceNode): void {
    const labels = waypointLabels(service, model.namespaces.get(service.namespace), () => model.routesOf(workload).length > 0);
    emitService(scope, model, workload, service, { labels });
    emitTraffic(scope, service);
  }

  public authorizePods(
    scope: Construct, model: MeshModel, workload: WorkloadNode, connectionRules: () => readonly ConnectionRule[],
  ): void {
    emit(scope, 'workload-policy', AuthorizationPolicy, { name: `${workload.name}-workload`, namespace: workload.namespace }, {
      spec: () => compileWorkloadPolicy(model, workload, connectionRules()),
    });
  }

  public connectionRules(model: MeshModel, workload: WorkloadNode): readonly ConnectionRule[] {
    return meshConnectionRules(model, workload);
  }

  public restrictEgress(scope: Construct, workload: WorkloadNode, egress: WorkloadEgressFacts): void {
    emitEgressPolicy(scope, workload, egress, HBONE_ALONE);
  }

  public check(model: MeshModel): Problem[] {
    return checkAmbient(model);
  }

  public carryingPortIn(): CarryingPort | undefined {
    return { port: HBONE_PORT, by: `ztunnel delivers traffic at port ${HBONE_PORT}` };
  }

  public misreadPort(workload: WorkloadNode, port: ServicePort): string | undefined {
    return misreadByIstio(workload, port);
  }

  public checkForeign(model: MeshModel, foreign: ForeignObjects, isOwn: (namespace: string) => boolean, proxies: readonly Caller[]): Problem[] {
    return checkForeignAmbient(model, foreign, isOwn, proxies);
  }
}
