import { createHash } from 'crypto';
import { Construct } from 'constructs';
import {
  Gateway, GatewaySpec, GatewaySpecListenersAllowedRoutes, GatewaySpecListenersAllowedRoutesNamespacesFrom, GatewaySpecListenersTlsMode,
  ReferenceGrant,
} from '../../../imports/gateway.networking.k8s.io';
import { AuthorizationPolicy } from '../../../imports/security.istio.io';
import { GatewayNode, TlsFacts } from '../../model/gateway';
import { MeshModel } from '../../model/mesh';
import { GatewayMembership } from '../backend';
import { emit } from '../emit';
import { allowHosts } from '../shared/istio-authorization';
import { gatewayRef, LABELS } from '../shared/istio-targets';
import { emitTelemetry } from '../shared/istio-telemetry';

const HTTPS_PORT = 443;

/** The door: HTTPS for its hosts, closed for every other. */
export function emitEdgeGateway(scope: Construct, model: MeshModel, gateway: GatewayNode, className: string, membership: GatewayMembership): void {
  const { name, namespace, tls } = gateway;
  emit(scope, 'Resource', Gateway, { name, namespace }, { spec: () => compileEdgeGateway(model, gateway, className, membership) });
  emitHosts(scope, gateway);
  if (!membership.governed && isFirstThere(model, gateway)) emitTelemetry(scope, 'telemetry', namespace);
  if (tls && tls.secretNamespace !== namespace) emitSecretGrant(scope, gateway, tls);
}

/** Telemetry is for a namespace: the first gateway there brings it, where the mesh does not. */
function isFirstThere(model: MeshModel, gateway: GatewayNode): boolean {
  return model.gateways.find(({ namespace, tls }) => namespace === gateway.namespace && tls) === gateway;
}

/** The deny-all of a namespace closes the gateways there too. */
export function emitHosts(scope: Construct, { name, namespace, hostnames }: GatewayNode): void {
  emit(scope, 'hosts', AuthorizationPolicy, { name: `${name}-hosts`, namespace }, { spec: () => allowHosts([gatewayRef(name)], hostnames) });
}

export function compileEdgeGateway(model: MeshModel, gateway: GatewayNode, className: string, membership: GatewayMembership): GatewaySpec {
  const tls = gateway.tls!;
  const namespaces = [...new Set(model.routesOf(gateway).map((route) => route.namespace))].sort();
  return {
    gatewayClassName: className,
    // Stated even where it is Istio's default: what is not stated here is copied from the Gateway's own labels.
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
    ...(tls.clientCaConfigMap !== undefined && {
      tls: { frontend: { default: { validation: { caCertificateRefs: [{ group: '', kind: 'ConfigMap', name: tls.clientCaConfigMap }] } } } },
    }),
  };
}

const MOST_LISTENER_NAME = 63; // istiod makes port names of a Service of them
const HASH_LENGTH = 8;

/**
 * By host, so that a host that is added renames no other's listener. Where dots and dashes could give two hosts one name,
 * or the name would be cut, a hash tells them apart.
 */
export function listenerName(hostname: string): string {
  const name = `https-${hostname.replace('*', 'wildcard').replaceAll('.', '-')}`;
  if (/^[a-z0-9.]+$/.test(hostname) && name.length <= MOST_LISTENER_NAME) return name;
  const hash = createHash('sha256').update(hostname).digest('hex').slice(0, HASH_LENGTH);
  return `${name.slice(0, MOST_LISTENER_NAME - HASH_LENGTH - 1).replace(/-+$/, '')}-${hash}`;
}

/** Only the namespaces that have routes to attach. */
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

/** Lets this gateway's namespace, and no other, use this one Secret. */
function emitSecretGrant(scope: Construct, gateway: GatewayNode, tls: TlsFacts): void {
  emit(scope, 'secret-grant', ReferenceGrant, { name: `${gateway.namespace}-${gateway.name}-tls`, namespace: tls.secretNamespace }, {
    spec: () => ({
      from: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', namespace: gateway.namespace }],
      to: [{ group: '', kind: 'Secret', name: tls.secretName }],
    }),
  });
}
