import { Yaml } from 'cdk8s';
import { k8s } from 'cdk8s-plus-30';
import { Construct } from 'constructs';
import { allowedRoutes } from './edge-gateway';
import { Gateway, GatewaySpec, HttpRouteSpec } from '../../../imports/gateway.networking.k8s.io';
import { AuthorizationPolicy, AuthorizationPolicySpec } from '../../../imports/security.istio.io';
import { GatewayNode } from '../../model/gateway';
import { MeshModel } from '../../model/mesh';
import { PoolNode } from '../../model/pool';
import { Principal } from '../../model/principal';
import { GatewayEnrolment, MeshBackend } from '../backend';
import { emit } from '../emit';
import { allowConnections, allowHosts } from '../shared/istio-authorization';
import { gatewayRef, HBONE_PORT, LABELS } from '../shared/istio-targets';

/** Where the kubelet's probes of a captured pod come from (Istio 1.30, ambient and NetworkPolicy). */
const PROBE_ADDRESS = '169.254.7.127/32';

/**
 * The gateway between the door and the pools of one namespace. It is a member of the mesh, which the door cannot be:
 * what it sends to the pod that a picker named is encrypted by the mesh, under the gateway's identity. It has one port a
 * pool, so that the door's weights choose the pool and each pool keeps its own picker.
 */
export interface InnerGateway {
  readonly name: string;
  readonly namespace: string;
  readonly className: string;
  readonly gateway: GatewayNode;
}

export function innerGatewayOf(gateway: GatewayNode, namespace: string, className: string): InnerGateway {
  return { name: innerGatewayName(gateway.name), namespace, className, gateway };
}

/** What is appended to the door's name, here and by istiod. */
export const INNER_SUFFIX = '-inner';

function innerGatewayName(gatewayName: string): string {
  return `${gatewayName}${INNER_SUFFIX}`;
}

export function innerPools(model: MeshModel, inner: InnerGateway): PoolNode[] {
  return model.poolsOf(inner.gateway)
    .filter((pool) => pool.namespace === inner.namespace)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

export function emitInnerGateway(
  scope: Construct, model: MeshModel, inner: InnerGateway, mesh: MeshBackend, door: () => Principal,
): void {
  const { name, namespace, gateway } = inner;
  const pools = () => innerPools(model, inner);
  emit(scope, 'parameters', k8s.KubeConfigMap, { name, namespace }, { data: () => ({ deployment: deploymentPatch(mesh.enrolment) }) });
  emit(scope, 'Resource', Gateway, { name, namespace, annotations: { 'networking.istio.io/service-type': 'ClusterIP' } }, {
    spec: () => compileInnerGateway(model, inner, mesh, pools()),
  });
  emit(scope, 'door', AuthorizationPolicy, { name: `${name}-door`, namespace }, { spec: () => compileDoor(model, door(), pools()) });
  emit(scope, 'hosts', AuthorizationPolicy, { name: `${name}-hosts`, namespace }, {
    spec: () => allowHosts([gatewayRef(name)], gateway.hostnames),
  });
  emit(scope, 'network', k8s.KubeNetworkPolicy, { name, namespace }, { spec: () => compileNetworkPolicy(name) });
}

export function compileInnerGateway(model: MeshModel, inner: InnerGateway, mesh: MeshBackend, pools: readonly PoolNode[]): GatewaySpec {
  return {
    gatewayClassName: inner.className,
    infrastructure: {
      labels: { ...mesh.enrolment.labels, ...(mesh.mayBeRead(model.namespaces.get(inner.namespace)) && { [LABELS.useWaypoint]: 'none' }) },
      parametersRef: { group: '', kind: 'ConfigMap', name: inner.name },
    },
    listeners: pools.map((pool) => ({
      name: pool.name,
      port: pool.innerPort,
      protocol: 'HTTP',
      allowedRoutes: allowedRoutes([inner.namespace], inner.namespace),
    })),
  };
}

/**
 * At ztunnel: the door's proxies, on the ports of the pools. The policy has no selector, because istiod's analyzers hold
 * every selector on a gateway's pods for a mistake; so no workload of the namespace may listen on one of these ports.
 */
export function compileDoor(model: MeshModel, door: Principal, pools: readonly PoolNode[]): AuthorizationPolicySpec {
  const ports = pools.map(({ innerPort }) => innerPort).sort((a, b) => a - b);
  return allowConnections(model, {}, ports.length === 0 ? [] : [{ principals: [door], ports }]);
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

/** istiod reads it as a strategic merge patch over the Deployment that it makes (Istio 1.30, parametersRef). */
function deploymentPatch(enrolment: GatewayEnrolment): string {
  const env = Object.entries(enrolment.environment).map(([name, value]) => ({ name, value }));
  return Yaml.stringify({ spec: { template: { spec: { containers: [{ name: 'istio-proxy', env }] } } } });
}

/** One pool in one rule: two in one rule would share one picker, without any bad status. */
export function compileInnerRoute(inner: InnerGateway, pool: PoolNode): HttpRouteSpec {
  return {
    hostnames: [...inner.gateway.hostnames],
    parentRefs: [{ name: inner.name, sectionName: pool.name }],
    rules: [{ backendRefs: [{ group: 'inference.networking.k8s.io', kind: 'InferencePool', name: pool.name }] }],
  };
}
