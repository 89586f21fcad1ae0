import { Construct } from 'constructs';
import {
  DestinationRule, DestinationRuleSpec, DestinationRuleSpecTrafficPolicyPortLevelSettingsTlsMode, ServiceEntry, ServiceEntrySpecPorts,
} from '../../../imports/networking.istio.io';
import {
  AuthorizationPolicy, AuthorizationPolicySpec, AuthorizationPolicySpecAction, AuthorizationPolicySpecRules,
} from '../../../imports/security.istio.io';
import {
  callersOf, HOST_PORTS, hostName, hostPortsBeside, namespacesOnPlane, EXTERNAL_PORT, ExternalHostNode, PLAIN_PORT, unlimitedCallers,
} from '../../model/external-host';
import { MeshModel } from '../../model/mesh';
import { distinctPrincipals } from '../../model/principal';
import { ServiceNode } from '../../model/service';
import { WaypointNode } from '../../model/waypoint';
import { emit, Meta } from '../emit';
import { externalServiceEntry } from '../istio-shared/external-service-entry';
import { sources } from '../istio-shared/istio-authorization';
import { LABELS, serviceEntryRef } from '../istio-shared/istio-targets';

/** Returns a port that is not inspected. Port 80 carries plain HTTP, every other port TLS. */
function passedOn(number: number): ServiceEntrySpecPorts {
  return number === PLAIN_PORT ? { name: 'http-80', number, protocol: 'HTTP' } : { name: `tls-${number}`, number, protocol: 'TLS' };
}

/**
 * Emits a ServiceEntry and an AuthorizationPolicy for an external host. istiod assigns an address to the host name, and ztunnel gives
 * that address to every ambient pod of the cluster. All ambient pods therefore reach the host through the waypoint. The waypoint allows
 * the workloads that name the host, and callers whose egress is not restricted.
 */
export function emitExternalHost(scope: Construct, model: MeshModel, host: ExternalHostNode): void {
  const { hostname, namespace, waypoint } = host;
  const name = hostName(host);
  emit(scope, 'host', ServiceEntry, { name, namespace, labels: throughWaypoint(namespace, waypoint) }, {
    spec: () => externalServiceEntry([hostname], HOST_PORTS.map(passedOn)),
  });
  emit(scope, 'callers', AuthorizationPolicy, { name, namespace }, { spec: () => compileHostCallers(model, host) });
}

function compileHostCallers(model: MeshModel, host: ExternalHostNode): AuthorizationPolicySpec {
  const named = callersOf(model, host).map((workload) => model.principal(workload.namespace, workload.serviceAccount));
  return {
    targetRefs: [serviceEntryRef(hostName(host))],
    action: AuthorizationPolicySpecAction.ALLOW,
    rules: [
      ...named.length > 0 ? [{ from: sources(model, distinctPrincipals(named)), to: [{ operation: { ports: [String(EXTERNAL_PORT)] } }] }] : [],
      passingOn(model, host.namespace, HOST_PORTS),
    ],
  };
}

/**
 * Returns a rule for callers that could reach a host without the mesh: pods of namespaces outside the mesh, and workloads without
 * `egress`.
 */
function passingOn(model: MeshModel, namespace: string, ports: readonly number[]): AuthorizationPolicySpecRules {
  const unlimited = distinctPrincipals(unlimitedCallers(model, namespace).map(({ principal }) => principal));
  return {
    from: [{ source: { notNamespaces: namespacesOnPlane(model, namespace) } }, ...unlimited.length > 0 ? sources(model, unlimited) : []],
    to: [{ operation: { ports: ports.map(String) } }],
  };
}

/**
 * Returns the policy of an external tool server. It adds callers that do not use the tool boundary: they reach the other ports of the
 * host without a grant.
 */
export function allowExternalCallers(model: MeshModel, service: ServiceNode, granted: AuthorizationPolicySpec): AuthorizationPolicySpec {
  const beside = passingOn(model, service.namespace, hostPortsBeside(service));
  return { ...granted, action: AuthorizationPolicySpecAction.ALLOW, rules: [...granted.rules ?? [], beside] };
}

/**
 * Emits a ServiceEntry and a DestinationRule for an external host that callers reach over plain HTTP inside the mesh. The waypoint
 * inspects the requests and calls the host over TLS.
 */
export function emitExternalService(scope: Construct, service: ServiceNode): void {
  const { name, namespace, hostname, port, targetPort, waypoint } = service;
  if (hostname === undefined) return;
  emit(scope, 'host', ServiceEntry, { name, namespace, labels: throughWaypoint(namespace, waypoint) }, {
    spec: () => externalServiceEntry([hostname], [{ name: 'http', number: port, protocol: 'HTTP', targetPort }, ...hostPortsBeside(service).map(passedOn)]),
  });
  // Istio reads it in the namespace of the waypoint. It is not exported to other namespaces.
  const home = waypoint?.namespace ?? namespace;
  emit(scope, 'tls', DestinationRule, { name: home === namespace ? name : `${namespace}-${name}`, namespace: home }, { spec: () => compileTls(hostname, port) });
}

/** Returns a DestinationRule for the port of the tool boundary only. Traffic that callers encrypt themselves passes unchanged. */
function compileTls(hostname: string, port: number): DestinationRuleSpec {
  const { SIMPLE } = DestinationRuleSpecTrafficPolicyPortLevelSettingsTlsMode;
  return {
    host: hostname,
    exportTo: ['.'],
    trafficPolicy: {
      portLevelSettings: [{ port: { number: port }, tls: { mode: SIMPLE, sni: hostname, subjectAltNames: [hostname], caCertificates: 'system' } }],
    },
  };
}

function throughWaypoint(namespace: string, waypoint: WaypointNode | undefined): NonNullable<Meta['labels']> {
  if (!waypoint) return {};
  return { [LABELS.useWaypoint]: waypoint.name, ...(waypoint.namespace !== namespace && { [LABELS.useWaypointNamespace]: waypoint.namespace }) };
}
