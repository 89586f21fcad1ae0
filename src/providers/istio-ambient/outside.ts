import { Construct } from 'constructs';
import { DestinationRule, DestinationRuleSpecTrafficPolicyTlsMode, ServiceEntry } from '../../../imports/networking.istio.io';
import { AuthorizationPolicy } from '../../../imports/security.istio.io';
import { MeshModel } from '../../model/mesh';
import { callersOf, hostName, OUTSIDE_PORT, OutsideHost } from '../../model/outside-host';
import { ServiceNode } from '../../model/service';
import { WaypointNode } from '../../model/waypoint';
import { emit, Meta } from '../emit';
import { allowRequests } from '../shared/istio-authorization';
import { LABELS, serviceEntryRef } from '../shared/istio-targets';
import { outsideEntry } from '../shared/outside-entry';

/**
 * A host outside, to whose name istiod gives an address of its own: what goes there goes through the waypoint, which lets in the
 * workloads that name the host and resolves it itself.
 */
export function emitOutsideHost(scope: Construct, model: MeshModel, host: OutsideHost): void {
  const { hostname, namespace, waypoint } = host;
  const name = hostName(host);
  emit(scope, 'host', ServiceEntry, { name, namespace, labels: throughWaypoint(namespace, waypoint) }, {
    spec: () => outsideEntry([hostname], { name: 'tls', number: OUTSIDE_PORT, protocol: 'TLS' }),
  });
  emit(scope, 'callers', AuthorizationPolicy, { name, namespace }, {
    spec: () => {
      const principals = callersOf(model, host).map((workload) => model.principal(workload.namespace, workload.serviceAccount));
      return allowRequests(model, [serviceEntryRef(name)], principals.length > 0 ? [{ principals }] : []);
    },
  });
}

/** A host outside that callers ask in plain HTTP within the mesh; the waypoint reads what they ask, and asks it over TLS. */
export function emitOutsideService(scope: Construct, { name, namespace, hostname, port, targetPort, waypoint }: ServiceNode): void {
  if (hostname === undefined) return;
  emit(scope, 'host', ServiceEntry, { name, namespace, labels: throughWaypoint(namespace, waypoint) }, {
    spec: () => outsideEntry([hostname], { name: 'http', number: port, protocol: 'HTTP', targetPort }),
  });
  // Read in the namespace of who connects, and of nobody else's business.
  const home = waypoint?.namespace ?? namespace;
  emit(scope, 'tls', DestinationRule, { name: home === namespace ? name : `${namespace}-${name}`, namespace: home }, {
    spec: () => ({
      host: hostname, exportTo: ['.'], trafficPolicy: { tls: { mode: DestinationRuleSpecTrafficPolicyTlsMode.SIMPLE, sni: hostname, subjectAltNames: [hostname], caCertificates: 'system' } },
    }),
  });
}

function throughWaypoint(namespace: string, waypoint: WaypointNode | undefined): NonNullable<Meta['labels']> {
  if (!waypoint) return {};
  return { [LABELS.useWaypoint]: waypoint.name, ...(waypoint.namespace !== namespace && { [LABELS.useWaypointNamespace]: waypoint.namespace }) };
}
