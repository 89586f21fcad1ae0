import { Construct } from 'constructs';
import { checkLinkerd } from './checks';
import { DEFAULT_CONTROL_PLANE, identityOf, LinkerdFacts } from './facts';
import { checkForeignLinkerd } from './foreign';
import { emitWorkloadPolicy } from './inbound';
import { SKIPPED } from './injection';
import { ADMIN, emitMetrics, proxyPortOf } from './metrics';
import { emitNamespace, inboundPolicyIn, podAnnotations } from './namespace';
import { emitExternalHosts, emitExternalNetwork, emitLink, emitNamedHost, emitRoute, serviceAnnotations, serviceLabels } from './outbound';
import { COUNTED_PROBES, probersOf } from './probes';
import { misreadByLinkerd } from './service-protocol';
import { emitUnauthenticatedPorts } from './unauthenticated-ports';
import { ConnectionRule } from '../../model/connection-rule';
import { declaredRefusal, Feature, Refusal, UnsupportedFeatures } from '../../model/feature';
import { MeshModel, NamespaceNode } from '../../model/mesh';
import { CarryingPort, MeshLimitations, UDP } from '../../model/mesh-limitations';
import { portRules } from '../../model/port-rules';
import { isAnyone } from '../../model/principal';
import { Problem } from '../../model/problem';
import { ServiceNode } from '../../model/service';
import { calledPorts, WorkloadEgressFacts, WorkloadNode } from '../../model/workload';
import {
  ClusterLinks, ExternalHosts, ExternalNetworks, GatewayMembership, McpProxyMembership, MeshBackend, MeshRoutes, NamespaceEgress, PodMetadata,
  ServicePort, UnauthenticatedPorts,
} from '../backend';
import { ForeignObjects } from '../foreign/tree-object';
import { ANY_POD_AND_NAMED_HOSTS, emitEgressPolicy } from '../istio-shared/egress-policy';
import { CLOSED_BY_NAMESPACE } from '../istio-shared/unsupported-by-istio';
import { emitService } from '../workload/service';

const SUPPORTED: readonly Feature[] = [
  'identity', 'path', 'item', 'mesh-canary', 'mesh-timeouts', 'mesh-retries', 'rate-limit', 'circuit-breaking', 'tool-rate-limit', 'named-hosts',
  'wildcard-hosts', 'external-networks', 'audit', 'egress', 'federation', 'foreign-trust-domain', 'udp-media', 'tcp-media', 'unauthenticated-ports',
];

const UNSUPPORTED: UnsupportedFeatures = {
  'tool': { reason: 'Linkerd inspects paths, methods and headers, but not MCP messages in the body', instead: 'McpProvider.agentgateway' },
  'origin-check': { reason: 'Linkerd cannot deny requests by their `Origin` header and still allow requests without this header', instead: 'McpProvider.agentgateway, or MeshProvider.istioAmbient or MeshProvider.istioSidecar' },
  'tool-tokens': { reason: 'Linkerd does not verify tokens', instead: 'McpProvider.agentgateway, or MeshProvider.istioAmbient or MeshProvider.istioSidecar' },
  'external-tools': { reason: 'Linkerd authorizes requests at pods of the mesh, and an external server has no such pods', instead: 'McpProvider.agentgateway, or MeshProvider.istioAmbient' },
  'mesh-mirror': { reason: 'Linkerd has no route filter that copies requests', instead: 'MeshProvider.istioAmbient or MeshProvider.istioSidecar' },
  'fault-injection': { reason: 'Linkerd has no route filter that delays or aborts requests', instead: 'MeshProvider.istioAmbient or MeshProvider.istioSidecar' },
  'connection-pool': { reason: 'Linkerd\'s proxies have no limit of connections or pending requests', instead: 'MeshProvider.istioAmbient or MeshProvider.istioSidecar' },
  'session-affinity': {
    reason: 'Linkerd chooses a pod for each request and ignores the session header',
    instead: 'McpProvider.agentgateway, or MeshProvider.istioAmbient or MeshProvider.istioSidecar',
  },
  'pool': { reason: 'Linkerd does not support InferencePool, and its proxies do not call an endpoint picker', instead: 'MeshProvider.istioAmbient or MeshProvider.istioSidecar' },
  'jwt': { reason: 'Linkerd does not verify tokens', instead: 'MeshProvider.istioAmbient or MeshProvider.istioSidecar' },
  'external-authorization': { reason: 'Linkerd does not support external authorization', instead: 'MeshProvider.istioAmbient or MeshProvider.istioSidecar' },
  'tcp-hosts': {
    reason: 'without TLS Linkerd does not see which host name is called, and it does not resolve names itself', instead: 'the network of the host in `networks` of `egress`, MeshProvider.istioAmbient or MeshProvider.istioSidecar',
  },
  'private-hosts': {
    reason: 'Linkerd treats private addresses as part of the cluster and does not check host names there', instead: 'the network of the host in `networks` of `egress`, MeshProvider.istioAmbient or MeshProvider.istioSidecar',
  },
  'closed-hosts': CLOSED_BY_NAMESPACE,
  'waypoint': { reason: 'Linkerd has no waypoints; the proxy of the called pod inspects the requests instead', instead: 'MeshProvider.istioAmbient' },
};

/** Port at which the proxy of a pod accepts connections from other pods (Linkerd 2.20, proxy ports). */
const INBOUND_PORT = 4143;

/** Port of the edge gateway, where external clients use their own TLS. */
const EDGE_PORT = 443;

/** Linkerd: the proxy of each pod authenticates callers, authorizes connections and inspects requests. */
export class Linkerd implements MeshBackend {
  public readonly label = 'MeshProvider.linkerd';

  public readonly countedProbes = COUNTED_PROBES;

  /** Routes can allow requests and strip headers, but they cannot deny requests. */
  public readonly credentials = 'stripped' as const;

  /** Ports of the proxy, and the user id that identifies its own traffic (Linkerd 2.20, proxy and proxyInit). */
  public readonly proxy = { ports: [4140, INBOUND_PORT, 4190, ADMIN.port], userIds: [2102], skipped: SKIPPED };

  /**
   * Membership of gateways. A gateway joins the mesh through its own proxy, unless the injector skips its pods. Traffic to the port of its
   * listeners bypasses the Linkerd proxy (Istio 1.31, agentgateway template), because the gateway terminates the TLS of clients, and the
   * Linkerd proxy would deny these clients.
   */
  public readonly gateways: GatewayMembership;

  public readonly limitations: MeshLimitations = {
    probers: (workload) => probersOf(this.facts, workload),
    proxyPort: (isScraped) => proxyPortOf(this.facts, isScraped),
    allowsUnnamedHosts: () => false,
    hostsAreShared: true,
    openNetworks: 'private networks',
    outbound: 'only the destinations above, by the TLS server name (SNI) that the caller sends, and private networks; this applies to TCP, which is all that the proxies carry',
    unchecked: [UDP],
  };

  /**
   * Membership of MCP proxies. The Linkerd proxy sets the header with the caller identity, and strips it from incoming requests (Linkerd
   * 2.20, l5d-client-id).
   */
  public readonly mcpProxies: McpProxyMembership;

  public readonly routes: MeshRoutes = { split: emitRoute };

  public readonly externalHosts: ExternalHosts = { isByPort: true, allow: (scope, _model, host) => emitNamedHost(scope, host) };

  public readonly externalNetworks: ExternalNetworks = { allow: emitExternalNetwork };

  public readonly namespaceEgress: NamespaceEgress = { allow: emitExternalHosts };

  public readonly unauthenticatedPorts: UnauthenticatedPorts = { open: emitUnauthenticatedPorts };

  public readonly clusterLinks: ClusterLinks = { link: (scope, link) => emitLink(scope, link, this.facts.controlPlaneNamespace) };

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
    return declaredRefusal({ label: this.label, supported: SUPPORTED, unsupported: { ...UNSUPPORTED, ...this.facts.unsupported } }, feature);
  }

  public dataPlaneIn(): string {
    const { controlPlaneNamespace } = this.facts;
    return controlPlaneNamespace === DEFAULT_CONTROL_PLANE ? 'Linkerd' : `Linkerd of ${controlPlaneNamespace}`;
  }

  public enroll(scope: Construct, model: MeshModel, namespace: NamespaceNode): void {
    const { scraper } = model;
    emitNamespace(scope, this.facts, namespace, model);
    // Routes of the admin port would deny every other request; the default policy reports all of them.
    if (scraper && !model.isAuditOnly(namespace.name)) emitMetrics(scope, this.facts, namespace.name, scraper);
  }

  /** Returns pod metadata. The pods need an API token: if Linkerd does not project tokens itself, its injector skips pods without one. */
  public podMetadata(workload: WorkloadNode, model: MeshModel): PodMetadata {
    return { annotations: podAnnotations(this.facts, workload, inboundPolicyIn(model, workload.namespace)), needToken: true };
  }

  public createService(scope: Construct, model: MeshModel, workload: WorkloadNode, service: ServiceNode): void {
    emitService(scope, model, workload, service, { annotations: serviceAnnotations(service), labels: serviceLabels(service), opaqueProtocol: 'linkerd.io/opaque' });
  }

  public authorizePods(scope: Construct, model: MeshModel, workload: WorkloadNode, connectionRules: () => readonly ConnectionRule[]): void {
    emitWorkloadPolicy(scope, model, this.facts, workload, connectionRules);
  }

  public connectionRules(_model: MeshModel, workload: WorkloadNode): readonly ConnectionRule[] {
    const { callers, requests } = workload;
    return [...callers.isEmpty ? [] : [{ principals: callers.principals, ports: calledPorts(workload), requests }], ...portRules(workload)];
  }

  public restrictEgress(scope: Construct, workload: WorkloadNode, egress: WorkloadEgressFacts): void {
    emitEgressPolicy(scope, workload, egress, ANY_POD_AND_NAMED_HOSTS);
  }

  public check(model: MeshModel): Problem[] {
    return checkLinkerd(model, this.facts);
  }

  public carryingPortIn(): CarryingPort | undefined {
    return { port: INBOUND_PORT, by: `Linkerd sends all traffic of the mesh to port ${INBOUND_PORT} of the pods` };
  }

  public misreadPort(workload: WorkloadNode, port: ServicePort, annotations: Readonly<Record<string, unknown>>): string | undefined {
    return misreadByLinkerd(workload, port, annotations);
  }

  public checkForeign(model: MeshModel, foreign: ForeignObjects, isOwn: (namespace: string) => boolean): Problem[] {
    return checkForeignLinkerd(model, foreign, isOwn);
  }
}
