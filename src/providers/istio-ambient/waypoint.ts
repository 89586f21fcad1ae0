import { Construct } from 'constructs';
import { allowExternalCallers, emitExternalService } from './external-hosts';
import { Gateway, GatewaySpec, GatewaySpecListenersAllowedRoutesNamespacesFrom } from '../../../imports/gateway.networking.k8s.io';
import { MeshModel, NamespaceNode } from '../../model/mesh';
import { MERGED_METRICS, ENVOY_METRICS, ProxyMetrics } from '../../model/proxy-metrics';
import { RequestRule } from '../../model/request-rule';
import { enforcingWaypoint, ServiceNode } from '../../model/service';
import { WaypointNode } from '../../model/waypoint';
import { WorkloadNode } from '../../model/workload';
import { WaypointBackend } from '../backend';
import { emit, Meta } from '../emit';
import { emitAuthorizationPolicy } from '../istio-shared/authorization-policy';
import { allowRequests, denyAll } from '../istio-shared/istio-authorization';
import { emitCredentialsCheck, emitRequestChecks } from '../istio-shared/istio-request-checks';
import { gatewayRef, HBONE_PORT, LABELS, serviceEntryRef, serviceRef } from '../istio-shared/istio-targets';
import { byNetwork, emitMetricsNetwork } from '../istio-shared/metrics-network';

/** Emits Istio waypoints: Envoys that istiod deploys, and that inspect the requests to the Services labelled for them. */
export class AmbientWaypoints implements WaypointBackend {
  public isBehind({ service }: WorkloadNode): boolean {
    return enforcingWaypoint(service) !== undefined;
  }

  public createWaypoint(scope: Construct, model: MeshModel, waypoint: WaypointNode, namespaces: () => readonly string[]): void {
    emitWaypoint(scope, model, waypoint, namespaces);
    if (!waypoint.existing && !model.isAuditOnly(waypoint.namespace)) emitMetricsNetwork(scope, model, waypoint, WAYPOINT_METRICS);
  }

  /**
   * Returns whether a waypoint may intercept unlabelled Services of a namespace. This is so if a waypoint is bound to it, or if it is an
   * existing namespace that may have labels unknown to the app.
   */
  public mayIntercept(namespace: NamespaceNode | undefined): boolean {
    return mayBeRead(namespace);
  }

  /**
   * Returns the ServiceAccount of a waypoint. Class `istio-waypoint` gives all its objects the name of the Gateway (Istio 1.30,
   * deployment controller).
   */
  public serviceAccount(name: string): string {
    return name;
  }

  public registerExternalService(scope: Construct, model: MeshModel, service: ServiceNode): void {
    emitExternalService(scope, model, service);
  }

  public authorizeRequests(
    scope: Construct, service: ServiceNode, model: MeshModel, workload: WorkloadNode, rules: () => readonly RequestRule[],
  ): void {
    const { name, namespace, hostname, port } = service;
    const targetRefs = [hostname === undefined ? serviceRef(name) : serviceEntryRef(name)];
    const spec = hostname === undefined
      ? () => allowRequests(model, targetRefs, rules())
      : () => allowExternalCallers(model, service, allowRequests(model, targetRefs, rules(), { hostname, port }));
    emitAuthorizationPolicy(scope, 'request-policy', model, { name, namespace }, spec);
    // Requests at other ports of a host are not inspected. A DENY rule on a header would deny everything there.
    const where = { targetRefs, ...(hostname !== undefined && { port }) };
    emitRequestChecks(scope, model, name, workload, where);
    emitCredentialsCheck(scope, model, `${name}-credentials`, workload, where);
  }
}

const WAYPOINT_METRICS = [MERGED_METRICS, ENVOY_METRICS];

/** Returns the metrics of the waypoints that are created here. ztunnel does not capture their pods, so no policy applies. */
export function waypointMetrics(model: MeshModel): ProxyMetrics[] {
  return model.waypoints.filter(({ existing }) => !existing)
    .map(({ name, namespace }) => ({ title: `waypoint ${namespace}/${name}`, ports: WAYPOINT_METRICS, readBy: model.isAuditOnly(namespace) ? 'anyone' : byNetwork(model) }));
}

/** Emits a waypoint that denies all requests until a policy allows them for a Service. */
function emitWaypoint(scope: Construct, model: MeshModel, waypoint: WaypointNode, namespaces: () => readonly string[]): void {
  const { name, namespace } = waypoint;
  if (!waypoint.existing) {
    emit(scope, 'gateway', Gateway, { name, namespace, labels: { [LABELS.waypointFor]: 'service' } }, {
      spec: () => compileWaypoint(waypoint, namespaces()),
    });
  }
  if (waypoint.deniesByDefault) return;
  // The namespace deny-all at ztunnel does not apply to waypoints. Without this policy, a Service behind the waypoint is open unless it
  // has a policy itself.
  emitAuthorizationPolicy(scope, 'deny-all', model, { name: `${name}-deny-all`, namespace }, () => denyAll({ targetRefs: [gatewayRef(name)] }));
}

/**
 * Returns the Gateway of a waypoint, with the one HBONE listener that istiod requires. It allows routes only from namespaces that use it.
 */
export function compileWaypoint(waypoint: WaypointNode, namespaces: readonly string[]): GatewaySpec {
  const foreign = [...new Set(namespaces)].filter((namespace) => namespace !== waypoint.namespace).sort();
  return {
    gatewayClassName: 'istio-waypoint',
    // Explicit, because istiod copies the labels of the Gateway to the proxies when this field is absent.
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

/** Returns the labels that send the traffic of a Service through its waypoint, or around the waypoint of its namespace. */
export function waypointLabels(service: ServiceNode, namespace: NamespaceNode | undefined, routedByGateway: () => boolean): NonNullable<Meta['labels']> {
  const { waypoint } = service;
  if (!waypoint) return { [LABELS.useWaypoint]: () => (mayBeRead(namespace) ? 'none' : undefined) };
  return {
    [LABELS.useWaypoint]: waypoint.name,
    [LABELS.useWaypointNamespace]: () => (waypoint.namespace === service.namespace ? undefined : waypoint.namespace),
    // A gateway calls the pods directly, without the waypoint, unless the Service has this label.
    [LABELS.ingressUseWaypoint]: () => (!service.waypointOnlyRoutes && routedByGateway() ? 'true' : undefined),
  };
}
