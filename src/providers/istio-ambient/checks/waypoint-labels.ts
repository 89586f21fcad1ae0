import { MeshModel } from '../../../model/mesh';
import { CheckResult } from '../../../model/problem';
import { ServiceNode } from '../../../model/service';
import { WaypointNode } from '../../../model/waypoint';
import { WorkloadNode } from '../../../model/workload';

const USE = 'istio.io/use-waypoint';
const USE_NAMESPACE = 'istio.io/use-waypoint-namespace';
const INGRESS = 'istio.io/ingress-use-waypoint';

/**
 * Reports existing Services whose labels do not match their waypoint. Without the right labels, traffic bypasses the waypoint or goes
 * through a waypoint that denies it, and no status shows the error.
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

/** Reports a waypoint on a headless Service. Callers of a headless Service connect to the pods directly, but the pods accept only the waypoint. */
function passedBy({ origin, title }: WorkloadNode, { name }: ServiceNode, waypoint: WaypointNode): CheckResult {
  return {
    path: origin.path,
    message: `requests to ${title} would not go through waypoint ${waypoint.name}: the Service ${name} is headless, so callers call its pods directly`,
    actual: { headless: true },
    expected: 'a Service with a cluster IP if it has a waypoint; a headless Service without a waypoint',
    fix: 'declare a second Service with a cluster IP for the same pods, or remove the waypoint',
  };
}

/** Reports a Service that goes through a waypoint without a policy for its callers. */
function unasked(workload: WorkloadNode, stated: Readonly<Record<string, string>>, bound: WaypointNode | undefined): CheckResult[] {
  const used = stated[USE] ?? bound?.name ?? 'none';
  if (used === 'none' && stated[INGRESS] !== 'true') return [];
  return [{
    path: workload.origin.path,
    message: `requests to ${workload.title} go through ${used === 'none' ? 'the waypoint of its namespace' : `waypoint ${used}`}, because of the labels of its Service, but this waypoint has no policy for ${workload.title} and denies its callers`,
    actual: stated,
    expected: 'a Service without a waypoint, or with the waypoint of its agent',
    fix: `set \`waypoint\` of the agent (Waypoint.fromGatewayName), or set the label ${USE} to "none" on the Service and in the \`labels\` of its \`service\` in Workload.existing`,
  }];
}

function unknown(workload: WorkloadNode, bound: WaypointNode): CheckResult {
  return {
    path: workload.origin.path,
    message: `the namespace of ${workload.title} is bound to waypoint ${bound.name}, but this waypoint has no policy for ${workload.title} and denies its callers`,
    actual: 'no Service is known',
    expected: `a Service with the label ${USE}: none, or an agent with \`waypoint\``,
    fix: 'describe the Service and its `labels` in Workload.existing, and set `waypoint` of the agent if the Service uses it',
  };
}

function missing(
  model: MeshModel, workload: WorkloadNode, service: ServiceNode, waypoint: WaypointNode, bound: WaypointNode | undefined,
): CheckResult[] {
  const stated = service.statedLabels;
  if (!stated) return []; // the library emits and labels this Service
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
    message: `requests to ${workload.title} would not go through waypoint ${waypoint.name}: the \`labels\` that the program states for the existing Service ${service.name} do not make Istio use this waypoint`,
    actual: stated,
    expected: JSON.stringify(wanted),
    fix: 'label the Service and declare the `labels` of the `service` in Workload.existing; or create a Waypoint, bind the namespace to it (bindNamespace) and pass it as `waypoint`',
  }];
}
