import { Construct } from 'constructs';
import { authorize, routeRef } from './authorization';
import { identityOf, LinkerdFacts } from './facts';
import { compileRequests } from './inbound-routes';
import { OF_INSTALLATION, probersFrom } from './probes';
import { HttpRoute } from '../../../imports/gateway.networking.k8s.io';
import {
  AuthorizationPolicy, MeshTlsAuthentication, NetworkAuthentication, Server, ServerSpec, ServerSpecPodSelectorMatchExpressionsOperator,
} from '../../../imports/policy.linkerd.io';
import { Caller } from '../../model/callers';
import { ProxyPort } from '../../model/mesh-limitations';
import { emit } from '../emit';

/** Admin port of the proxy (Linkerd 2.20, proxy.ports.admin), and the name that the injector gives it. */
export const ADMIN = { port: 4191, name: 'linkerd-admin' };

const METRICS_PATH = '/metrics';

/** Health paths that the kubelet calls, and the process in the pod that waits for the proxy (Linkerd 2.20, proxy template). */
const HEALTH_PATHS = ['/live', '/ready'];

const LOOPBACK = ['127.0.0.0/8', '::1/128'];

/**
 * Returns the callers of the proxy health paths. If the port has a route, the probe networks of the mesh (`kubeletCidrs`) apply instead of
 * those of the Linkerd installation.
 */
export function proxyPortOf(facts: LinkerdFacts, isScraped: boolean): ProxyPort {
  const probers = isScraped ? probersFrom(networksOf(facts)) : OF_INSTALLATION;
  return { port: ADMIN.port, metricsPath: METRICS_PATH, healthPaths: HEALTH_PATHS, probers };
}

/** Returns the names of the Server for the admin port of the proxies in a namespace, and of its routes. */
export function metricsNames(namespace: string) {
  return { server: `${namespace}-proxy-admin`, metrics: `${namespace}-proxy-metrics`, probes: `${namespace}-proxy-probes` };
}

/**
 * Emits policies that allow one identity to scrape every proxy in a namespace, and that keep the probes of the proxies allowed. They are
 * like those of `linkerd viz allow-scrapes` (Linkerd 2.20), but allow only GET and exact paths.
 */
export function emitMetrics(scope: Construct, facts: LinkerdFacts, namespace: string, { principal }: Caller): void {
  const { server, metrics, probes } = metricsNames(namespace);
  emit(scope, 'proxy-admin', Server, { name: server, namespace }, { spec: () => compileServer() });
  emit(scope, 'proxy-metrics', HttpRoute, { name: metrics, namespace }, { spec: () => compileRequests(server, gets([METRICS_PATH])) });
  emit(scope, 'scraper', MeshTlsAuthentication, { name: metrics, namespace }, { spec: () => ({ identities: [identityOf(facts, principal)] }) });
  emit(scope, 'scraping', AuthorizationPolicy, { name: metrics, namespace }, { spec: () => authorize(routeRef(metrics), 'MeshTLSAuthentication', metrics) });
  emit(scope, 'proxy-probes', HttpRoute, { name: probes, namespace }, { spec: () => compileRequests(server, gets(HEALTH_PATHS)) });
  emit(scope, 'kubelets', NetworkAuthentication, { name: probes, namespace }, { spec: () => ({ networks: networksOf(facts).map((cidr) => ({ cidr })) }) });
  emit(scope, 'probing', AuthorizationPolicy, { name: probes, namespace }, { spec: () => authorize(routeRef(probes), 'NetworkAuthentication', probes) });
}

/** Returns a Server for the admin port of every injected pod. */
function compileServer(): ServerSpec {
  const key = 'linkerd.io/control-plane-ns';
  return {
    podSelector: { matchExpressions: [{ key, operator: ServerSpecPodSelectorMatchExpressionsOperator.EXISTS }] },
    port: ADMIN.name, proxyProtocol: 'HTTP/1', accessPolicy: 'deny',
  };
}

function gets(paths: readonly string[]) {
  return { endpoints: paths.map((path) => ({ path, methods: ['GET'] })) };
}

/** Returns the networks of the probes. Policies also apply to requests from within the pod, so loopback is included. */
function networksOf({ probeNetworks }: LinkerdFacts): string[] {
  return [...new Set([...probeNetworks, ...probersFrom(probeNetworks).networks ? LOOPBACK : []])];
}
