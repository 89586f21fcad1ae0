import { Construct } from 'constructs';
import {
  DestinationRule, DestinationRuleSpec, DestinationRuleSpecTrafficPolicyPortLevelSettingsTlsMode, ServiceEntry, ServiceEntrySpecPorts,
} from '../../../imports/networking.istio.io';
import {
  AuthorizationPolicySpec, AuthorizationPolicySpecAction, AuthorizationPolicySpecRules, AuthorizationPolicySpecRulesFrom,
} from '../../../imports/security.istio.io';
import {
  callersOf, ExternalHostNode, HostPort, hostName, hostPorts, hostPortsBeside, namespacesOnPlane, statedPorts, statesHost, unlimitedCallers,
} from '../../model/external-host';
import { MeshModel } from '../../model/mesh';
import { distinctPrincipals } from '../../model/principal';
import { ServiceNode } from '../../model/service';
import { WaypointNode } from '../../model/waypoint';
import { emit, Meta } from '../emit';
import { emitAuthorizationPolicy } from '../istio-shared/authorization-policy';
import { externalServiceEntry } from '../istio-shared/external-service-entry';
import { sources } from '../istio-shared/istio-authorization';
import { LABELS, serviceEntryRef } from '../istio-shared/istio-targets';
import { compileLimits } from '../istio-shared/istio-traffic';

/** Returns a port at which callers use the protocol of the host itself. */
function passedOn({ port: number, protocol }: HostPort): ServiceEntrySpecPorts {
  return { name: `${protocol.toLowerCase()}-${number}`, number, protocol };
}

/**
 * Emits a ServiceEntry and an AuthorizationPolicy for an external host. istiod assigns an address to the host name, and ztunnel gives
 * that address to every ambient pod of the cluster. All ambient pods therefore reach the host through the waypoint. The waypoint allows
 * the workloads that name the host, at the ports that they state, and callers whose egress is not restricted. It authorizes connections by
 * identity and port, so the host may speak any protocol.
 */
export function emitExternalHost(scope: Construct, model: MeshModel, host: ExternalHostNode): void {
  const { hostname, namespace, waypoint } = host;
  const name = hostName(host);
  emit(scope, 'host', ServiceEntry, { name, namespace, labels: throughWaypoint(namespace, waypoint) }, {
    spec: () => externalServiceEntry([hostname], hostPorts(model, hostname).map(passedOn)),
  });
  emitAuthorizationPolicy(scope, 'callers', model, { name, namespace }, () => compileHostCallers(model, host));
}

function compileHostCallers(model: MeshModel, host: ExternalHostNode): AuthorizationPolicySpec {
  const { hostname } = host;
  const callers = callersOf(model, host);
  const principalsAt = (at: number) => callers.filter((workload) => statesHost(workload, hostname, at))
    .map(({ namespace, serviceAccount }) => model.principal(namespace, serviceAccount));
  return {
    targetRefs: [serviceEntryRef(hostName(host))],
    action: AuthorizationPolicySpecAction.ALLOW,
    rules: [
      ...statedPorts(callers, hostname).map(({ port }) => ({
        from: sources(model, distinctPrincipals(principalsAt(port))), to: [{ operation: { ports: [String(port)] } }],
      })),
      ...passingOn(model, host.namespace, hostPorts(model, hostname)),
    ],
  };
}

/**
 * Returns a rule that keeps the access of callers that the mesh does not restrict: workloads without `egress`, pods of audit-only
 * namespaces, and pods of namespaces outside the mesh, unless `closesExternalHosts` is true.
 */
function passingOn(model: MeshModel, namespace: string, ports: readonly HostPort[]): AuthorizationPolicySpecRules[] {
  const unlimited = distinctPrincipals(unlimitedCallers(model, namespace).map(({ principal }) => principal));
  const from = [
    ...unrestricted(model, namespace),
    ...unlimited.length > 0 ? sources(model, unlimited) : [],
  ];
  return from.length === 0 ? [] : [{ from, to: [{ operation: { ports: ports.map(({ port }) => String(port)) } }] }];
}

/** Returns the source of callers that the mesh does not restrict. Nobody in an audit-only namespace loses a host that another namespace names. */
function unrestricted(model: MeshModel, namespace: string): AuthorizationPolicySpecRulesFrom[] {
  const { enforcing, auditOnly } = namespacesOnPlane(model, namespace);
  if (!model.facts.closesExternalHosts) return [{ source: { notNamespaces: enforcing } }];
  return auditOnly.length > 0 ? [{ source: { namespaces: auditOnly } }] : [];
}

/**
 * Returns the policy of an external tool server. It also allows callers that do not use the boundary to call the other ports of the host
 * without a grant.
 */
export function allowExternalCallers(model: MeshModel, service: ServiceNode, granted: AuthorizationPolicySpec): AuthorizationPolicySpec {
  const rules = [...granted.rules ?? [], ...passingOn(model, service.namespace, hostPortsBeside(model, service))];
  return rules.length === 0 ? granted : { ...granted, action: AuthorizationPolicySpecAction.ALLOW, rules };
}

/**
 * Emits a ServiceEntry and a DestinationRule for an external host that callers reach over plain HTTP inside the mesh. The waypoint
 * inspects the requests and calls the host over TLS.
 */
export function emitExternalService(scope: Construct, model: MeshModel, service: ServiceNode): void {
  const { name, namespace, hostname, port, targetPort, waypoint } = service;
  if (hostname === undefined) return;
  emit(scope, 'host', ServiceEntry, { name, namespace, labels: throughWaypoint(namespace, waypoint) }, {
    spec: () => externalServiceEntry([hostname], [{ name: 'http', number: port, protocol: 'HTTP', targetPort }, ...hostPortsBeside(model, service).map(passedOn)]),
  });
  // Istio applies the DestinationRule in the namespace of the waypoint. It is not exported to other namespaces.
  const home = waypoint?.namespace ?? namespace;
  emit(scope, 'tls', DestinationRule, { name: home === namespace ? name : `${namespace}-${name}`, namespace: home }, { spec: () => compileTls(hostname, service) });
}

/** Returns a DestinationRule for the port of the tool boundary only, with its limits. Traffic that callers encrypt themselves passes unchanged. */
function compileTls(hostname: string, service: ServiceNode): DestinationRuleSpec {
  const { SIMPLE } = DestinationRuleSpecTrafficPolicyPortLevelSettingsTlsMode;
  return {
    host: hostname,
    exportTo: ['.'],
    trafficPolicy: {
      portLevelSettings: [{ port: { number: service.port }, ...compileLimits(service), tls: { mode: SIMPLE, sni: hostname, subjectAltNames: [hostname], caCertificates: 'system' } }],
    },
  };
}

function throughWaypoint(namespace: string, waypoint: WaypointNode | undefined): NonNullable<Meta['labels']> {
  if (!waypoint) return {};
  return { [LABELS.useWaypoint]: waypoint.name, ...(waypoint.namespace !== namespace && { [LABELS.useWaypointNamespace]: waypoint.namespace }) };
}
