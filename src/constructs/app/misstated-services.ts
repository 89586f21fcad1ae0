import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';
import { WorkloadNode } from '../../model/workload';
import { MeshBackend, ServicePort } from '../../providers/backend';
import { KnownPods } from '../../providers/foreign/known-pods';
import { entriesOf, ForeignObjects, TreeObject } from '../../providers/foreign/tree-object';

/**
 * Reports Services in the app that differ from their description in Workload.existing, on which policies, routes and waypoints are based.
 */
export function misstatedServices({ workloads, index }: MeshModel, foreign: ForeignObjects, mesh: MeshBackend): CheckResult[] {
  const pods = KnownPods.of(index, foreign);
  return workloads.flatMap((workload): CheckResult[] => {
    const { origin, title, service } = workload;
    const object = service?.statedLabels && foreign.named('core', 'Service', service.namespace, service.name);
    const differences = object ? differencesOf(workload, object, mesh, pods) : [];
    return differences.length === 0 ? [] : [{
      path: origin.path,
      message: `Service ${service!.namespace}/${service!.name} in this app differs from its description in Workload.existing of ${title}`,
      actual: Object.fromEntries(differences.map(({ field, is }) => [field, is])),
      expected: JSON.stringify(Object.fromEntries(differences.map(({ field, said }) => [field, said]))),
      fix: 'correct `service` in Workload.existing, or the Service',
    }];
  });
}

interface Difference {
  readonly field: string;
  readonly said: unknown;
  readonly is: unknown;
}

/** Istio uses such labels to send requests to a Service through waypoints. */
const isIstios = (label: string): boolean => label.startsWith('istio.io/');

function differencesOf(workload: WorkloadNode, object: TreeObject, mesh: MeshBackend, pods: KnownPods): Difference[] {
  const { metadata: { labels = {}, annotations = {} } = {}, spec = {} } = object.manifest;
  const { port, headless = false, statedLabels = {} } = workload.service!;
  if (spec.type === 'ExternalName') return [{ field: 'type', said: 'a Service of its pods', is: `ExternalName ${String(spec.externalName)}` }];
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

/** Compares the target of the port, and how proxies read its requests. */
function ledBy(workload: WorkloadNode, own: ServicePort, mesh: MeshBackend, annotations: Readonly<Record<string, unknown>>): Difference[] {
  const { targetPort } = workload.service!;
  const led = own.targetPort ?? own.port;
  const misread = mesh.misreadPort?.(workload, own, annotations);
  return [
    ...typeof led === 'number' && led !== targetPort ? [{ field: 'targetPort', said: targetPort, is: led }] : [],
    ...misread === undefined ? [] : [{ field: 'protocol', said: `as the workload says of port ${targetPort}`, is: misread }],
  ];
}

/** Whether the Service selects other pods. A Service without a selector gets its endpoints from elsewhere, so it counts as a match. */
function selectsOthers(workload: WorkloadNode, selector: unknown, pods: KnownPods): boolean {
  const matchLabels = (selector ?? {}) as Readonly<Record<string, unknown>>;
  return !pods.maySelect({ matchLabels }, workload);
}
