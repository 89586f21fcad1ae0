import { Construct } from 'constructs';
import { POLICY_GROUP } from './facts';
import { egressNetworkOf } from './namespace';
import { HttpRoute, TlsRoute, TlsRouteSpec } from '../../../imports/gateway.networking.k8s.io';
import { Link, LinkSpec } from '../../../imports/multicluster.linkerd.io';
import { ClusterLinkNode } from '../../model/cluster-link';
import { EgressNode } from '../../model/egress';
import { MeshRouteNode } from '../../model/mesh-route';
import { ServiceNode } from '../../model/service';
import { emit } from '../emit';
import { compileServiceRoute } from '../gateway-api/service-route';

/**
 * Emits the HTTPRoute that splits calls of a Service at the proxies of its callers. Rules to which the annotations must not apply get a
 * second HTTPRoute with the id `rest`. Of all routes of a Service, the most specific rule applies.
 */
export function emitRoute(scope: Construct, route: MeshRouteNode): void {
  const { name, namespace, rules } = route;
  const annotations = routeAnnotations(route);
  const rest = Object.keys(annotations).length > 0 ? rules.filter(({ isRest }) => isRest) : [];
  emit(scope, 'route', HttpRoute, { name, namespace, annotations }, {
    spec: () => compileServiceRoute({ ...route, rules: rules.filter((rule) => !rest.includes(rule)) }),
  });
  if (rest.length > 0) emit(scope, 'rest', HttpRoute, { name: `${name}-rest`, namespace }, { spec: () => compileServiceRoute({ ...route, rules: rest }) });
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

/**
 * Returns a TLSRoute with one rule, as Linkerd requires. Its backend is the EgressNetwork itself, which forwards to the original
 * destination.
 */
export function compileExternalHosts({ namespace, hostnames, port }: EgressNode): TlsRouteSpec {
  const network = { group: POLICY_GROUP, kind: 'EgressNetwork', name: egressNetworkOf(namespace), port };
  return { parentRefs: [network], hostnames: [...hostnames], rules: [{ backendRefs: [network] }] };
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
