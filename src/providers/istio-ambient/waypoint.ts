import { Construct } from 'constructs';
import { allowExternalCallers, emitExternalService } from './external-hosts';
import { Gateway, GatewaySpec, GatewaySpecListenersAllowedRoutesNamespacesFrom } from '../../../imports/gateway.networking.k8s.io';
import { AuthorizationPolicy } from '../../../imports/security.istio.io';
import { MeshModel, NamespaceNode } from '../../model/mesh';
import { RequestRule } from '../../model/request-rule';
import { ServiceNode } from '../../model/service';
import { WaypointNode } from '../../model/waypoint';
import { WorkloadNode } from '../../model/workload';
import { WaypointBackend } from '../backend';
import { emit, Meta } from '../emit';
import { allowRequests, denyAll } from '../shared/istio-authorization';
import { emitCredentialsCheck, emitRequestChecks } from '../shared/istio-request-checks';
import { gatewayRef, HBONE_PORT, LABELS, serviceEntryRef, serviceRef } from '../shared/istio-targets';

/** Waypoints: Envoys of istiod's, which read the requests to the Services that are labelled for them. */
export class AmbientWaypoints implements WaypointBackend {
  public isBehind({ service }: WorkloadNode): boolean {
    return service?.waypoint !== undefined;
  }

  public createWaypoint(scope: Construct, waypoint: WaypointNode, namespaces: () => readonly string[]): void {
    emitWaypoint(scope, waypoint, namespaces);
  }

  /** Services of a namespace that say nothing may go through a waypoint where it is bound, or the team's and may be labelled. */
  public mayIntercept(namespace: NamespaceNode | undefined): boolean {
    return mayBeRead(namespace);
  }

  /** Class `istio-waypoint` names everything like the Gateway (Istio 1.30, deployment controller). */
  public serviceAccount(name: string): string {
    return name;
  }

  public registerExternalService(scope: Construct, service: ServiceNode): void {
    emitExternalService(scope, service);
  }

  public authorizeRequests(
    scope: Construct, id: string, service: ServiceNode, model: MeshModel, workload: WorkloadNode, rules: () => readonly RequestRule[],
  ): void {
    const { name, namespace, hostname, port } = service;
    const targetRefs = [hostname === undefined ? serviceRef(name) : serviceEntryRef(name)];
    const spec = hostname === undefined
      ? () => allowRequests(model, targetRefs, rules())
      : () => allowExternalCallers(model, service, allowRequests(model, targetRefs, rules(), { hostname, port }));
    emit(scope, id, AuthorizationPolicy, { name, namespace }, { spec });
    // Other ports of a host are not read: a DENY of a header would there be a DENY of everything.
    const where = { targetRefs, ...(hostname !== undefined && { port }) };
    emitRequestChecks(scope, name, workload, where);
    emitCredentialsCheck(scope, 'credentials', `${name}-credentials`, workload, where);
  }
}

/** A waypoint that lets nothing through until a Service behind it is guarded. */
function emitWaypoint(scope: Construct, waypoint: WaypointNode, namespaces: () => readonly string[]): void {
  const { name, namespace } = waypoint;
  if (!waypoint.existing) {
    emit(scope, 'Resource', Gateway, { name, namespace, labels: { [LABELS.waypointFor]: 'service' } }, {
      spec: () => compileWaypoint(waypoint, namespaces()),
    });
  }
  if (waypoint.deniesByDefault) return;
  // ztunnel's deny-all never reaches a waypoint: without this one, a Service behind it that nobody guards is open.
  emit(scope, 'deny-all', AuthorizationPolicy, { name: `${name}-deny-all`, namespace }, {
    spec: () => denyAll({ targetRefs: [gatewayRef(name)] }),
  });
}

/** One HBONE listener, as istiod demands; other namespaces may use it only where they do. */
export function compileWaypoint(waypoint: WaypointNode, namespaces: readonly string[]): GatewaySpec {
  const foreign = [...new Set(namespaces)].filter((namespace) => namespace !== waypoint.namespace).sort();
  return {
    gatewayClassName: 'istio-waypoint',
    // Stated, so that no label of the Gateway itself is copied to the proxies.
    infrastructure: { labels: { [LABELS.useWaypoint]: 'none' } },
    listeners: [{
      name: 'mesh',
      port: HBONE_PORT,
      protocol: 'HBONE',
      ...(foreign.length > 0 && {
        allowedRoutes: {
          namespaces: {
            from: GatewaySpecListenersAllowedRoutesNamespacesFrom.SELECTOR,
            selector: { matchExpressions: [{ key: LABELS.namespaceName, operator: 'In', values: [waypoint.namespace, ...foreign].sort() }] },
          },
        },
      }),
    }],
  };
}

function mayBeRead(namespace: NamespaceNode | undefined): boolean {
  return namespace !== undefined && (namespace.existing || namespace.waypoint !== undefined);
}

/** The labels that send a Service's traffic through its waypoint, or past that of its namespace. */
export function waypointLabels(service: ServiceNode, namespace: NamespaceNode | undefined, routedByGateway: () => boolean): NonNullable<Meta['labels']> {
  const { waypoint } = service;
  if (!waypoint) return { [LABELS.useWaypoint]: () => (mayBeRead(namespace) ? 'none' : undefined) };
  return {
    [LABELS.useWaypoint]: waypoint.name,
    [LABELS.useWaypointNamespace]: () => (waypoint.namespace === service.namespace ? undefined : waypoint.namespace),
    // A gateway goes straight to the pods, past the waypoint, unless the Service says otherwise.
    [LABELS.ingressUseWaypoint]: () => (routedByGateway() ? 'true' : undefined),
  };
}
