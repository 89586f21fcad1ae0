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
import { ConnectionRule } from '../../model/connection-rule';
import { egressOf } from '../../model/external-host';
import { declaredRefusal, Feature, Refusal, UnsupportedFeatures } from '../../model/feature';
import { MeshModel, NamespaceNode } from '../../model/mesh';
import { CarryingPort, MeshLimitations, UDP } from '../../model/mesh-limitations';
import { isAnyone } from '../../model/principal';
import { Problem } from '../../model/problem';
import { ServiceNode } from '../../model/service';
import { calledPorts, WorkloadEgressFacts, WorkloadNode } from '../../model/workload';
import {
  ClusterLinks, ExternalHosts, GatewayMembership, McpProxyMembership, MeshBackend, MeshRoutes, NamespaceEgress, PodMetadata, ServicePort,
} from '../backend';
import { ForeignObjects } from '../foreign/tree-object';
import { ANY_POD_AND_NAMED_HOSTS, emitEgressPolicy } from '../istio-shared/egress-policy';
import { emitService } from '../workload/service';

const SUPPORTED: readonly Feature[] = [
  'identity', 'path', 'item', 'mesh-canary', 'mesh-timeouts', 'mesh-retries', 'rate-limit', 'circuit-breaking', 'tool-rate-limit', 'named-hosts', 'egress', 'federation',
  'foreign-trust-domain', 'udp-media', 'tcp-media',
];

const UNSUPPORTED: UnsupportedFeatures = {
  'tool': { reason: 'Linkerd reads paths, methods and headers, not the MCP messages in the body', instead: 'McpProvider.agentgateway' },
  'origin-check': { reason: 'Linkerd has rules that allow requests, but none that deny them', instead: 'McpProvider.agentgateway, or MeshProvider.istioAmbient or MeshProvider.istioSidecar' },
  'tool-tokens': { reason: 'Linkerd does not verify tokens', instead: 'McpProvider.agentgateway, or MeshProvider.istioAmbient or MeshProvider.istioSidecar' },
  'external-tools': { reason: 'Linkerd authorizes requests at pods of the mesh, and an external server has no such pods', instead: 'McpProvider.agentgateway, or MeshProvider.istioAmbient' },
  'session-affinity': {
    reason: 'Linkerd chooses a pod for each request, whatever its headers say',
    instead: 'McpProvider.agentgateway, or MeshProvider.istioAmbient or MeshProvider.istioSidecar',
  },
  'pool': { reason: 'Linkerd does not support InferencePool, and its proxies do not call an endpoint picker', instead: 'MeshProvider.istioAmbient or MeshProvider.istioSidecar' },
  'jwt': { reason: 'Linkerd does not verify tokens', instead: 'MeshProvider.istioAmbient or MeshProvider.istioSidecar' },
  'external-authorization': { reason: 'Linkerd does not support external authorization', instead: 'MeshProvider.istioAmbient or MeshProvider.istioSidecar' },
  'waypoint': { reason: 'Linkerd has no waypoints; the proxy of each pod inspects its requests', instead: 'MeshProvider.istioAmbient' },
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
   * Membership of gateways. A gateway joins the mesh through its own proxy, unless the injector skips its pods. Traffic to the port of
   * its listeners, on which its container listens itself, bypasses that proxy (Istio 1.31, agentgateway template). TLS that ends at the
   * gateway is opaque to the proxy, which would deny the clients.
   */
  public readonly gateways: GatewayMembership;

  public readonly limitations: MeshLimitations = {
    probers: (workload) => probersOf(this.facts, workload),
    proxyPort: (isScraped) => proxyPortOf(this.facts, isScraped),
    outbound: 'only the destinations named above, by the TLS server name (SNI) of the caller, and private networks; for the traffic that the proxies carry: TCP',
    unchecked: [UDP],
  };

  /**
   * Membership of MCP proxies. The Linkerd proxy sets the header with the caller identity, and strips it from incoming requests (Linkerd
   * 2.20, l5d-client-id).
   */
  public readonly mcpProxies: McpProxyMembership;

  public readonly routes: MeshRoutes = { split: emitRoute };

  public readonly externalHosts: ExternalHosts = { allow: (scope, model, host) => emitExternalHosts(scope, egressOf(model, host)) };

  public readonly namespaceEgress: NamespaceEgress = { allow: emitExternalHosts };

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

  public enroll(scope: Construct, { scraper }: MeshModel, namespace: NamespaceNode): void {
    emitNamespace(scope, this.facts, namespace);
    if (scraper) emitMetrics(scope, this.facts, namespace.name, scraper);
  }

  /** Returns pod metadata. If Linkerd does not project its own tokens, its injector skips pods without an API token. */
  public podMetadata(workload: WorkloadNode): PodMetadata {
    return { annotations: podAnnotations(this.facts, workload), needToken: true };
  }

  public createService(scope: Construct, model: MeshModel, workload: WorkloadNode, service: ServiceNode): void {
    emitService(scope, model, workload, service, { annotations: serviceAnnotations(service), labels: serviceLabels(service), opaqueProtocol: 'linkerd.io/opaque' });
  }

  public authorizePods(scope: Construct, model: MeshModel, workload: WorkloadNode, connectionRules: () => readonly ConnectionRule[]): void {
    emitWorkloadPolicy(scope, model, this.facts, workload, connectionRules);
  }

  public connectionRules(_model: MeshModel, workload: WorkloadNode): readonly ConnectionRule[] {
    const { callers, requests } = workload;
    return callers.isEmpty ? [] : [{ principals: callers.principals, ports: calledPorts(workload), requests }];
  }

  public restrictEgress(scope: Construct, workload: WorkloadNode, egress: WorkloadEgressFacts): void {
    emitEgressPolicy(scope, workload, egress, ANY_POD_AND_NAMED_HOSTS);
  }

  public check(model: MeshModel): Problem[] {
    return checkLinkerd(model, this.facts);
  }

  public carryingPortIn(): CarryingPort | undefined {
    return { port: INBOUND_PORT, by: `Linkerd's proxies deliver traffic at port ${INBOUND_PORT}` };
  }

  public misreadPort(workload: WorkloadNode, port: ServicePort, annotations: Readonly<Record<string, unknown>>): string | undefined {
    return misreadByLinkerd(workload, port, annotations);
  }

  public checkForeign(model: MeshModel, foreign: ForeignObjects, isOwn: (namespace: string) => boolean): Problem[] {
    return checkForeignLinkerd(model, foreign, isOwn);
  }
}
