import { Yaml } from 'cdk8s';
import { k8s } from 'cdk8s-plus-30';
import { Construct } from 'constructs';
import { serviceName } from './class';
import { Gateway, GatewaySpec, GatewaySpecListeners, GatewaySpecListenersTlsMode, HttpRouteSpec } from '../../../imports/gateway.networking.k8s.io';
import { DestinationRule, DestinationRuleSpec, DestinationRuleSpecTrafficPolicyTlsMode } from '../../../imports/networking.istio.io';
import { AuthorizationPolicy, AuthorizationPolicySpec } from '../../../imports/security.istio.io';
import { GatewayNode } from '../../model/gateway';
import { MeshModel } from '../../model/mesh';
import { PoolNode } from '../../model/pool';
import { Principal } from '../../model/principal';
import { serviceHost } from '../../model/service';
import { boundedName } from '../../model/short-hash';
import { InnerMembership } from '../backend';
import { emit } from '../emit';
import { ClosedPods } from '../foreign/gateway-ingress';
import { allowedRoutes } from '../istio-shared/edge-gateway';
import { allowConnections, allowHosts, allowHostsFrom } from '../istio-shared/istio-authorization';
import { gatewayRef, HBONE_PORT, LABELS } from '../istio-shared/istio-targets';
import { ENVOY_CONTAINER } from '../istio-shared/skipped-gateways';

/** Source address of kubelet probes to a captured pod (Istio 1.30, ambient and NetworkPolicy). */
const PROBE_ADDRESS = '169.254.7.127/32';

/**
 * The gateway between the edge gateway and the pools of one namespace. It is a member of the mesh, which an edge gateway for external
 * clients cannot always be: its traffic to the pod that the picker chose is encrypted, with the identity of the inner gateway. It has one
 * port per pool, so the weights of the edge gateway select the pool and each pool keeps its own picker.
 */
export interface InnerGateway {
  readonly name: string;
  readonly namespace: string;
  readonly className: string;
  readonly gateway: GatewayNode;
}

export function innerGatewayOf(gateway: GatewayNode, namespace: string, className: string): InnerGateway {
  return { name: innerGatewayName(gateway, namespace, className), namespace, className, gateway };
}

/** Suffix of the inner gateway, appended to the name of the edge gateway. istiod appends the class name. */
export const INNER_SUFFIX = '-inner';

/** Maximum length of a Service name. istiod names a Service after the gateway. */
const MOST_NAME = 63;

/**
 * Returns the name of the inner gateway. Each namespace with pools of the gateway has one. Outside the namespace of the mesh, the name
 * also contains the namespace.
 */
function innerGatewayName({ name, meshNamespace }: GatewayNode, namespace: string, className: string): string {
  if (namespace === meshNamespace) return `${name}${INNER_SUFFIX}`;
  return boundedName(`${name}${INNER_SUFFIX}-${namespace}`, MOST_NAME - serviceName('', className).length);
}

export function innerPools(model: MeshModel, inner: InnerGateway): PoolNode[] {
  return model.poolsOf(inner.gateway)
    .filter((pool) => pool.namespace === inner.namespace)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Context of an inner gateway. */
export interface InnerPlace {
  readonly membership: InnerMembership;
  /** Identity of the edge gateway, resolved when the objects are written. */
  readonly endpoint: () => Principal;
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
    spec: () => compileInnerGateway(inner, membership, innerPools(model, inner), place.mayBeRead()),
  });
  if (membership.kind === 'captured') emitCapturedEntry(scope, model, inner, place.endpoint);
  else emitMutualEntry(scope, model, inner, place.endpoint);
}

type Captured = Extract<InnerMembership, { kind: 'captured' }>;

/**
 * Emits the policies of a captured inner gateway in two layers. ztunnel authorizes the caller, and Envoy authorizes the hosts, because
 * Envoy behind ztunnel sees no peer.
 */
function emitCapturedEntry(scope: Construct, model: MeshModel, inner: InnerGateway, endpoint: () => Principal): void {
  const { name, namespace, gateway } = inner;
  emit(scope, 'edge-policy', AuthorizationPolicy, { name: `${name}-edge`, namespace }, { spec: () => compileEdgePolicy(model, endpoint(), innerPools(model, inner)) });
  emit(scope, 'hosts', AuthorizationPolicy, { name: `${name}-hosts`, namespace }, { spec: () => allowHosts([gatewayRef(name)], gateway.hostnames) });
  emit(scope, 'network', k8s.KubeNetworkPolicy, { name, namespace }, { spec: () => compileNetworkPolicy(name) });
}

/**
 * Emits the policy of an inner gateway with mutual TLS in one layer. Its listeners accept only certificates of the mesh, and Envoy sees
 * the peer.
 */
function emitMutualEntry(scope: Construct, model: MeshModel, inner: InnerGateway, endpoint: () => Principal): void {
  const { name, namespace, gateway } = inner;
  emit(scope, 'edge-policy', AuthorizationPolicy, { name: `${name}-edge`, namespace }, {
    spec: () => allowHostsFrom(model, [gatewayRef(name)], gateway.hostnames, endpoint()),
  });
  emit(scope, 'tls', DestinationRule, { name: serviceName(name, inner.className), namespace }, { spec: () => compileEdgeTls(inner) });
}

export function compileInnerGateway(inner: InnerGateway, membership: InnerMembership, pools: readonly PoolNode[], mayBeRead: boolean): GatewaySpec {
  const captured = membership.kind === 'captured';
  return {
    gatewayClassName: inner.className,
    infrastructure: {
      labels: { ...(captured ? membership.labels : { [LABELS.dataplaneMode]: 'none' }), ...(mayBeRead && { [LABELS.useWaypoint]: 'none' }) },
      ...(captured && { parametersRef: { group: '', kind: 'ConfigMap', name: inner.name } }),
    },
    listeners: pools.map((pool) => ({
      name: pool.name,
      port: pool.innerPort,
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
 * Returns a DestinationRule that makes the edge gateway use mutual TLS to the inner gateway. Its pods have no label that shows that they
 * support mutual TLS.
 */
export function compileEdgeTls(inner: InnerGateway): DestinationRuleSpec {
  return {
    host: serviceHost({ name: serviceName(inner.name, inner.className), namespace: inner.namespace }),
    trafficPolicy: { tls: { mode: DestinationRuleSpecTrafficPolicyTlsMode.ISTIO_UNDERSCORE_MUTUAL } },
  };
}

/**
 * Returns the policy at ztunnel. It allows the proxies of the edge gateway on the ports of the pools. It has no selector, because the
 * analyzers of istiod report every selector on gateway pods as a mistake. No workload of the namespace may therefore listen on one of
 * these ports.
 */
export function compileEdgePolicy(model: MeshModel, endpoint: Principal, pools: readonly PoolNode[]): AuthorizationPolicySpec {
  const ports = pools.map(({ innerPort }) => innerPort).sort((a, b) => a - b);
  return allowConnections(model, {}, ports.length === 0 ? [] : [{ principals: [endpoint], ports }]);
}

/** Returns a NetworkPolicy that allows only HBONE and the probes of the kubelet. Plain text to the pods would bypass ztunnel. */
function compileNetworkPolicy(name: string): k8s.NetworkPolicySpec {
  return {
    podSelector: { matchLabels: { [LABELS.gatewayName]: name } },
    policyTypes: ['Ingress'],
    ingress: [
      { ports: [{ port: k8s.IntOrString.fromNumber(HBONE_PORT), protocol: 'TCP' }] },
      { from: [{ ipBlock: { cidr: PROBE_ADDRESS } }] },
    ],
  };
}

/** The pods of an inner gateway, as a user-managed policy may select them. */
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

/** Returns the HTTPRoute of a pool. Two pools in one rule would share one picker, without any bad status. */
export function compileInnerRoute(inner: InnerGateway, pool: PoolNode): HttpRouteSpec {
  return {
    hostnames: [...inner.gateway.hostnames],
    parentRefs: [{ name: inner.name, sectionName: pool.name }],
    rules: [{ backendRefs: [{ group: 'inference.networking.k8s.io', kind: 'InferencePool', name: pool.name }] }],
  };
}
