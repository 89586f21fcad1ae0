import { Construct } from 'constructs';
import {
  DestinationRule, DestinationRuleSpec, DestinationRuleSpecTrafficPolicyPortLevelSettingsTlsMode, ServiceEntry, ServiceEntrySpecPorts,
} from '../../../imports/networking.istio.io';
import {
  AuthorizationPolicy, AuthorizationPolicySpec, AuthorizationPolicySpecAction, AuthorizationPolicySpecRules,
} from '../../../imports/security.istio.io';
import {
  callersOf, HOST_PORTS, hostName, hostPortsBeside, namespacesOnPlane, EXTERNAL_PORT, ExternalHost, PLAIN_PORT, unlimitedCallers,
} from '../../model/external-host';
import { MeshModel } from '../../model/mesh';
import { distinctPrincipals } from '../../model/principal';
import { ServiceNode } from '../../model/service';
import { WaypointNode } from '../../model/waypoint';
import { emit, Meta } from '../emit';
import { externalServiceEntry } from '../shared/external-service-entry';
import { sources } from '../shared/istio-authorization';
import { LABELS, serviceEntryRef } from '../shared/istio-targets';

/** Plain HTTP at its usual port, TLS at every other. */
function passedOn(number: number): ServiceEntrySpecPorts {
  return number === PLAIN_PORT ? { name: 'http-80', number, protocol: 'HTTP' } : { name: `tls-${number}`, number, protocol: 'TLS' };
}

/**
 * A host outside, to whose name istiod gives an address of its own. ztunnel gives that address to every pod of the cluster that is in ambient, so
 * that what goes to the host goes through the waypoint: it lets in the workloads that name the host, and passes on whom nothing limits.
 */
export function emitExternalHost(scope: Construct, model: MeshModel, host: ExternalHost): void {
  const { hostname, namespace, waypoint } = host;
  const name = hostName(host);
  emit(scope, 'host', ServiceEntry, { name, namespace, labels: throughWaypoint(namespace, waypoint) }, {
    spec: () => externalServiceEntry([hostname], HOST_PORTS.map(passedOn)),
  });
  emit(scope, 'callers', AuthorizationPolicy, { name, namespace }, { spec: () => compileHostCallers(model, host) });
}

function compileHostCallers(model: MeshModel, host: ExternalHost): AuthorizationPolicySpec {
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

/** Whoever would reach a host if no mesh knew it: pods of other namespaces, and workloads whose egress nothing limits. */
function passingOn(model: MeshModel, namespace: string, ports: readonly number[]): AuthorizationPolicySpecRules {
  const unlimited = distinctPrincipals(unlimitedCallers(model, namespace).map(({ principal }) => principal));
  return {
    from: [{ source: { notNamespaces: namespacesOnPlane(model, namespace) } }, ...unlimited.length > 0 ? sources(model, unlimited) : []],
    to: [{ operation: { ports: ports.map(String) } }],
  };
}

/** What a boundary lets through, and whoever calls its host past it: at other ports, and by nobody's grant. */
export function allowExternalCallers(model: MeshModel, service: ServiceNode, granted: AuthorizationPolicySpec): AuthorizationPolicySpec {
  const beside = passingOn(model, service.namespace, hostPortsBeside(service));
  return { ...granted, action: AuthorizationPolicySpecAction.ALLOW, rules: [...granted.rules ?? [], beside] };
}

/** A host outside that callers ask in plain HTTP within the mesh; the waypoint reads what they ask, and asks it over TLS. */
export function emitExternalService(scope: Construct, service: ServiceNode): void {
  const { name, namespace, hostname, port, targetPort, waypoint } = service;
  if (hostname === undefined) return;
  emit(scope, 'host', ServiceEntry, { name, namespace, labels: throughWaypoint(namespace, waypoint) }, {
    spec: () => externalServiceEntry([hostname], [{ name: 'http', number: port, protocol: 'HTTP', targetPort }, ...hostPortsBeside(service).map(passedOn)]),
  });
  // Read in the namespace of who connects, and of nobody else's business.
  const home = waypoint?.namespace ?? namespace;
  emit(scope, 'tls', DestinationRule, { name: home === namespace ? name : `${namespace}-${name}`, namespace: home }, { spec: () => compileTls(hostname, port) });
}

/** Of the boundary's port alone: what callers encrypt themselves is passed on as it is. */
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
