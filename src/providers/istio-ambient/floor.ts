import { AuthorizationPolicySpec } from '../../../imports/security.istio.io';
import { Admission, mergedAdmissions } from '../../model/admission';
import { MeshModel } from '../../model/mesh';
import { WaypointNode } from '../../model/waypoint';
import { calledPorts, WorkloadNode } from '../../model/workload';
import { allowConnections } from '../shared/istio-authorization';

/** What ztunnel lets connect to the pods: a policy by selector, which reads identities and ports and nothing else. */
export function compileFloor(model: MeshModel, workload: WorkloadNode, admissions: readonly Admission[]): AuthorizationPolicySpec {
  return allowConnections(model, { selector: { matchLabels: { ...workload.labels } } }, mergedAdmissions(admissions));
}

/**
 * Who the mesh itself lets connect. With a waypoint before its Service, that is the waypoint and nobody else: the
 * callers' identities end there, and a caller that could also reach the pods would pass it by.
 */
export function meshAdmissions(model: MeshModel, workload: WorkloadNode): Admission[] {
  const { service } = workload;
  const ports = calledPorts(workload);
  const proof = ({ namespace, serviceAccount }: WaypointNode) => model.principal(namespace, serviceAccount);
  if (service?.waypoint) return [{ principals: [proof(service.waypoint)], ports }];
  const routes = model.meshRoutesTo(workload);
  const callers = workload.callers.isEmpty ? [] : [{ principals: workload.callers.principals, ports }];
  if (routes.length === 0) return callers;
  // Calls that are shared out come through the waypoint that does it, which lets in the same callers.
  return [...callers, { principals: routes.flatMap((route) => (route.service.waypoint ? [proof(route.service.waypoint)] : [])), ports }];
}
