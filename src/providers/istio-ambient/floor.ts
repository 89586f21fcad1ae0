import { AuthorizationPolicySpec } from '../../../imports/security.istio.io';
import { Admission, mergedAdmissions } from '../../model/admission';
import { MeshModel } from '../../model/mesh';
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
  if (service?.waypoint) {
    return [{ principals: [model.principal(service.waypoint.namespace, service.waypoint.serviceAccount)], ports }];
  }
  return workload.callers.isEmpty ? [] : [{ principals: workload.callers.principals, ports }];
}
