import { MeshModel } from '../../../model/mesh';
import { CheckResult } from '../../../model/problem';
import { ServiceNode } from '../../../model/service';
import { WaypointNode } from '../../../model/waypoint';
import { WorkloadNode } from '../../../model/workload';

const USE = 'istio.io/use-waypoint';
const USE_NAMESPACE = 'istio.io/use-waypoint-namespace';
const INGRESS = 'istio.io/ingress-use-waypoint';

/**
 * A Service that the team owns is labelled by the team. Without the right labels its traffic passes the waypoint by, or
 * goes through one that denies it; neither shows in any status.
 */
export function waypointLabels(model: MeshModel): CheckResult[] {
  const problems: CheckResult[] = [];
  for (const workload of model.workloads) {
    const { service } = workload;
    const bound = model.namespaces.get(workload.namespace)?.waypoint;
    if (service?.waypoint && service.headless) problems.push(passedBy(workload, service, service.waypoint));
    else if (service?.waypoint) problems.push(...missing(model, workload, service, service.waypoint, bound));
    else if (service?.statedLabels) problems.push(...unasked(workload, service.statedLabels, bound));
    else if (!service && !workload.deployment && bound && !workload.callers.isEmpty) problems.push(unknown(workload, bound));
  }
  return problems;
}

/** Callers of a headless Service call pods, which take connections of the waypoint alone. */
function passedBy({ origin, title }: WorkloadNode, { name }: ServiceNode, waypoint: WaypointNode): CheckResult {
  return {
    path: origin.path,
    message: `requests to ${title} would not go through waypoint ${waypoint.name}: the Service ${name} is headless, so that callers go to its pods`,
    actual: { headless: true },
    expected: 'a Service with a cluster IP before a waypoint; a headless one without',
    fix: 'state a second Service of the same pods, which has a cluster IP, or drop the waypoint',
  };
}

/** A Service that goes through a waypoint which nobody told to let the callers in. */
function unasked(workload: WorkloadNode, stated: Readonly<Record<string, string>>, bound: WaypointNode | undefined): CheckResult[] {
  const used = stated[USE] ?? bound?.name ?? 'none';
  if (used === 'none' && stated[INGRESS] !== 'true') return [];
  return [{
    path: workload.origin.path,
    message: `the Service of ${workload.title} goes through ${used === 'none' ? 'whatever waypoint its namespace has' : `waypoint ${used}`}, which would refuse its callers`,
    actual: stated,
    expected: `that waypoint as \`waypoint\`, or a Service with the label ${USE}: none`,
    fix: 'pass the waypoint (Waypoint.fromGatewayName brings one), or state the labels of the Service in Workload.existing',
  }];
}

function unknown(workload: WorkloadNode, bound: WaypointNode): CheckResult {
  return {
    path: workload.origin.path,
    message: `the namespace of ${workload.title} is bound to waypoint ${bound.name}, which would refuse its callers`,
    actual: 'no Service is known',
    expected: `a Service with the label ${USE}: none, or an agent with \`waypoint\``,
    fix: 'state the Service and its labels in Workload.existing, and give the agent the waypoint if it goes through it',
  };
}

function missing(
  model: MeshModel, workload: WorkloadNode, service: ServiceNode, waypoint: WaypointNode, bound: WaypointNode | undefined,
): CheckResult[] {
  const stated = service.statedLabels;
  if (!stated) return []; // the library's own, labelled by it
  const wanted: Record<string, string> = {};
  const namesIt = stated[USE] === waypoint.name && (stated[USE_NAMESPACE] ?? service.namespace) === waypoint.namespace;
  if (!namesIt && !(stated[USE] === undefined && bound === waypoint)) {
    wanted[USE] = waypoint.name;
    if (waypoint.namespace !== service.namespace) wanted[USE_NAMESPACE] = waypoint.namespace;
  }
  if (model.routesOf(workload).length > 0 && stated[INGRESS] !== 'true') wanted[INGRESS] = 'true';
  if (Object.keys(wanted).length === 0) return [];
  return [{
    path: workload.origin.path,
    message: `requests to ${workload.title} would not go through waypoint ${waypoint.name}: the Service ${service.name} is the team's, and not said to be labelled for it`,
    actual: stated,
    expected: JSON.stringify(wanted),
    fix: 'label the Service and state the `labels` of the `service` in Workload.existing; or make a Waypoint, bind the namespace to it (bindNamespace) and pass it as `waypoint`',
  }];
}
