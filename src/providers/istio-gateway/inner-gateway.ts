import { Yaml } from 'cdk8s';
import { k8s } from 'cdk8s-plus-30';
import { Construct } from 'constructs';
import { serviceName } from './class';
import { compileStrippedHeaders } from './stripped-headers';
import { Gateway, GatewaySpec, GatewaySpecListeners, GatewaySpecListenersTlsMode, HttpRouteSpec, HttpRouteSpecRules } from '../../../imports/gateway.networking.k8s.io';
import {
  DestinationRule, DestinationRuleSpec, DestinationRuleSpecTrafficPolicyPortLevelSettingsConnectionPoolHttpH2UpgradePolicy,
  DestinationRuleSpecTrafficPolicyPortLevelSettingsTlsMode, DestinationRuleSpecTrafficPolicyTlsMode,
} from '../../../imports/networking.istio.io';
import { AuthorizationPolicySpec, RequestAuthentication } from '../../../imports/security.istio.io';
import { ConnectionRule } from '../../model/connection-rule';
import { GatewayNode } from '../../model/gateway';
import { shardOf } from '../../model/inner-port';
import { MeshModel } from '../../model/mesh';
import { sessionHeadersAt } from '../../model/picker/sessions';
import { PoolNode } from '../../model/pool';
import { Principal } from '../../model/principal';
import { MERGED_METRICS } from '../../model/proxy-metrics';
import { serviceHost, ServiceNode } from '../../model/service';
import { boundedName } from '../../model/short-hash';
import { InnerMembership } from '../backend';
import { emit } from '../emit';
import { ClosedPods } from '../foreign/gateway-ingress';
import { emitAuthorizationPolicy } from '../istio-shared/authorization-policy';
import { allowedRoutes } from '../istio-shared/edge-gateway';
import { allowConnections, allowHosts, allowHostsFrom } from '../istio-shared/istio-authorization';
import { gatewayRef, HBONE_PORT, LABELS } from '../istio-shared/istio-targets';
import { tcpPort } from '../istio-shared/network-port';
import { ENVOY_CONTAINER } from '../istio-shared/skipped-gateways';

/** Source address of kubelet probes to a captured pod (Istio 1.30, ambient and NetworkPolicy). */
const PROBE_ADDRESS = '169.254.7.127/32';

/**
 * The gateway between the edge gateway and the pools of one namespace. An edge gateway for external clients cannot always be a member of
 * the mesh. The inner gateway is a member, so its traffic to the pod that the picker chose uses mutual TLS with its identity. It has one
 * port per pool, so that the weights of the edge gateway select the pool, and each pool uses its picker.
 */
export interface InnerGateway {
  readonly name: string;
  readonly namespace: string;
  readonly className: string;
  readonly gateway: GatewayNode;
  /** Its number among the inner gateways of the namespace, which share the pools. */
  readonly shard: number;
}

/** Returns the inner gateway in front of a pool. */
export function innerGatewayOf({ name: pool, namespace, gateway }: PoolNode, className: string): InnerGateway {
  const shard = shardOf(pool, gateway.poolShards ?? 1);
  return { name: innerGatewayName(gateway, namespace, { className, shard }), namespace, className, gateway, shard };
}

/** Suffix of the inner gateway, appended to the name of the edge gateway. istiod appends the class name. */
export const INNER_SUFFIX = '-inner';

/** Maximum length of a Service name. istiod names a Service after the gateway. */
const MOST_NAME = 63;

/**
 * Returns the name of the inner gateway. Each namespace with pools of the gateway has one, or `poolShards` of them. Outside the namespace of the mesh, the name
 * also contains the namespace. Without an edge gateway it has the name of the gateway. All but the first of a namespace have a number.
 */
function innerGatewayName(
  { name, meshNamespace, inMesh }: GatewayNode, namespace: string, { className, shard }: Pick<InnerGateway, 'className' | 'shard'>,
): string {
  const stem = inMesh ? name : `${name}${INNER_SUFFIX}`;
  const parts = [stem, ...namespace === meshNamespace ? [] : [namespace], ...shard === 0 ? [] : [shard]];
  return parts.length === 1 ? stem : boundedName(parts.join('-'), MOST_NAME - serviceName('', className).length);
}

/** Returns the name of a further gateway beside an inner gateway. */
export function namedAfter({ name, className }: InnerGateway, suffix: string): string {
  return boundedName(`${name}-${suffix}`, MOST_NAME - serviceName('', className).length);
}

export function innerPools(model: MeshModel, inner: InnerGateway): PoolNode[] {
  return model.poolsOf(inner.gateway)
    .filter((pool) => pool.namespace === inner.namespace && innerGatewayOf(pool, inner.className).shard === inner.shard)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** A port of an inner gateway. */
export interface InnerListener {
  readonly name: string;
  readonly innerPort: number;
}

/** Context of an inner gateway. */
export interface InnerPlace {
  /** Returns its ports, when the objects are written. */
  readonly listeners: () => readonly InnerListener[];
  /** Returns the headers of tenants that the gateway before it sets for every request. */
  readonly setHeaders: () => readonly string[];
  readonly membership: InnerMembership;
  /** Returns the identity of the edge gateway. It is computed when the objects are written. Undefined if only callers in the mesh reach the pools. */
  readonly endpoint?: () => Principal;
  /** Whether its Service needs the label that excludes it from waypoints. */
  readonly mayBeRead: () => boolean;
}

export function emitInnerGateway(scope: Construct, model: MeshModel, inner: InnerGateway, place: InnerPlace): void {
  const { name, namespace } = inner;
  const { membership } = place;
  if (membership.kind === 'captured') {
    // Emitted before the Gateway, because istiod deploys no gateway without its parameters.
    emit(scope, 'parameters', k8s.KubeConfigMap, { name, namespace }, { data: () => ({ deployment: deploymentPatch(membership.environment) }) });
  }
  emit(scope, 'gateway', Gateway, { name, namespace, annotations: { 'networking.istio.io/service-type': 'ClusterIP' } }, {
    spec: () => compileInnerGateway(inner, membership, place.listeners(), place.mayBeRead()),
  });
  if (!model.isAuditOnly(namespace)) emit(scope, 'picker-headers', RequestAuthentication, { name: `${name}-picker-headers`, namespace }, { spec: () => compileStrippedHeaders(name, place.setHeaders(), sessionHeadersAt(model, inner)) });
  if (membership.kind === 'captured') emitCapturedEntry(scope, model, inner, place.endpoint);
  else emitMutualEntry(scope, model, inner, place.endpoint);
}

type Captured = Extract<InnerMembership, { kind: 'captured' }>;

/**
 * Emits the policies of a captured inner gateway in two layers. ztunnel authorizes the caller, and Envoy authorizes the hosts, because
 * Envoy behind ztunnel sees no peer.
 */
function emitCapturedEntry(scope: Construct, model: MeshModel, inner: InnerGateway, endpoint?: () => Principal): void {
  const { name, namespace, gateway } = inner;
  if (endpoint) {
    emitAuthorizationPolicy(scope, 'edge-policy', model, { name: `${name}-edge`, namespace }, () => compileEdgePolicy(model, endpoint(), innerPools(model, inner)));
    emitAuthorizationPolicy(scope, 'hosts', model, { name: `${name}-hosts`, namespace }, () => allowHosts([gatewayRef(name)], gateway.hostnames));
  } else if (model.scraper) {
    emitAuthorizationPolicy(scope, 'metrics-policy', model, { name: `${name}-metrics`, namespace }, () => allowConnections(model, {}, ofScraper(model)));
  }
  if (!model.isAuditOnly(namespace)) emit(scope, 'network', k8s.KubeNetworkPolicy, { name, namespace }, { spec: () => compileNetworkPolicy(name) });
}

/**
 * Emits the policy of an inner gateway with mutual TLS in one layer. Its listeners accept only certificates of the mesh, and Envoy sees
 * the peer.
 */
function emitMutualEntry(scope: Construct, model: MeshModel, inner: InnerGateway, endpoint?: () => Principal): void {
  if (!endpoint) return;
  const { name, namespace, gateway } = inner;
  emitAuthorizationPolicy(scope, 'edge-policy', model, { name: `${name}-edge`, namespace }, () => allowHostsFrom(model, [endpoint()], [gatewayRef(name)], gateway.hostnames));
  const service = { name: serviceName(name, inner.className), namespace };
  emit(scope, 'tls', DestinationRule, service, { spec: () => compileInnerTraffic(service, innerPools(model, inner), mutualTlsTo(service).trafficPolicy) });
}

/**
 * Emits the DestinationRule with which edge gateways call a captured inner gateway over HTTP/2, for its first pool that speaks gRPC. The
 * Service that istiod makes for the inner gateway says HTTP, so an edge gateway would call it over HTTP/1.1, which loses the status of gRPC.
 */
export function emitGrpcEntry(scope: Construct, model: MeshModel, inner: InnerGateway): void {
  if (scope.node.tryFindChild('tls') || scope.node.tryFindChild('grpc')) return;
  const service = { name: serviceName(inner.name, inner.className), namespace: inner.namespace };
  emit(scope, 'grpc', DestinationRule, service, { spec: () => compileInnerTraffic(service, innerPools(model, inner)) });
}

/** Returns the DestinationRule of an inner gateway. Settings of a port replace those of the host, so they repeat them. */
export function compileInnerTraffic(
  service: Pick<ServiceNode, 'name' | 'namespace'>, pools: readonly PoolNode[], trafficPolicy: DestinationRuleSpec['trafficPolicy'] = {},
): DestinationRuleSpec {
  const h2 = { http: { h2UpgradePolicy: DestinationRuleSpecTrafficPolicyPortLevelSettingsConnectionPoolHttpH2UpgradePolicy.UPGRADE } };
  const portLevelSettings = pools.filter(({ speaksGrpc }) => speaksGrpc).map(({ innerPort }) =>
    ({ port: { number: innerPort }, connectionPool: h2, ...trafficPolicy.tls && { tls: PORT_TLS } }));
  return { host: serviceHost(service), trafficPolicy: { ...trafficPolicy, ...portLevelSettings.length > 0 && { portLevelSettings } } };
}

const PORT_TLS = { mode: DestinationRuleSpecTrafficPolicyPortLevelSettingsTlsMode.ISTIO_UNDERSCORE_MUTUAL };

function compileInnerGateway(
  inner: InnerGateway, membership: InnerMembership, listeners: readonly InnerListener[], mayBeRead: boolean,
): GatewaySpec {
  const captured = membership.kind === 'captured';
  return {
    gatewayClassName: inner.className,
    infrastructure: {
      labels: { ...(captured ? membership.labels : { [LABELS.dataplaneMode]: 'none' }), ...(mayBeRead && { [LABELS.useWaypoint]: 'none' }) },
      ...(captured && { parametersRef: { group: '', kind: 'ConfigMap', name: inner.name } }),
    },
    listeners: listeners.map((listener) => ({
      name: listener.name,
      port: listener.innerPort,
      ...(captured ? { protocol: 'HTTP' } : MUTUAL_TLS),
      allowedRoutes: allowedRoutes([inner.namespace], inner.namespace),
    })),
  };
}

/** TLS settings of a listener that requires and presents a certificate of the mesh (Istio 1.30, gateway.istio.io/tls-terminate-mode). */
const MUTUAL_TLS: Pick<GatewaySpecListeners, 'protocol' | 'tls'> = {
  protocol: 'HTTPS',
  tls: { mode: GatewaySpecListenersTlsMode.TERMINATE, options: { 'gateway.istio.io/tls-terminate-mode': 'ISTIO_MUTUAL' } },
};

/**
 * Returns a DestinationRule that makes callers of a Service of the inner gateway use mutual TLS. istiod does not know that its pods accept
 * mutual TLS, because they have no label for it.
 */
export function mutualTlsTo(service: Pick<ServiceNode, 'name' | 'namespace'>): DestinationRuleSpec {
  return { host: serviceHost(service), trafficPolicy: { tls: { mode: DestinationRuleSpecTrafficPolicyTlsMode.ISTIO_UNDERSCORE_MUTUAL } } };
}

/**
 * Returns the policy at ztunnel. It allows the proxies of the edge gateway on the ports of the pools, and the scraper of the mesh on that
 * of metrics. It has no selector, because the analyzers of istiod report every selector on gateway pods as a mistake. No workload of the
 * namespace may therefore listen on one of these ports.
 */
export function compileEdgePolicy(model: MeshModel, endpoint: Principal, pools: readonly PoolNode[]): AuthorizationPolicySpec {
  const ports = pools.map(({ innerPort }) => innerPort).sort((a, b) => a - b);
  if (ports.length === 0) return allowConnections(model, {}, []);
  return allowConnections(model, {}, [{ principals: [endpoint], ports }, ...ofScraper(model)]);
}

/** Returns the rule that lets the scraper of the mesh read the metrics of an inner gateway. */
function ofScraper({ scraper }: MeshModel): ConnectionRule[] {
  return scraper ? [{ principals: [scraper.principal], ports: [MERGED_METRICS] }] : [];
}

/** Returns a NetworkPolicy that allows only HBONE and the probes of the kubelet. Plain text to the pods would bypass ztunnel. */
function compileNetworkPolicy(name: string): k8s.NetworkPolicySpec {
  return {
    podSelector: { matchLabels: { [LABELS.gatewayName]: name } },
    policyTypes: ['Ingress'],
    ingress: [
      { ports: [tcpPort(HBONE_PORT)] },
      { from: [{ ipBlock: { cidr: PROBE_ADDRESS } }] },
    ],
  };
}

/** Returns the pods of an inner gateway, for the check of user-managed policies that may select them. */
export function closedInnerGateway({ name, namespace }: InnerGateway): ClosedPods {
  return {
    title: `the inner gateway ${namespace}/${name}`,
    namespace,
    known: { labels: { [LABELS.gatewayName]: name }, isAll: true },
    closedBy: 'only traffic that the mesh carries may connect',
  };
}

/** Returns a strategic merge patch for the Deployment that istiod makes (Istio 1.30, parametersRef). */
function deploymentPatch(environment: Captured['environment']): string {
  const env = Object.entries(environment).map(([name, value]) => ({ name, value }));
  return Yaml.stringify({ spec: { template: { spec: { containers: [{ name: ENVOY_CONTAINER, env }] } } } });
}

/** Returns the HTTPRoute of hosts at one port of an inner gateway. */
export function compileInnerRoute(
  { name }: InnerGateway, sectionName: string, hostnames: readonly string[], rules: HttpRouteSpecRules[],
): HttpRouteSpec {
  return { hostnames: [...hostnames], parentRefs: [{ name, sectionName }], rules };
}
