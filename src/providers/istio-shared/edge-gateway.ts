import { k8s } from 'cdk8s-plus-30';
import { Construct } from 'constructs';
import { infrastructureAnnotations, serviceParameters } from './gateway-parameters';
import { LABELS } from './istio-targets';
import { byNetwork, scraping } from './metrics-network';
import { tcpPort } from './network-port';
import {
  Gateway, GatewaySpec, GatewaySpecListenersAllowedRoutes, GatewaySpecListenersAllowedRoutesNamespacesFrom, GatewaySpecListenersTlsMode,
  ReferenceGrant,
} from '../../../imports/gateway.networking.k8s.io';
import { GatewayNode, HTTPS_PORT, TlsFacts } from '../../model/gateway';
import { MeshModel } from '../../model/mesh';
import { networkOf } from '../../model/networks';
import { ENVOY_METRICS, MERGED_METRICS, ProxyMetrics, READINESS } from '../../model/proxy-metrics';
import { HASH_LENGTH, shortHash } from '../../model/short-hash';
import { GatewayMembership } from '../backend';
import { emit } from '../emit';
import { ClosedPods } from '../foreign/gateway-ingress';

/** Emits an edge Gateway: one listener for each of its hosts, and no listener for any other host. */
export function emitGateway(scope: Construct, model: MeshModel, gateway: GatewayNode, className: string, membership: GatewayMembership): void {
  const { name, namespace } = gateway;
  const parameters = serviceParameters(gateway);
  // Emitted before the Gateway, because istiod deploys no gateway without its parameters.
  if (parameters) emit(scope, 'parameters', k8s.KubeConfigMap, { name, namespace }, { data: () => parameters });
  emit(scope, 'gateway', Gateway, { name, namespace, annotations: typeAnnotation(gateway) }, { spec: () => compileEdgeGateway(model, gateway, className, membership) });
  if (gateway.deniedNetworks.length > 0) {
    emit(scope, 'network', k8s.KubeNetworkPolicy, { name: `${name}-clients`, namespace }, { spec: () => compileClients(model, gateway, membership) });
  }
}

/** Returns the annotation that sets the type of the Service (Istio 1.31, deployment controller). */
function typeAnnotation({ infrastructure }: GatewayNode): Record<string, string> | undefined {
  return infrastructure?.serviceType === undefined ? undefined : { 'networking.istio.io/service-type': infrastructure.serviceType };
}

/**
 * Returns the NetworkPolicy of the gateway pods. All networks except the denied ones may connect to the listener port. The health port
 * stays open to everyone, as without a NetworkPolicy, and so do the metrics ports of a mesh without a scraper.
 */
function compileClients(model: MeshModel, { name, deniedNetworks }: GatewayNode, { statusPorts }: GatewayMembership): k8s.NetworkPolicySpec {
  const except = (version: 4 | 6) => {
    const networks = deniedNetworks.filter((network) => networkOf(network)?.version === version);
    return networks.length > 0 ? { except: networks } : {};
  };
  return {
    podSelector: { matchLabels: { [LABELS.gatewayName]: name } },
    policyTypes: ['Ingress'],
    ingress: [
      { from: [{ ipBlock: { cidr: '0.0.0.0/0', ...except(4) } }, { ipBlock: { cidr: '::/0', ...except(6) } }], ports: [tcpPort(HTTPS_PORT)] },
      { ports: [...model.scraper ? [READINESS] : [MERGED_METRICS, READINESS, ENVOY_METRICS], ...statusPorts].map(tcpPort) },
      ...scraping(model, [MERGED_METRICS, ENVOY_METRICS]),
    ],
  };
}

/**
 * Returns the metrics of the gateways that are created here. A NetworkPolicy that limits their readers would have to admit clients from
 * everywhere, also against a NetworkPolicy of the team. So only that of `deniedCidrs` limits them.
 */
export function edgeMetrics(model: MeshModel, { acceptedTransports }: GatewayMembership, ports: readonly number[]): ProxyMetrics[] {
  return model.gateways.filter(({ existingServiceAccount }) => existingServiceAccount === undefined).map(({ name, namespace, deniedNetworks }) => {
    const isCaptured = acceptedTransports.length === 0; // the proxy of the mesh in its pods denies by default
    return { title: `gateway ${namespace}/${name}`, ports, readBy: isCaptured ? 'nobody' : deniedNetworks.length > 0 ? byNetwork(model) : 'anyone' };
  });
}

/** Returns the pods of the gateways with `deniedCidrs`, for the check of user-managed policies that may select them. */
export function closedGateways({ gateways }: MeshModel, { edge }: GatewayMembership): ClosedPods[] {
  return gateways.filter(({ deniedNetworks }) => deniedNetworks.length > 0).map(({ name, namespace, deniedNetworks, infrastructureLabels }) => ({
    title: `gateway ${name}`,
    namespace,
    known: { labels: { [LABELS.gatewayName]: name, ...edge.labels, ...infrastructureLabels }, isAll: true },
    closedBy: `\`deniedCidrs\` ${deniedNetworks.join(', ')}`,
  }));
}

export function compileEdgeGateway(model: MeshModel, gateway: GatewayNode, className: string, membership: GatewayMembership): GatewaySpec {
  const { tls, plainText } = gateway;
  const annotations = infrastructureAnnotations(gateway, membership);
  const namespaces = [...new Set(model.routesOf(gateway).map((route) => route.namespace))].sort();
  return {
    gatewayClassName: className,
    // Explicit even where it is the default of Istio: istiod copies the labels of the Gateway when this field is absent.
    infrastructure: {
      labels: { [LABELS.dataplaneMode]: 'none', ...membership.edge.labels, ...gateway.infrastructureLabels },
      ...(Object.keys(annotations).length > 0 && { annotations }),
      ...(serviceParameters(gateway) && { parametersRef: { group: '', kind: 'ConfigMap', name: gateway.name } }),
    },
    listeners: gateway.hostnames.map((hostname) => ({
      name: listenerName(hostname, plainText ? 'http' : 'https'),
      hostname,
      port: HTTPS_PORT,
      protocol: plainText ? 'HTTP' : 'HTTPS',
      allowedRoutes: allowedRoutes(namespaces, gateway.namespace),
      ...(tls && {
        tls: {
          mode: GatewaySpecListenersTlsMode.TERMINATE,
          certificateRefs: [{
            name: secretOf(tls, hostname),
            ...(tls.secretNamespace !== gateway.namespace && { namespace: tls.secretNamespace }),
          }],
        },
      }),
    })),
    ...(tls?.clientCaConfigMapName !== undefined && {
      tls: { frontend: { default: { validation: { caCertificateRefs: [{ group: '', kind: 'ConfigMap', name: tls.clientCaConfigMapName }] } } } },
    }),
  };
}

const MOST_LISTENER_NAME = 63; // istiod derives the port names of a Service from listener names

/**
 * Returns the name of the listener of a host. It depends on the host alone, so adding a host renames no other listener. A hash keeps the
 * names distinct where dots and dashes would make two hosts equal, or where the name would be cut.
 */
function listenerName(hostname: string, protocol: 'http' | 'https' = 'https'): string {
  const name = `${protocol}-${hostname.replace('*', 'wildcard').replaceAll('.', '-')}`;
  if (/^[a-z0-9.]+$/.test(hostname) && name.length <= MOST_LISTENER_NAME) return name;
  return `${name.slice(0, MOST_LISTENER_NAME - HASH_LENGTH - 1).replace(/-+$/, '')}-${shortHash(hostname)}`;
}

/** Allows routes only from the namespaces that have routes for the gateway. */
export function allowedRoutes(namespaces: readonly string[], own: string): GatewaySpecListenersAllowedRoutes {
  const From = GatewaySpecListenersAllowedRoutesNamespacesFrom;
  if (namespaces.every((namespace) => namespace === own)) return { namespaces: { from: From.SAME } };
  return {
    namespaces: {
      from: From.SELECTOR,
      selector: { matchExpressions: [{ key: LABELS.namespaceName, operator: 'In', values: [...namespaces] }] },
    },
  };
}

/** Returns the Secret whose certificate the listener of a host presents. */
function secretOf({ secretName, secretNames = {} }: TlsFacts, hostname: string): string {
  return Object.hasOwn(secretNames, hostname) ? secretNames[hostname] : secretName;
}

/**
 * Emits a ReferenceGrant for the TLS Secrets when they are in another namespace. Only the namespace of the gateway may use them, and only
 * these Secrets. The id is `secret-grant`.
 */
export function emitSecretGrant(scope: Construct, gateway: GatewayNode): void {
  const { tls } = gateway;
  if (!tls || tls.secretNamespace === gateway.namespace) return;
  emit(scope, 'secret-grant', ReferenceGrant, { name: `${gateway.namespace}-${gateway.name}-tls`, namespace: tls.secretNamespace }, {
    spec: () => ({
      from: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', namespace: gateway.namespace }],
      to: [...new Set(gateway.hostnames.map((hostname) => secretOf(tls, hostname)))].sort().map((name) => ({ group: '', kind: 'Secret', name })),
    }),
  });
}
