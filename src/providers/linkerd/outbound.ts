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
import { compileServiceRoute } from '../shared/service-route';

/**
 * How calls of a Service are shared out by the proxies of its callers. What the annotations of the route are not for has a route of its own,
 * with id `rest`: of all routes of a Service the most specific rule holds.
 */
export function emitRoute(scope: Construct, route: MeshRouteNode): void {
  const { name, namespace, rules } = route;
  const annotations = routeAnnotations(route);
  const rest = Object.keys(annotations).length > 0 ? rules.filter(({ isRest }) => isRest) : [];
  emit(scope, 'Resource', HttpRoute, { name, namespace, annotations }, {
    spec: () => compileServiceRoute({ ...route, rules: rules.filter((rule) => !rest.includes(rule)) }),
  });
  if (rest.length > 0) emit(scope, 'rest', HttpRoute, { name: `${name}-rest`, namespace }, { spec: () => compileServiceRoute({ ...route, rules: rest }) });
}

/** Retries and timeouts are read from annotations; of the Gateway API's own fields retries are not (Linkerd 2.20, outbound index). */
export function routeAnnotations({ retries, requestTimeoutSeconds }: MeshRouteNode): Record<string, string> {
  return {
    ...(retries && {
      'retry.linkerd.io/limit': String(retries.attempts),
      'retry.linkerd.io/http': retries.codes.length > 0 ? retries.codes.join() : 'gateway-error',
    }),
    ...(requestTimeoutSeconds !== undefined && { 'timeout.linkerd.io/request': `${requestTimeoutSeconds}s` }),
  };
}

/** What the callers' proxies read from a Service. */
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

/** The longest pause, where none is stated that is longer (Linkerd 2.20, failure accrual). */
const MOST_PAUSE_SECONDS = 60;

/** Labels by which linked clusters find a Service (Linkerd 2.20, multicluster). */
export function serviceLabels({ federated }: ServiceNode): Record<string, string> {
  return federated ? { [FEDERATED_LABEL]: FEDERATED } : {};
}

const FEDERATED_LABEL = 'mirror.linkerd.io/federated';
const FEDERATED = 'member';

/** Hosts outside, by the name that a caller asks for in TLS. */
export function emitExternalHosts(scope: Construct, egress: EgressNode): void {
  emit(scope, 'Resource', TlsRoute, { name: egress.name, namespace: egress.namespace }, { spec: () => compileExternalHosts(egress) });
}

/** One rule, as Linkerd demands, to the network itself: on to where the caller meant it. */
export function compileExternalHosts({ namespace, hostnames, port }: EgressNode): TlsRouteSpec {
  const network = { group: POLICY_GROUP, kind: 'EgressNetwork', name: egressNetworkOf(namespace), port };
  return { parentRefs: [network], hostnames: [...hostnames], rules: [{ backendRefs: [network] }] };
}

/** Another cluster, flat: its pods are reached as they are, with the identities that they have. */
export function emitLink(scope: Construct, link: ClusterLinkNode, controlPlaneNamespace: string): void {
  emit(scope, 'Resource', Link, { name: link.clusterName, namespace: link.namespace }, { spec: () => compileLink(link, controlPlaneNamespace) });
}

export function compileLink({ clusterName, clusterDomain, credentialsSecret }: ClusterLinkNode, controlPlaneNamespace: string): LinkSpec {
  return {
    targetClusterName: clusterName,
    targetClusterDomain: clusterDomain,
    targetClusterLinkerdNamespace: controlPlaneNamespace,
    clusterCredentialsSecret: credentialsSecret,
    federatedServiceSelector: { matchLabels: { [FEDERATED_LABEL]: FEDERATED } },
    remoteDiscoverySelector: { matchLabels: { 'mirror.linkerd.io/exported': 'remote-discovery' } },
  };
}
