import { Construct } from 'constructs';
import { Membership } from './membership';
import { ConnectionRule } from '../model/connection-rule';
import { RequestRule } from '../model/request-rule';
import { ServiceNode } from '../model/service';
import { calledPorts, requestRules, WorkloadNode } from '../model/workload';
import { emitDeployment, emitServiceAccount } from '../providers/workload/deployment';

/** What is deployed here of a workload with an identity of its own. */
export function deployWorkload(scope: Construct, { context }: Membership, workload: WorkloadNode): void {
  if (!workload.deployment) return;
  if (workload.deployment.existingServiceAccount === undefined) emitServiceAccount(scope, workload);
  emitDeployment(scope, workload, context.mesh.podMetadata(workload));
}

/** The floor of a workload, from everything that the mesh and the gateway know when it is written. */
export function authorizeWorkload(scope: Construct, id: string, member: Membership, workload: WorkloadNode): void {
  const { mcpProxy } = workload;
  const { context, model } = member;
  restrictWorkloadEgress(scope, member, workload);
  context.mesh.authorizePods(scope, id, model, workload, mcpProxy
    ? () => [{ principals: [model.principal(mcpProxy.namespace, mcpProxy.serviceAccount)], ports: calledPorts(workload) }]
    : () => together(context.mesh.connectionRules(model, workload), context.gateway.connectionRules(model, workload)));
}

/** Gateways call few of the workloads. */
function together(ofMesh: readonly ConnectionRule[], ofGateways: readonly ConnectionRule[]): readonly ConnectionRule[] {
  return ofGateways.length === 0 ? ofMesh : [...ofMesh, ...ofGateways];
}

/** What the pods may call outside the cluster, where it is limited: the hosts that are named, each let out of the namespace once, and nothing else. */
export function restrictWorkloadEgress(scope: Construct, { context }: Membership, workload: WorkloadNode): void {
  const { egress } = workload;
  if (!egress) return;
  context.mesh.restrictEgress(scope, workload, egress);
  for (const hostname of egress.hostnames) context.allowExternalHost({ hostname, namespace: workload.namespace, waypoint: egress.waypoint });
}

/** Has the requests to a Service read where a waypoint does: those of granted callers, and of gateways with a route to it. */
export function authorizeService(scope: Construct, id: string, { context, model }: Membership, workload: WorkloadNode, service: ServiceNode): void {
  if (!service.waypoint) return;
  context.mesh.waypoints?.authorizeRequests(scope, id, service, model, workload, (): RequestRule[] => {
    // Gateways are routed to a workload's own Service, and not to one that shares out calls of several.
    const routes = service === workload.service ? model.routesOf(workload) : [];
    return requestRules(workload, routes.map(({ gateway }) => context.gateway.caller(model, gateway).principal));
  });
}
