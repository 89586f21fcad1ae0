import { k8s } from 'cdk8s-plus-30';
import { Construct } from 'constructs';
import { LABELS } from './istio-targets';
import {
  Gateway, GatewaySpec, GatewaySpecListenersAllowedRoutes, GatewaySpecListenersAllowedRoutesNamespacesFrom, GatewaySpecListenersTlsMode,
  ReferenceGrant,
} from '../../../imports/gateway.networking.k8s.io';
import { GatewayNode, HTTPS_PORT } from '../../model/gateway';
import { MeshModel } from '../../model/mesh';
import { networkOf } from '../../model/networks';
import { HASH_LENGTH, shortHash } from '../../model/short-hash';
import { GatewayMembership } from '../backend';
import { emit } from '../emit';
import { ClosedPods } from '../foreign/gateway-ingress';

/** Emits an edge Gateway: one HTTPS listener for each of its hosts, and no listener for any other host. */
export function emitGateway(scope: Construct, model: MeshModel, gateway: GatewayNode, className: string, membership: GatewayMembership): void {
  const { name, namespace } = gateway;
  emit(scope, 'gateway', Gateway, { name, namespace }, { spec: () => compileEdgeGateway(model, gateway, className, membership) });
  if (gateway.deniedNetworks.length > 0) {
    emit(scope, 'network', k8s.KubeNetworkPolicy, { name: `${name}-clients`, namespace }, { spec: () => compileClients(gateway, membership) });
  }
}

/** Health and metrics ports of agentgateway and of Envoy (Istio 1.31, gateway templates). */
const STATUS_PORTS = [15020, 15021, 15090];

/**
 * Returns the NetworkPolicy of the gateway pods. All networks except the denied ones may connect to the listener port. The status ports
 * stay open to everyone, as they are without a NetworkPolicy.
 */
export function compileClients({ name, deniedNetworks }: GatewayNode, { statusPorts }: GatewayMembership): k8s.NetworkPolicySpec {
  const tcp = (port: number) => ({ port: k8s.IntOrString.fromNumber(port), protocol: 'TCP' });
  const except = (version: 4 | 6) => {
    const networks = deniedNetworks.filter((network) => networkOf(network)?.version === version);
    return networks.length > 0 ? { except: networks } : {};
  };
  return {
    podSelector: { matchLabels: { [LABELS.gatewayName]: name } },
    policyTypes: ['Ingress'],
    ingress: [
      { from: [{ ipBlock: { cidr: '0.0.0.0/0', ...except(4) } }, { ipBlock: { cidr: '::/0', ...except(6) } }], ports: [tcp(HTTPS_PORT)] },
      { ports: [...STATUS_PORTS, ...statusPorts].map(tcp) },
    ],
  };
}

/** Returns the pods of the gateways with `deniedCidrs`, as a user-managed policy may select them. */
export function closedGateways({ gateways }: MeshModel, { edge }: GatewayMembership): ClosedPods[] {
  return gateways.filter(({ deniedNetworks }) => deniedNetworks.length > 0).map(({ name, namespace, deniedNetworks, infrastructureLabels }) => ({
    title: `gateway ${name}`,
    namespace,
    known: { labels: { [LABELS.gatewayName]: name, ...edge.labels, ...infrastructureLabels }, isAll: true },
    closedBy: `\`deniedCidrs\` ${deniedNetworks.join(', ')}`,
  }));
}

export function compileEdgeGateway(model: MeshModel, gateway: GatewayNode, className: string, membership: GatewayMembership): GatewaySpec {
  const tls = gateway.tls!;
  const namespaces = [...new Set(model.routesOf(gateway).map((route) => route.namespace))].sort();
  return {
    gatewayClassName: className,
    // Explicit even where it is the default of Istio: istiod copies the labels of the Gateway when this field is absent.
    infrastructure: {
      labels: { [LABELS.dataplaneMode]: 'none', ...membership.edge.labels, ...gateway.infrastructureLabels },
      ...(membership.edge.annotations && { annotations: { ...membership.edge.annotations } }),
    },
    listeners: gateway.hostnames.map((hostname) => ({
      name: listenerName(hostname),
      hostname,
      port: HTTPS_PORT,
      protocol: 'HTTPS',
      allowedRoutes: allowedRoutes(namespaces, gateway.namespace),
      tls: {
        mode: GatewaySpecListenersTlsMode.TERMINATE,
        certificateRefs: [{
          name: tls.secretName,
          ...(tls.secretNamespace !== gateway.namespace && { namespace: tls.secretNamespace }),
        }],
      },
    })),
    ...(tls.clientCaConfigMapName !== undefined && {
      tls: { frontend: { default: { validation: { caCertificateRefs: [{ group: '', kind: 'ConfigMap', name: tls.clientCaConfigMapName }] } } } },
    }),
  };
}

const MOST_LISTENER_NAME = 63; // istiod derives the port names of a Service from listener names

/**
 * Returns the name of the listener of a host. It depends on the host alone, so adding a host renames no other listener. A hash keeps the
 * names distinct where dots and dashes would make two hosts equal, or where the name would be cut.
 */
export function listenerName(hostname: string): string {
  const name = `https-${hostname.replace('*', 'wildcard').replaceAll('.', '-')}`;
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

/**
 * Emits a ReferenceGrant for the TLS Secret when it is in another namespace. Only the namespace of the gateway may use it, and only this
 * one Secret. The id is `secret-grant`.
 */
export function emitSecretGrant(scope: Construct, gateway: GatewayNode): void {
  const tls = gateway.tls!;
  if (tls.secretNamespace === gateway.namespace) return;
  emit(scope, 'secret-grant', ReferenceGrant, { name: `${gateway.namespace}-${gateway.name}-tls`, namespace: tls.secretNamespace }, {
    spec: () => ({
      from: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', namespace: gateway.namespace }],
      to: [{ group: '', kind: 'Secret', name: tls.secretName }],
    }),
  });
}
