import { Construct } from 'constructs';
import { POLICY_GROUP } from './facts';
import { egressNetworkOf } from './namespace';
import { HttpRoute, TcpRoute, TcpRouteSpec, TlsRoute, TlsRouteSpec } from '../../../imports/gateway.networking.k8s.io';
import { Link, LinkSpec } from '../../../imports/multicluster.linkerd.io';
import { EgressNetwork, EgressNetworkSpec, EgressNetworkSpecTrafficPolicy } from '../../../imports/policy.linkerd.io';
import { ClusterLinkNode } from '../../model/cluster-link';
import { EgressNode } from '../../model/egress';
import { ExternalHostNode, EXTERNAL_PORT, hostName } from '../../model/external-host';
import { ExternalNetworkNode, networkName } from '../../model/external-network';
import { MeshRouteNode } from '../../model/mesh-route';
import { networkOf } from '../../model/networks';
import { ServiceNode } from '../../model/service';
import { emit } from '../emit';
import { compileServiceRoute } from '../gateway-api/service-route';

/** Emits the HTTPRoute that the proxies of callers follow for calls to a Service. */
export function emitRoute(scope: Construct, route: MeshRouteNode): void {
  const { name, namespace } = route;
  emit(scope, 'route', HttpRoute, { name, namespace, annotations: routeAnnotations(route) }, { spec: () => compileServiceRoute(route) });
}

/** Returns the annotations for retries and timeouts. Linkerd ignores the retry field of the Gateway API (Linkerd 2.20, outbound index). */
export function routeAnnotations({ retries, requestTimeoutSeconds }: MeshRouteNode): Record<string, string> {
  return {
    ...(retries && {
      'retry.linkerd.io/limit': String(retries.attempts),
      'retry.linkerd.io/http': retries.codes.length > 0 ? retries.codes.join() : 'gateway-error',
    }),
    ...(requestTimeoutSeconds !== undefined && { 'timeout.linkerd.io/request': `${requestTimeoutSeconds}s` }),
  };
}

/** Returns the annotations of a Service that the proxies of callers read. */
export function serviceAnnotations({ circuitBreaker }: ServiceNode): Record<string, string> {
  if (!circuitBreaker) return {};
  const { consecutiveFailures, pauseSeconds } = circuitBreaker;
  return {
    'balancer.linkerd.io/failure-accrual': 'consecutive',
    'balancer.linkerd.io/failure-accrual-consecutive-max-failures': String(consecutiveFailures),
    'balancer.linkerd.io/failure-accrual-consecutive-min-penalty': `${pauseSeconds}s`,
    'balancer.linkerd.io/failure-accrual-consecutive-max-penalty': `${Math.max(pauseSeconds, MOST_PAUSE_SECONDS)}s`,
  };
}

/** Maximum pause in seconds, unless the configured pause is longer (Linkerd 2.20, failure accrual). */
const MOST_PAUSE_SECONDS = 60;

/** Returns the labels by which linked clusters find a Service (Linkerd 2.20, multicluster). */
export function serviceLabels({ federated }: ServiceNode): Record<string, string> {
  return federated ? { [FEDERATED_LABEL]: FEDERATED } : {};
}

const FEDERATED_LABEL = 'mirror.linkerd.io/federated';
const FEDERATED = 'member';

/** Emits a TLSRoute for external hosts, matched by the TLS server name (SNI) of the caller. */
export function emitExternalHosts(scope: Construct, egress: EgressNode): void {
  emit(scope, 'host', TlsRoute, { name: egress.name, namespace: egress.namespace }, { spec: () => compileExternalHosts(egress) });
}

/** Emits the TLSRoute of a port at which workloads name an external host. */
export function emitNamedHost(scope: Construct, host: ExternalHostNode): void {
  const { hostname, namespace, port } = host;
  const name = port === EXTERNAL_PORT ? hostName(host) : `${hostName(host)}-${port}`;
  emit(scope, 'host', TlsRoute, { name, namespace }, { spec: () => compileExternalHosts({ namespace, hostnames: [hostname], port }) });
}

/**
 * Returns a TLSRoute with one rule, as Linkerd requires. Its backend is the EgressNetwork itself, which forwards to the original
 * destination.
 */
function compileExternalHosts({ namespace, hostnames, port }: Pick<EgressNode, 'namespace' | 'hostnames' | 'port'>): TlsRouteSpec {
  const network = networkReference(egressNetworkOf(namespace), port);
  return { parentRefs: [network], hostnames: [...hostnames], rules: [{ backendRefs: [network] }] };
}

function networkReference(name: string, port: number) {
  return { group: POLICY_GROUP, kind: 'EgressNetwork', name, port };
}

/**
 * Emits an EgressNetwork for a network outside the mesh, and a TCPRoute for a port of it. Proxies apply the EgressNetwork with the smallest
 * network that includes an address. Linkerd treats private networks as part of the cluster, and its proxies forward traffic to them.
 */
export function emitExternalNetwork(scope: Construct, { namespace, cidr, port }: ExternalNetworkNode): void {
  if (networkOf(cidr)?.isPrivate) return;
  const name = `${namespace}-network-${networkName(cidr)}`;
  if (!scope.node.tryFindChild('network')) {
    emit(scope, 'network', EgressNetwork, { name, namespace }, {
      spec: (): EgressNetworkSpec => ({ networks: [{ cidr }], trafficPolicy: EgressNetworkSpecTrafficPolicy.DENY }),
    });
  }
  const network = networkReference(name, port);
  emit(scope, `port-${port}`, TcpRoute, { name: `${name}-${port}`, namespace }, {
    spec: (): TcpRouteSpec => ({ parentRefs: [network], rules: [{ backendRefs: [network] }] }),
  });
}

/** Emits a Link to another cluster on a flat network. Its pods are called directly, with their own identities. */
export function emitLink(scope: Construct, link: ClusterLinkNode, controlPlaneNamespace: string): void {
  emit(scope, 'link', Link, { name: link.clusterName, namespace: link.namespace }, { spec: () => compileLink(link, controlPlaneNamespace) });
}

export function compileLink({ clusterName, clusterDomain, credentialsSecretName }: ClusterLinkNode, controlPlaneNamespace: string): LinkSpec {
  return {
    targetClusterName: clusterName,
    targetClusterDomain: clusterDomain,
    targetClusterLinkerdNamespace: controlPlaneNamespace,
    clusterCredentialsSecret: credentialsSecretName,
    federatedServiceSelector: { matchLabels: { [FEDERATED_LABEL]: FEDERATED } },
    remoteDiscoverySelector: { matchLabels: { 'mirror.linkerd.io/exported': 'remote-discovery' } },
  };
}
