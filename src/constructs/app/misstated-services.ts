import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';
import { WorkloadNode } from '../../model/workload';
import { MeshBackend, ServicePort } from '../../providers/backend';
import { KnownPods } from '../../providers/foreign/known-pods';
import { entriesOf, ForeignObjects, TreeObject } from '../../providers/foreign/tree-object';

/**
 * Reports Services in the app that differ from their description in Workload.existing. Policies, routes and waypoints are based on the
 * description.
 */
export function misstatedServices({ workloads, index }: MeshModel, foreign: ForeignObjects, mesh: MeshBackend): CheckResult[] {
  const pods = KnownPods.of(index, foreign);
  return workloads.flatMap((workload): CheckResult[] => {
    const { origin, title, service, readFrom } = workload;
    const stated = readFrom === undefined ? '`service` in Workload.existing' : 'what Workload.fromConstruct read';
    const object = service?.statedLabels && foreign.named('core', 'Service', service.namespace, service.name);
    const differences = object ? differencesOf(workload, object, mesh, pods) : [];
    return differences.length === 0 ? [] : [{
      path: origin.path,
      message: `Service ${service!.namespace}/${service!.name} in this app differs from ${stated} of ${title}`,
      actual: Object.fromEntries(differences.map(({ field, is }) => [field, is])),
      expected: JSON.stringify(Object.fromEntries(differences.map(({ field, said }) => [field, said]))),
      fix: readFrom === undefined ? 'correct `service` in Workload.existing, or the Service' : 'set these fields of the Service before the call of Workload.fromConstruct, or correct `service` or `ports` in that call',
    }];
  });
}

interface Difference {
  readonly field: string;
  readonly said: unknown;
  readonly is: unknown;
}

/** Returns whether Istio may use a label of a Service, such as to send its requests through a waypoint. */
const isIstios = (label: string): boolean => label.startsWith('istio.io/');

function differencesOf(workload: WorkloadNode, object: TreeObject, mesh: MeshBackend, pods: KnownPods): Difference[] {
  const { metadata: { labels = {}, annotations = {} } = {}, spec = {} } = object.manifest;
  const { port, headless = false, statedLabels = {} } = workload.service!;
  if (spec.type === 'ExternalName') return [{ field: 'type', said: 'a Service that selects the pods', is: `ExternalName ${String(spec.externalName)}` }];
  const ports = entriesOf<ServicePort>(spec.ports);
  const own = ports.find((one) => one.port === port && (one.protocol ?? 'TCP') === 'TCP');
  // These labels have no effect in a mesh without waypoints.
  const leading = mesh.waypoints ? Object.keys(labels).filter(isIstios) : [];
  const compared = new Set([...Object.keys(statedLabels), ...leading]);
  return [
    ...(spec.clusterIP === 'None') === headless ? [] : [{ field: 'headless', said: headless, is: spec.clusterIP === 'None' }],
    ...own ? ledBy(workload, own, mesh, annotations) : [{ field: 'port', said: port, is: ports.map((one) => (one.protocol === undefined ? one.port : `${one.port}/${one.protocol}`)) }],
    ...selectsOthers(workload, spec.selector, pods) ? [{ field: 'selector', said: workload.labels, is: spec.selector }] : [],
    ...[...compared].filter((key) => labels[key] !== statedLabels[key]).map((key) => ({ field: `label ${key}`, said: statedLabels[key] ?? null, is: labels[key] ?? null })),
  ];
}

/** Returns the differences of the target port, and of the protocol that proxies expect at the port. */
function ledBy(workload: WorkloadNode, own: ServicePort, mesh: MeshBackend, annotations: Readonly<Record<string, unknown>>): Difference[] {
  const { targetPort } = workload.service!;
  const led = own.targetPort ?? own.port;
  const misread = mesh.misreadPort?.(workload, own, annotations);
  return [
    ...typeof led === 'number' && led !== targetPort ? [{ field: 'targetPort', said: targetPort, is: led }] : [],
    ...misread === undefined ? [] : [{ field: 'protocol', said: `as the workload says of port ${targetPort}`, is: misread }],
  ];
}

/**
 * Returns whether the Service selects other pods than the workload. A Service without a selector counts as a match, because its endpoints
 * are managed elsewhere.
 */
function selectsOthers(workload: WorkloadNode, selector: unknown, pods: KnownPods): boolean {
  const matchLabels = (selector ?? {}) as Readonly<Record<string, unknown>>;
  return !pods.maySelect({ matchLabels }, workload);
}
