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
import { boundedName } from '../../model/short-hash';
import { InnerMembership } from '../backend';
import { emit } from '../emit';
import { ClosedPods } from '../foreign/gateway-ingress';
import { allowedRoutes } from '../shared/edge-gateway';
import { allowConnections, allowHosts, allowHostsFrom } from '../shared/istio-authorization';
import { gatewayRef, HBONE_PORT, LABELS } from '../shared/istio-targets';
import { serviceHost } from '../shared/istio-traffic';
import { ENVOY_CONTAINER } from '../shared/skipped-gateways';

/** Where the kubelet's probes of a captured pod come from (Istio 1.30, ambient and NetworkPolicy). */
const PROBE_ADDRESS = '169.254.7.127/32';

/**
 * The gateway between the door and the pools of one namespace. It is a member of the mesh, which a door for outside clients
 * cannot always be: what it sends to the pod that a picker named is encrypted, under the gateway's identity. It has one port
 * a pool, so that the door's weights choose the pool and each pool keeps its own picker.
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

/** What is appended to the door's name, here and by istiod. */
export const INNER_SUFFIX = '-inner';

/** istiod names a Service after it. */
const MOST_NAME = 63;

/** There is one in each namespace that has pools of the gateway: outside the home of the mesh it is named for the namespace too. */
function innerGatewayName({ name, meshNamespace }: GatewayNode, namespace: string, className: string): string {
  if (namespace === meshNamespace) return `${name}${INNER_SUFFIX}`;
  return boundedName(`${name}${INNER_SUFFIX}-${namespace}`, MOST_NAME - serviceName('', className).length);
}

export function innerPools(model: MeshModel, inner: InnerGateway): PoolNode[] {
  return model.poolsOf(inner.gateway)
    .filter((pool) => pool.namespace === inner.namespace)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** What an inner gateway needs to know of where it stands. */
export interface InnerPlace {
  readonly membership: InnerMembership;
  /** What the door proves to be, when the objects are written. */
  readonly endpoint: () => Principal;
  /** Whether its Service must say that no waypoint reads its requests. */
  readonly mayBeRead: () => boolean;
}

export function emitInnerGateway(scope: Construct, model: MeshModel, inner: InnerGateway, place: InnerPlace): void {
  const { name, namespace } = inner;
  const { membership } = place;
  if (membership.kind === 'captured') {
    // Before the Gateway: without it nothing is deployed.
    emit(scope, 'parameters', k8s.KubeConfigMap, { name, namespace }, { data: () => ({ deployment: deploymentPatch(membership.environment) }) });
  }
  emit(scope, 'Resource', Gateway, { name, namespace, annotations: { 'networking.istio.io/service-type': 'ClusterIP' } }, {
    spec: () => compileInnerGateway(inner, membership, innerPools(model, inner), place.mayBeRead()),
  });
  if (membership.kind === 'captured') emitCapturedEntry(scope, model, inner, place.endpoint);
  else emitMutualEntry(scope, model, inner, place.endpoint);
}

type Captured = Extract<InnerMembership, { kind: 'captured' }>;

/** Two layers, because Envoy sees no peer behind ztunnel: who comes in at ztunnel, for which hosts at Envoy. */
function emitCapturedEntry(scope: Construct, model: MeshModel, inner: InnerGateway, endpoint: () => Principal): void {
  const { name, namespace, gateway } = inner;
  emit(scope, 'edge-policy', AuthorizationPolicy, { name: `${name}-edge`, namespace }, { spec: () => compileEdgePolicy(model, endpoint(), innerPools(model, inner)) });
  emit(scope, 'hosts', AuthorizationPolicy, { name: `${name}-hosts`, namespace }, { spec: () => allowHosts([gatewayRef(name)], gateway.hostnames) });
  emit(scope, 'network', k8s.KubeNetworkPolicy, { name, namespace }, { spec: () => compileNetworkPolicy(name) });
}

/** One layer: the listeners take certificates of the mesh alone, and Envoy sees whose. */
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

/** A listener that takes certificates of the mesh, and shows one (Istio 1.30, gateway.istio.io/tls-terminate-mode). */
const MUTUAL_TLS: Pick<GatewaySpecListeners, 'protocol' | 'tls'> = {
  protocol: 'HTTPS',
  tls: { mode: GatewaySpecListenersTlsMode.TERMINATE, options: { 'gateway.istio.io/tls-terminate-mode': 'ISTIO_MUTUAL' } },
};

/** The pods of a gateway have no label by which the door's proxy would know that they speak mutual TLS: it is told. */
export function compileEdgeTls(inner: InnerGateway): DestinationRuleSpec {
  return {
    host: serviceHost({ name: serviceName(inner.name, inner.className), namespace: inner.namespace }),
    trafficPolicy: { tls: { mode: DestinationRuleSpecTrafficPolicyTlsMode.ISTIO_UNDERSCORE_MUTUAL } },
  };
}

/**
 * At ztunnel: the door's proxies, on the ports of the pools. The policy has no selector, because istiod's analyzers hold
 * every selector on a gateway's pods for a mistake; so no workload of the namespace may listen on one of these ports.
 */
export function compileEdgePolicy(model: MeshModel, endpoint: Principal, pools: readonly PoolNode[]): AuthorizationPolicySpec {
  const ports = pools.map(({ innerPort }) => innerPort).sort((a, b) => a - b);
  return allowConnections(model, {}, ports.length === 0 ? [] : [{ principals: [endpoint], ports }]);
}

/** Plain text straight to the pods would come past ztunnel: only HBONE is let in, and the kubelet's probes. */
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

/** As a policy of the team's may select it. */
export function closedInnerGateway({ name, namespace }: InnerGateway): ClosedPods {
  return { title: `the inner gateway ${namespace}/${name}`, namespace, known: { labels: { [LABELS.gatewayName]: name }, isAll: true }, closedBy: 'only what the mesh carries comes in' };
}

/** istiod reads it as a strategic merge patch over the Deployment that it makes (Istio 1.30, parametersRef). */
function deploymentPatch(environment: Captured['environment']): string {
  const env = Object.entries(environment).map(([name, value]) => ({ name, value }));
  return Yaml.stringify({ spec: { template: { spec: { containers: [{ name: ENVOY_CONTAINER, env }] } } } });
}

/** One pool in one rule: two in one rule would share one picker, without any bad status. */
export function compileInnerRoute(inner: InnerGateway, pool: PoolNode): HttpRouteSpec {
  return {
    hostnames: [...inner.gateway.hostnames],
    parentRefs: [{ name: inner.name, sectionName: pool.name }],
    rules: [{ backendRefs: [{ group: 'inference.networking.k8s.io', kind: 'InferencePool', name: pool.name }] }],
  };
}
