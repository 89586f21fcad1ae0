import { AuthorizationPolicySpec } from '../../../imports/security.istio.io';
import { ConnectionRule, mergedConnectionRules } from '../../model/connection-rule';
import { MeshModel } from '../../model/mesh';
import { WaypointNode } from '../../model/waypoint';
import { calledPorts, WorkloadNode } from '../../model/workload';
import { allowConnections } from '../istio-shared/istio-authorization';

/**
 * Returns the AuthorizationPolicy that ztunnel enforces at the pods of a workload. It matches pods by selector, and enforces only
 * identities and ports.
 */
export function compileWorkloadPolicy(model: MeshModel, workload: WorkloadNode, connectionRules: readonly ConnectionRule[]): AuthorizationPolicySpec {
  return allowConnections(model, { selector: { matchLabels: { ...workload.labels } } }, mergedConnectionRules(connectionRules));
}

/**
 * Returns the connection rules of a workload. If its Service has a waypoint, only the waypoint may connect: caller identities end at the
 * waypoint, and a caller that could also reach the pods would bypass it.
 */
export function meshConnectionRules(model: MeshModel, workload: WorkloadNode): ConnectionRule[] {
  const { service } = workload;
  const ports = calledPorts(workload);
  const match = ({ namespace, serviceAccount }: WaypointNode) => model.principal(namespace, serviceAccount);
  if (service?.waypoint) return [{ principals: [match(service.waypoint)], ports }];
  const routes = model.meshRoutesTo(workload);
  const callers = workload.callers.isEmpty ? [] : [{ principals: workload.callers.principals, ports }];
  if (routes.length === 0) return callers;
  // Split calls arrive through the waypoint of the route, which allows the same callers.
  return [...callers, { principals: routes.flatMap((route) => (route.service.waypoint ? [match(route.service.waypoint)] : [])), ports }];
}
