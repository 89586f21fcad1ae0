import { Construct } from 'constructs';
import { checkAmbient } from './checks';
import { emitExternalHost } from './external-hosts';
import { checkForeignAmbient } from './foreign';
import { AmbientWaypoints, waypointLabels, waypointMetrics } from './waypoint';
import { compileWorkloadPolicy, meshConnectionRules } from './workload-policy';
import { PeerAuthenticationSpecMtlsMode } from '../../../imports/security.istio.io';
import { AccessLogFacts } from '../../model/access-logs';
import { Caller } from '../../model/callers';
import { ConnectionRule } from '../../model/connection-rule';
import { declaredRefusal, Feature, Refusal, UnsupportedFeatures } from '../../model/feature';
import { MeshModel, NamespaceNode } from '../../model/mesh';
import { CarryingPort, MeshLimitations, UDP } from '../../model/mesh-limitations';
import { isAnyone } from '../../model/principal';
import { Problem } from '../../model/problem';
import { ProxyMetrics } from '../../model/proxy-metrics';
import { ServiceNode } from '../../model/service';
import { WorkloadEgressFacts, WorkloadNode } from '../../model/workload';
import { ExternalHosts, GatewayMembership, McpProxyMembership, MeshBackend, MeshRoutes, PodMetadata, ServicePort, UnauthenticatedPorts } from '../backend';
import { Meta } from '../emit';
import { ForeignObjects } from '../foreign/tree-object';
import { emitAuthorizationPolicy } from '../istio-shared/authorization-policy';
import { emitEgressPolicy, HBONE_ALONE } from '../istio-shared/egress-policy';
import { emitIstioNamespace } from '../istio-shared/istio-namespace';
import { HBONE_PORT, LABELS } from '../istio-shared/istio-targets';
import { emitServiceRoute, emitTraffic } from '../istio-shared/istio-traffic';
import { misreadByIstio } from '../istio-shared/service-protocol';
import { emitUnauthenticatedPorts } from '../istio-shared/unauthenticated-ports';
import { UNSUPPORTED_BY_ISTIO } from '../istio-shared/unsupported-by-istio';
import { emitService } from '../workload/service';

const SUPPORTED: readonly Feature[] = [
  'identity', 'path', 'item', 'waypoint', 'pool', 'mesh-canary', 'mesh-mirror', 'mesh-timeouts', 'mesh-retries', 'fault-injection', 'jwt', 'external-authorization', 'circuit-breaking', 'connection-pool', 'origin-check',
  'external-tools', 'tool-tokens', 'named-hosts', 'tcp-hosts', 'private-hosts', 'closed-hosts', 'audit', 'external-networks', 'session-affinity', 'foreign-trust-domain', 'udp-media', 'unauthenticated-ports',
];

const UNSUPPORTED: UnsupportedFeatures = {
  ...UNSUPPORTED_BY_ISTIO,
  'egress': { reason: 'ztunnel does not restrict traffic to destinations that it does not know', instead: '`egress` of each workload, MeshProvider.istioSidecar or MeshProvider.linkerd' },
  'wildcard-hosts': {
    reason: 'a waypoint forwards TLS to wildcard hosts only if istiod has the experimental setting ENABLE_WILDCARD_HOST_SERVICE_ENTRIES_FOR_TLS', instead: 'exact names, MeshProvider.istioSidecar or MeshProvider.linkerd',
  },
  'tcp-media': {
    reason: 'ztunnel captures every TCP port of a pod or none, so a single port cannot be excluded from the mesh', instead: '`unauthenticatedPorts`, UDP, MeshProvider.istioSidecar or MeshProvider.linkerd',
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
   * and Envoy finds the plain address that the picker chose among its endpoints. Either setting alone fails without an error status. If it
   * is only enrolled, round robin replaces every pick. If only its HBONE sending is disabled, pods reject all its requests, because these
   * have no mutual TLS.
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

  public readonly limitations: MeshLimitations = {
    allowsUnnamedHosts: () => true,
    outbound: 'NOT LIMITED: ztunnel does not restrict traffic to destinations that it does not know',
    unchecked: [UDP, 'the kubelet, and any other process of the node and pod on the host network: ztunnel treats their calls as probes, NOT CHECKED'],
  };

  public readonly waypoints = new AmbientWaypoints();

  public readonly routes: MeshRoutes = { split: emitServiceRoute, limit: emitTraffic };

  public readonly unauthenticatedPorts: UnauthenticatedPorts = { open: emitUnauthenticatedPorts };

  public readonly externalHosts: ExternalHosts = { allow: emitExternalHost };

  /** `unsupported` lists the features that the release or the channel does not support. */
  public constructor(private readonly unsupported: UnsupportedFeatures, private readonly accessLogs: AccessLogFacts) {}

  public refuses(feature: Feature): Refusal | undefined {
    return declaredRefusal({ label: this.label, supported: SUPPORTED, unsupported: { ...UNSUPPORTED, ...this.unsupported } }, feature);
  }

  public proxyMetrics(model: MeshModel): readonly ProxyMetrics[] {
    return waypointMetrics(model);
  }

  public dataPlaneIn(): string {
    return 'Istio ambient';
  }

  public enroll(scope: Construct, model: MeshModel, namespace: NamespaceNode): void {
    const { STRICT: mode } = PeerAuthenticationSpecMtlsMode;
    emitIstioNamespace(scope, model, namespace, { labels: this.namespaceLabels(namespace), mode, accessLogs: this.accessLogs });
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
    const { name, namespace } = workload;
    emitAuthorizationPolicy(scope, 'workload-policy', model, { name: `${name}-workload`, namespace }, () => compileWorkloadPolicy(model, workload, connectionRules()));
  }

  public connectionRules(model: MeshModel, workload: WorkloadNode): readonly ConnectionRule[] {
    return meshConnectionRules(model, workload);
  }

  public restrictEgress(scope: Construct, workload: WorkloadNode, egress: WorkloadEgressFacts): void {
    emitEgressPolicy(scope, workload, egress, HBONE_ALONE);
  }

  public check(model: MeshModel): Problem[] {
    return checkAmbient(model, this.accessLogs);
  }

  public carryingPortIn(): CarryingPort | undefined {
    return { port: HBONE_PORT, by: `ztunnel sends all traffic of the mesh to port ${HBONE_PORT} of the pods` };
  }

  public misreadPort(workload: WorkloadNode, port: ServicePort): string | undefined {
    return misreadByIstio(workload, port);
  }

  public checkForeign(model: MeshModel, foreign: ForeignObjects, isOwn: (namespace: string) => boolean, proxies: readonly Caller[]): Problem[] {
    return checkForeignAmbient(model, foreign, isOwn, proxies);
  }
}
