import { AuthorizationPolicySpec } from '../../../imports/security.istio.io';
import { ConnectionRule, mergedConnectionRules } from '../../model/connection-rule';
import { MeshModel } from '../../model/mesh';
import { WaypointNode } from '../../model/waypoint';
import { calledPorts, WorkloadNode } from '../../model/workload';
import { allowConnections } from '../shared/istio-authorization';

/** What ztunnel lets connect to the pods: a policy by selector, which reads identities and ports and nothing else. */
export function compileWorkloadPolicy(model: MeshModel, workload: WorkloadNode, connectionRules: readonly ConnectionRule[]): AuthorizationPolicySpec {
  return allowConnections(model, { selector: { matchLabels: { ...workload.labels } } }, mergedConnectionRules(connectionRules));
}

/**
 * Who the mesh itself lets connect. With a waypoint before its Service, that is the waypoint and nobody else: the
 * callers' identities end there, and a caller that could also reach the pods would pass it by.
 */
export function meshConnectionRules(model: MeshModel, workload: WorkloadNode): ConnectionRule[] {
  const { service } = workload;
  const ports = calledPorts(workload);
  const match = ({ namespace, serviceAccount }: WaypointNode) => model.principal(namespace, serviceAccount);
  if (service?.waypoint) return [{ principals: [match(service.waypoint)], ports }];
  const routes = model.meshRoutesTo(workload);
  const callers = workload.callers.isEmpty ? [] : [{ principals: workload.callers.principals, ports }];
  if (routes.length === 0) return callers;
  // Calls that are shared out come through the waypoint that does it, which lets in the same callers.
  return [...callers, { principals: routes.flatMap((route) => (route.service.waypoint ? [match(route.service.waypoint)] : [])), ports }];
}
