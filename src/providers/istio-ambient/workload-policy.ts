import { AuthorizationPolicySpec } from '../../../imports/security.istio.io';
import { ConnectionRule, mergedConnectionRules } from '../../model/connection-rule';
import { MeshModel } from '../../model/mesh';
import { furtherPorts, portRules } from '../../model/port-rules';
import { enforcingWaypoint } from '../../model/service';
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
 * Returns the connection rules of a workload. If a waypoint authorizes the requests to its Service, only the waypoint may connect: caller identities end at the
 * waypoint, and a caller that could also reach the pods would bypass it.
 */
export function meshConnectionRules(model: MeshModel, workload: WorkloadNode): ConnectionRule[] {
  const { service } = workload;
  const ports = calledPorts(workload);
  const match = ({ namespace, serviceAccount }: WaypointNode) => model.principal(namespace, serviceAccount);
  const further = service ? furtherPorts(workload, service) : [];
  const grants = portRules(workload);
  if (service?.waypoint && further.length > 0) grants.push({ principals: [match(service.waypoint)], ports: further });
  const enforcing = enforcingWaypoint(service);
  if (enforcing) return [{ principals: [match(enforcing)], ports }, ...grants];
  const routes = model.meshRoutesTo(workload);
  const callers = workload.callers.isEmpty ? [] : [{ principals: workload.callers.principals, ports }];
  if (routes.length === 0) return [...callers, ...grants];
  // Split calls arrive through the waypoint of the route, which allows the same callers.
  return [...callers, ...grants, { principals: routes.flatMap((route) => (route.service.waypoint ? [match(route.service.waypoint)] : [])), ports }];
}
