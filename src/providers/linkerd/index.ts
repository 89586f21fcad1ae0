import { Construct } from 'constructs';
import { checkLinkerd } from './checks';
import { DEFAULT_CONTROL_PLANE, identityOf, LinkerdFacts } from './facts';
import { checkForeignLinkerd } from './foreign';
import { emitWorkloadPolicy } from './inbound';
import { SKIPPED } from './injection';
import { ADMIN, emitMetrics, proxyPortOf } from './metrics';
import { emitNamespace, podAnnotations } from './namespace';
import { emitExternalHosts, emitLink, emitRoute, serviceAnnotations, serviceLabels } from './outbound';
import { COUNTED_PROBES, probersOf } from './probes';
import { misreadByLinkerd } from './service-protocol';
import { ClusterLinkNode } from '../../model/cluster-link';
import { ConnectionRule } from '../../model/connection-rule';
import { EgressNode } from '../../model/egress';
import { egressOf, ExternalHost } from '../../model/external-host';
import { Feature, UnsupportedFeatures, Refusal } from '../../model/feature';
import { MeshModel, NamespaceNode } from '../../model/mesh';
import { CarryingPort, MeshLimitations, UDP } from '../../model/mesh-limitations';
import { MeshRouteNode } from '../../model/mesh-route';
import { isAnyone } from '../../model/principal';
import { Problem } from '../../model/problem';
import { ServiceNode } from '../../model/service';
import { calledPorts, WorkloadEgressFacts, WorkloadNode } from '../../model/workload';
import { McpProxyMembership, GatewayMembership, MeshBackend, PodMetadata, ServicePort } from '../backend';
import { ForeignObjects } from '../foreign/tree-object';
import { ANY_POD_AND_NAMED_HOSTS, emitEgressPolicy } from '../shared/egress-policy';
import { emitDeployment, emitServiceAccount } from '../workload/deployment';
import { emitService } from '../workload/service';

const UNSUPPORTED: UnsupportedFeatures = {
  'tool': { reason: 'Linkerd reads paths, methods and headers, not the MCP messages in the body', instead: 'GatewayProvider.agentgateway' },
  'origin-check': { reason: 'Linkerd allows requests and denies none', instead: 'GatewayProvider.agentgateway, or MeshProvider.istioAmbient or MeshProvider.istioSidecar' },
  'tool-tokens': { reason: 'Linkerd verifies no tokens', instead: 'GatewayProvider.agentgateway, or MeshProvider.istioAmbient or MeshProvider.istioSidecar' },
  'external-tools': { reason: 'Linkerd judges requests at pods of the mesh, and outside there is none', instead: 'GatewayProvider.agentgateway, or MeshProvider.istioAmbient' },
  'session-affinity': {
    reason: 'Linkerd chooses a pod for each request, whatever its headers say',
    instead: 'GatewayProvider.agentgateway, or MeshProvider.istioAmbient or MeshProvider.istioSidecar',
  },
  'pool': { reason: 'Linkerd knows no InferencePools, and its proxies ask no endpoint picker', instead: 'MeshProvider.istioAmbient or MeshProvider.istioSidecar' },
  'jwt': { reason: 'Linkerd verifies no tokens', instead: 'MeshProvider.istioAmbient or MeshProvider.istioSidecar' },
  'external-authorization': { reason: 'Linkerd asks nobody about requests', instead: 'MeshProvider.istioAmbient or MeshProvider.istioSidecar' },
  'waypoint': { reason: 'Linkerd has no waypoints; each pod\'s own proxy reads its requests', instead: 'MeshProvider.istioAmbient' },
};

/** Where the proxy of a pod takes what others bring (Linkerd 2.20, proxy ports). */
const INBOUND_PORT = 4143;

/** Port of the door, where clients from outside speak TLS of their own. */
const EDGE_PORT = 443;

/** Linkerd: each pod's own proxy proves identity, guards connections and reads requests. */
export class Linkerd implements MeshBackend {
  public readonly label = 'MeshProvider.linkerd';

  public readonly countedProbes = COUNTED_PROBES;

  /** Routes allow and take headers away; none denies. */
  public readonly credentials = 'stripped' as const;

  /** The proxy's, and the user that its own traffic is told by (Linkerd 2.20, proxy and proxyInit). */
  public readonly proxy = { ports: [4140, INBOUND_PORT, 4190, ADMIN.port], userIds: [2102], skipped: SKIPPED };

  /**
   * A gateway is a member by its own proxy, unless the injector skips its pods. What clients send to the port of its listeners, which
   * its container listens on itself (Istio 1.31, agentgateway template), goes past that proxy: TLS that ends in the gateway is opaque
   * to it, and it would deny them.
   */
  public readonly gateways: GatewayMembership;

  public readonly limitations: MeshLimitations = {
    probers: (workload) => probersOf(this.facts, workload),
    proxyPort: (isScraped) => proxyPortOf(this.facts, isScraped),
    outbound: 'what is named above, by the name that a caller states in TLS, and private networks; as far as the pods\' own proxies carry it: TCP',
    unchecked: [UDP],
  };

  /** Its own proxy sets who calls, and takes away what a caller set (Linkerd 2.20, l5d-client-id). */
  public readonly mcpProxies: McpProxyMembership;

  public constructor(private readonly facts: LinkerdFacts) {
    const endpoint = { opaquePorts: [], mediaPorts: [{ port: EDGE_PORT, protocol: 'TCP' as const }] };
    this.mcpProxies = {
      podMetadata: { annotations: podAnnotations(facts, { opaquePorts: [], mediaPorts: [] }) },
      speaksHbone: false,
      needsWorkloadPolicy: true,
      needsNamedHosts: true,
      matchOf: (principal) => ({ kind: 'header', name: 'l5d-client-id', ...(!isAnyone(principal) && { value: identityOf(facts, principal) }) }),
    };
    this.gateways = {
      edge: { annotations: podAnnotations(facts, endpoint) }, statusPorts: [ADMIN.port], acceptedTransports: [], innerIn: () => undefined,
    };
  }

  public refuses(feature: Feature): Refusal | undefined {
    return UNSUPPORTED[feature] ?? this.facts.unsupported[feature];
  }

  public dataPlaneIn(): string {
    const { controlPlaneNamespace } = this.facts;
    return controlPlaneNamespace === DEFAULT_CONTROL_PLANE ? 'Linkerd' : `Linkerd of ${controlPlaneNamespace}`;
  }

  public waypointsIn(): undefined {
    return undefined;
  }

  public isBehindWaypoint(): boolean {
    return false;
  }

  public enroll(scope: Construct, { scraper }: MeshModel, namespace: NamespaceNode): void {
    emitNamespace(scope, this.facts, namespace);
    if (scraper) emitMetrics(scope, this.facts, namespace.name, scraper);
  }

  public createServiceAccount(scope: Construct, account: { readonly serviceAccount: string; readonly namespace: string }): void {
    emitServiceAccount(scope, account);
  }

  public createDeployment(scope: Construct, workload: WorkloadNode): void {
    emitDeployment(scope, workload, this.podMetadata(workload));
  }

  /** Where Linkerd does not project tokens of its own, its injector passes by pods that have none. */
  public podMetadata(workload: WorkloadNode): PodMetadata {
    return { annotations: podAnnotations(this.facts, workload), needToken: true };
  }

  public createService(scope: Construct, model: MeshModel, workload: WorkloadNode, service: ServiceNode): void {
    emitService(scope, model, workload, service, { annotations: serviceAnnotations(service), labels: serviceLabels(service), opaqueProtocol: 'linkerd.io/opaque' });
  }

  public authorizePods(
    scope: Construct, id: string, model: MeshModel, workload: WorkloadNode, connectionRules: () => readonly ConnectionRule[],
  ): void {
    emitWorkloadPolicy(scope, id, model, this.facts, workload, connectionRules);
  }

  public connectionRules(_model: MeshModel, workload: WorkloadNode): readonly ConnectionRule[] {
    const { callers, requests } = workload;
    return callers.isEmpty ? [] : [{ principals: callers.principals, ports: calledPorts(workload), requests }];
  }

  public restrictEgress(scope: Construct, workload: WorkloadNode, egress: WorkloadEgressFacts): void {
    emitEgressPolicy(scope, workload, egress, ANY_POD_AND_NAMED_HOSTS);
  }

  public allowExternalHost(scope: Construct, model: MeshModel, host: ExternalHost): void {
    this.allowNamespaceEgress(scope, egressOf(model, host));
  }

  public splitTraffic(scope: Construct, _model: MeshModel, route: MeshRouteNode): void {
    emitRoute(scope, route);
  }

  public allowNamespaceEgress(scope: Construct, egress: EgressNode): void {
    emitExternalHosts(scope, egress);
  }

  public linkCluster(scope: Construct, link: ClusterLinkNode): void {
    emitLink(scope, link, this.facts.controlPlaneNamespace);
  }

  public check(model: MeshModel): Problem[] {
    return checkLinkerd(model, this.facts);
  }

  public carryingPortIn(): CarryingPort | undefined {
    return { port: INBOUND_PORT, by: `Linkerd's proxies bring it to port ${INBOUND_PORT}` };
  }

  public misreadPort(workload: WorkloadNode, port: ServicePort, annotations: Readonly<Record<string, unknown>>): string | undefined {
    return misreadByLinkerd(workload, port, annotations);
  }

  public checkForeign(model: MeshModel, foreign: ForeignObjects, isOwn: (namespace: string) => boolean): Problem[] {
    return checkForeignLinkerd(model, foreign, isOwn);
  }
}
