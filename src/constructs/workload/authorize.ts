import { Construct } from 'constructs';
import { ConnectionRule } from '../../model/connection-rule';
import { networksOf } from '../../model/external-network';
import { furtherPorts, grantedPorts, portRules } from '../../model/port-rules';
import { RequestRule } from '../../model/request-rule';
import { ServiceNode } from '../../model/service';
import { calledPorts, requestRules, WorkloadNode } from '../../model/workload';
import { emitDeployment, emitServiceAccount } from '../../providers/workload/deployment';
import { setMainObject } from '../membership/main-object';
import { Membership } from '../membership/membership';

/** Emits the ServiceAccount and Deployment of a workload that the library deploys. */
export function deployWorkload(scope: Construct, { context, model }: Membership, workload: WorkloadNode): void {
  if (!workload.deployment) return;
  if (workload.deployment.existingServiceAccount === undefined) emitServiceAccount(scope, workload);
  emitDeployment(scope, workload, context.mesh.podMetadata(workload, model));
}

/**
 * Emits the workload policy of a workload as the main object of the scope. Its rules are computed at synth, when all grants and routes are
 * known.
 */
export function authorizeWorkload(scope: Construct, member: Membership, workload: WorkloadNode): void {
  const { mcpProxy } = workload;
  const { context, model } = member;
  restrictWorkloadEgress(scope, member, workload);
  context.mesh.authorizePods(scope, model, workload, mcpProxy
    ? () => [{ principals: [model.principal(mcpProxy.namespace, mcpProxy.serviceAccount)], ports: calledPorts(workload) }, ...portRules(workload)]
    : () => together(context.mesh.connectionRules(model, workload), context.gateway.connectionRules(model, workload)));
  openUnauthenticatedPorts(scope, member, workload);
  setMainObject(scope, 'workload-policy');
}

/** Opens the ports of a workload that accept callers without an identity, if it has any. One that is stated twice is reported elsewhere. */
export function openUnauthenticatedPorts(scope: Construct, { context, model }: Membership, workload: WorkloadNode): void {
  const stated = workload.unauthenticatedPorts ?? [];
  if (stated.length > 0) context.mesh.unauthenticatedPorts?.open(scope, model, workload, [...new Map(stated.map((one) => [one.port, one])).values()]);
}

/** Returns the rules of the mesh and of the gateways. It copies no list if one is empty, because gateways call few workloads. */
function together(ofMesh: readonly ConnectionRule[], ofGateways: readonly ConnectionRule[]): readonly ConnectionRule[] {
  return ofGateways.length === 0 ? ofMesh : [...ofMesh, ...ofGateways];
}

/**
 * Restricts the egress of the pods to the hosts and networks of `egress`, if the workload has it. Each host is allowed once for the
 * namespace. No mesh and no NetworkPolicy has an audit mode for egress, so an audit-only namespace is not restricted.
 */
export function restrictWorkloadEgress(scope: Construct, { context, model }: Membership, workload: WorkloadNode): void {
  const { egress, namespace } = workload;
  if (!egress || model.isAuditOnly(namespace)) return;
  context.mesh.restrictEgress(scope, workload, egress);
  for (const { hostname, port } of egress.hosts) context.allowExternalHost({ hostname, port, namespace, waypoint: egress.waypoint });
  for (const network of networksOf(workload)) context.allowExternalNetwork(network);
}

/** Authorizes granted callers, and gateways with a route to the Service, at the waypoint of the Service, if it has one. */
export function authorizeService(scope: Construct, { context, model }: Membership, workload: WorkloadNode, service: ServiceNode): void {
  if (!service.waypoint) return;
  context.mesh.waypoints?.authorizeRequests(scope, service, model, workload, (): RequestRule[] => {
    const routes = service.waypointOnlyRoutes ? [] : model.routesOf(workload); // then gateways connect to the pods directly
    return byPort(workload, service, requestRules(workload, routes.map(({ gateway }) => context.gateway.caller(model, gateway).principal)));
  });
}

/** Limits each rule to the port of the Service, if callers were granted further ports of the Service. */
function byPort(workload: WorkloadNode, service: ServiceNode, rules: readonly RequestRule[]): RequestRule[] {
  const further = furtherPorts(workload, service);
  if (further.length === 0) return [...rules];
  const granted = grantedPorts(workload).filter(({ port }) => further.includes(port));
  return [
    ...rules.map((rule) => ({ ...rule, ports: [service.port] })),
    ...granted.map(({ port, callers }) => ({ principals: callers.principals, ports: [port] })),
  ];
}
