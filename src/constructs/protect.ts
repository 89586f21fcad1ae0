import { Construct } from 'constructs';
import { Membership } from './membership';
import { Admission } from '../model/admission';
import { RequestRule } from '../model/request-rule';
import { ServiceNode } from '../model/service';
import { calledPorts, requestRules, WorkloadNode } from '../model/workload';

/** What is deployed here of a workload with an identity of its own. */
export function deployWorkload(scope: Construct, { context }: Membership, workload: WorkloadNode): void {
  if (!workload.deployment) return;
  if (workload.deployment.existingServiceAccount === undefined) context.mesh.identify(scope, workload);
  context.mesh.deploy(scope, workload);
}

/** The floor of a workload, from everything that the mesh and the gateway know when it is written. */
export function protectWorkload(scope: Construct, id: string, member: Membership, workload: WorkloadNode): void {
  const { front } = workload;
  const { context, model } = member;
  confineWorkload(scope, member, workload);
  context.mesh.protect(scope, id, model, workload, front
    ? () => [{ principals: [model.principal(front.namespace, front.serviceAccount)], ports: calledPorts(workload) }]
    : () => together(context.mesh.admissions(model, workload), context.gateway.admissions(model, workload)));
}

/** Gateways call few of the workloads. */
function together(ofMesh: readonly Admission[], ofGateways: readonly Admission[]): readonly Admission[] {
  return ofGateways.length === 0 ? ofMesh : [...ofMesh, ...ofGateways];
}

/** What the pods may call outside the cluster, where it is limited: the hosts that are named, each let out of the namespace once, and nothing else. */
export function confineWorkload(scope: Construct, { context }: Membership, workload: WorkloadNode): void {
  const { egress } = workload;
  if (!egress) return;
  context.mesh.confine(scope, workload, egress);
  for (const hostname of egress.hostnames) context.letOut({ hostname, namespace: workload.namespace, waypoint: egress.waypoint });
}

/** Has the requests to a Service read where a waypoint does: those of granted callers, and of gateways with a route to it. */
export function guardService(scope: Construct, id: string, { context, model }: Membership, workload: WorkloadNode, service: ServiceNode): void {
  if (!service.waypoint) return;
  context.mesh.waypointsIn(service.waypoint.namespace)?.guard(scope, id, service, model, workload, (): RequestRule[] => {
    // Gateways are routed to a workload's own Service, and not to one that shares out calls of several.
    const routes = service === workload.service ? model.routesOf(workload) : [];
    return requestRules(workload, routes.map(({ gateway }) => context.gateway.caller(model, gateway).principal));
  });
}
