import { Construct } from 'constructs';
import { ConnectionRule } from '../../model/connection-rule';
import { RequestRule } from '../../model/request-rule';
import { ServiceNode } from '../../model/service';
import { calledPorts, requestRules, WorkloadNode } from '../../model/workload';
import { emitDeployment, emitServiceAccount } from '../../providers/workload/deployment';
import { setMainObject } from '../membership/main-object';
import { Membership } from '../membership/membership';

/** Emits the ServiceAccount and Deployment of a workload that is deployed here. */
export function deployWorkload(scope: Construct, { context }: Membership, workload: WorkloadNode): void {
  if (!workload.deployment) return;
  if (workload.deployment.existingServiceAccount === undefined) emitServiceAccount(scope, workload);
  emitDeployment(scope, workload, context.mesh.podMetadata(workload));
}

/**
 * Emits the workload policy of a workload, the main object of the scope. Its rules are computed at synth, when all grants and routes are
 * known.
 */
export function authorizeWorkload(scope: Construct, member: Membership, workload: WorkloadNode): void {
  const { mcpProxy } = workload;
  const { context, model } = member;
  restrictWorkloadEgress(scope, member, workload);
  context.mesh.authorizePods(scope, model, workload, mcpProxy
    ? () => [{ principals: [model.principal(mcpProxy.namespace, mcpProxy.serviceAccount)], ports: calledPorts(workload) }]
    : () => together(context.mesh.connectionRules(model, workload), context.gateway.connectionRules(model, workload)));
  setMainObject(scope, 'workload-policy');
}

/** Avoids a copy of the rules, because gateways call few workloads. */
function together(ofMesh: readonly ConnectionRule[], ofGateways: readonly ConnectionRule[]): readonly ConnectionRule[] {
  return ofGateways.length === 0 ? ofMesh : [...ofMesh, ...ofGateways];
}

/** Restricts what the pods may call outside the cluster, if it is restricted: to the named hosts, each allowed once for the namespace. */
export function restrictWorkloadEgress(scope: Construct, { context }: Membership, workload: WorkloadNode): void {
  const { egress } = workload;
  if (!egress) return;
  context.mesh.restrictEgress(scope, workload, egress);
  for (const hostname of egress.hostnames) context.allowExternalHost({ hostname, namespace: workload.namespace, waypoint: egress.waypoint });
}

/** Authorizes the requests to a Service at its waypoint, if it has one, for granted callers and for gateways with a route to it. */
export function authorizeService(scope: Construct, { context, model }: Membership, workload: WorkloadNode, service: ServiceNode): void {
  if (!service.waypoint) return;
  context.mesh.waypoints?.authorizeRequests(scope, service, model, workload, (): RequestRule[] => {
    // Gateways route to the Service of a workload, never to the Service that splits calls between versions.
    const routes = service === workload.service ? model.routesOf(workload) : [];
    return requestRules(workload, routes.map(({ gateway }) => context.gateway.caller(model, gateway).principal));
  });
}
